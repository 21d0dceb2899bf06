//! How events are numbered and stored: in the order in which readers can see them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Func, InsertStatement, PostgresQueryBuilder, Query},
};

use ::entity::event;

use super::{New, extent::last};
use crate::{Result, Tx};

/// Any number that means "the event log" to the advisory locks of PostgreSQL.
const ORDER_LOCK: &str = "SELECT pg_advisory_xact_lock(7232147001)";

/// Numbers and stores events; the order is locked until the commit.
///
/// On PostgreSQL lock and insert are one message: everybody else waits for as long as the answer is on its way. The
/// insert sees what was committed before the lock was had, because each statement looks anew.
pub(crate) async fn append(tx: &Tx, events: Vec<New>) -> Result<()> {
    if tx.is_postgres() {
        let mut said = ORDER_LOCK.to_owned();
        for some in events.chunks(AT_ONCE) {
            let insert = insert(&newest(), tx.now(), some)?;
            said.push_str("; ");
            said.push_str(&insert.to_string(PostgresQueryBuilder));
        }
        tx.db().execute_unprepared(&said).await?;
    } else {
        for some in events.chunks(AT_ONCE) {
            let newest = Expr::value(last(tx.db()).await?);
            tx.db().execute(&insert(&newest, tx.now(), some)?).await?;
        }
    }
    Ok(())
}

/// Events to a statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

fn insert(newest: &Expr, at: DateTime<Utc>, events: &[New]) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(event::Entity).columns([
        event::Column::Seq,
        event::Column::Topic,
        event::Column::Kind,
        event::Column::TaskId,
        event::Column::AgentId,
        event::Column::UnitIds,
        event::Column::UserIds,
        event::Column::Data,
        event::Column::CreatedAt,
    ]);
    for (ahead, New { event, scope }) in (1_i64..).zip(events) {
        let mut data = serde_json::to_value(event)?;
        let kind = data["event_type"].as_str().unwrap_or_default().to_owned();
        insert.values_panic([
            newest.clone().add(ahead),
            event.topic().as_str().into(),
            kind.into(),
            event.task_id().into(),
            event.agent_id().into(),
            serde_json::to_value(&scope.unit_ids)?.into(),
            serde_json::to_value(&scope.user_ids)?.into(),
            data["data"].take().into(),
            at.into(),
        ]);
    }
    Ok(insert)
}

/// The number of the newest event, as a part of a statement.
fn newest() -> Expr {
    let newest = Query::select()
        .expr(Func::coalesce([
            Expr::col(event::Column::Seq).max(),
            Expr::value(0_i64),
        ]))
        .from(event::Entity)
        .to_owned();
    Expr::SubQuery(None, Box::new(newest.into()))
}
