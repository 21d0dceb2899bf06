//! The record of who did what: written with the change, never with texts or places.

use sea_orm::{ActiveEnum, ActiveValue::Set, EntityTrait};
use serde_json::Value;

use ::entity::audit;

use crate::{Actor, Result, Tx};

mod excused;
pub mod list;
pub mod seal;
pub mod verify;

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Task(i64),
    Agent(i64),
    User(i64),
    Unit(i64),
    Shift(i64),
    Leave(i64),
    Swap(i64),
    Calendar(i64),
    Broadcast(i64),
    Drill(i64),
    Catalogue,
    /// A report about several units that somebody takes away.
    Export,
    /// Somebody at the door who is not known.
    Login,
}

impl Subject {
    fn columns(self) -> (&'static str, Option<i64>) {
        match self {
            Self::Task(id) => ("task", Some(id)),
            Self::Agent(id) => ("agent", Some(id)),
            Self::User(id) => ("user", Some(id)),
            Self::Unit(id) => ("unit", Some(id)),
            Self::Shift(id) => ("shift", Some(id)),
            Self::Leave(id) => ("leave", Some(id)),
            Self::Swap(id) => ("swap", Some(id)),
            Self::Calendar(id) => ("calendar", Some(id)),
            Self::Broadcast(id) => ("broadcast", Some(id)),
            Self::Drill(id) => ("drill", Some(id)),
            Self::Catalogue => ("catalogue", None),
            Self::Export => ("export", None),
            Self::Login => ("login", None),
        }
    }
}

/// Writes one entry into the transaction of the change itself, which is whoever's it is only while he is here.
///
/// # Errors
/// [`crate::Refusal::Inactive`] when he was switched off since he was looked up: nothing is changed.
pub(crate) async fn record(
    tx: &Tx,
    actor: &Actor,
    action: &str,
    subject: Subject,
    data: Value,
) -> Result<()> {
    record_each(tx, actor, action, vec![(subject, data)]).await
}

/// Entries to a statement.
const AT_ONCE: usize = 1000;

/// Writes an entry for each of these.
pub(crate) async fn record_each(
    tx: &Tx,
    actor: &Actor,
    action: &str,
    entries: Vec<(Subject, Value)>,
) -> Result<()> {
    actor.hold(tx).await?;
    let rows: Vec<_> = entries
        .into_iter()
        .map(|(subject, data)| entry(tx, actor, action, subject, data))
        .collect();
    for some in rows.chunks(AT_ONCE) {
        audit::Entity::insert_many(some.to_vec())
            .exec_without_returning(tx.db())
            .await?;
    }
    Ok(())
}

fn entry(
    tx: &Tx,
    actor: &Actor,
    action: &str,
    subject: Subject,
    data: Value,
) -> audit::ActiveModel {
    let (subject_kind, subject_id) = subject.columns();
    audit::ActiveModel {
        at: Set(tx.now()),
        user_id: Set(actor.user_id),
        action: Set(action.into()),
        subject_kind: Set(subject_kind.into()),
        subject_id: Set(subject_id),
        channel: Set(actor.channel.to_value()),
        data: Set(data),
        ..Default::default()
    }
}
