//! Planned shifts that have nobody any more, told to those who have to fill them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use ::entity::shift;

use crate::{
    Result, Tx,
    duty::{self, Reader},
    outbox::{self, Message, Notice},
};

/// Tells those in charge of their units, each once, of all that are his to fill.
pub(super) async fn tell(tx: &mut Tx, agent_id: i64, gone: &[shift::Model]) -> Result<()> {
    let mut units: BTreeMap<Option<i64>, Vec<DateTime<Utc>>> = BTreeMap::new();
    for row in gone {
        units.entry(row.unit_id).or_default().push(row.starts_at);
    }
    let mut told: BTreeMap<Reader, Vec<DateTime<Utc>>> = BTreeMap::new();
    for (unit_id, starts) in units {
        for reader in duty::in_charge(tx, unit_id).await? {
            told.entry(reader).or_default().extend(&starts);
        }
    }
    let messages = told.into_iter().map(|((chat_id, user_id), mut starts)| {
        starts.sort_unstable();
        let notice = Notice::ShiftsLost { agent_id, starts };
        Message::news(chat_id, Some(user_id), notice)
    });
    outbox::push(tx, messages.collect()).await
}
