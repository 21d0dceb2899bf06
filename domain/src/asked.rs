//! A statement on its way: its text so far, and the values in their places.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

use crate::Result;

pub(crate) struct Asked {
    pub backend: DbBackend,
    pub sql: String,
    values: Vec<Value>,
}

impl Asked {
    pub fn of(db: &impl ConnectionTrait) -> Self {
        Self {
            backend: db.get_database_backend(),
            sql: String::new(),
            values: Vec::new(),
        }
    }

    pub fn add(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// The place of a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The places of all of these as they stand in `IN (…)`; none of them is in an empty one.
    pub fn bind_each(&mut self, ids: &[i64]) -> String {
        let places: Vec<String> = ids.iter().map(|id| self.bind(*id)).collect();
        if places.is_empty() {
            "NULL".into()
        } else {
            places.join(", ")
        }
    }

    /// What the database answers.
    pub async fn all<R: FromQueryResult>(self, db: &impl ConnectionTrait) -> Result<Vec<R>> {
        let statement = Statement::from_sql_and_values(self.backend, self.sql, self.values);
        Ok(R::find_by_statement(statement).all(db).await?)
    }
}
