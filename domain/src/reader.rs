//! The connections that read. None of them waits for ever: a host that has vanished says nothing, not even that it is gone.

use std::{pin::pin, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, prelude::async_trait::async_trait,
};

use crate::{doubt::Doubt, gate::Gate};

/// Asks the database, and lets whoever asks go after a while.
pub struct Reader {
    db: DatabaseConnection,
    longest: Duration,
    doubt: Doubt,
    gate: Gate,
}

impl Reader {
    /// `longest` is more than the database itself gives a statement: who waits so long has lost it.
    pub(crate) fn new(db: DatabaseConnection, longest: Duration, doubt: Doubt, gate: Gate) -> Self {
        Self {
            db,
            longest,
            doubt,
            gate,
        }
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.db
    }

    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let _place = self.gate.enter().await?;
        let answer = pin!(answer);
        // Dropped before the connection is: the pool shall know when it comes back.
        let question = self.doubt.question();
        let answer = tokio::time::timeout(self.longest, answer).await;
        if answer.is_ok() {
            question.answered();
        }
        let answer = answer.unwrap_or_else(|_| {
            let silence = format!("no answer within {:?}", self.longest);
            Err(DbErr::Conn(RuntimeErr::Internal(silence)))
        });
        self.gate.learn(&answer);
        answer
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.in_time(self.db.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.in_time(self.db.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.in_time(self.db.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.in_time(self.db.query_all_raw(statement)).await
    }
}
