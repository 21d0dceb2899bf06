//! How far a broadcast is, counted.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{CaseStatement, Expr, Func},
};

use ::entity::broadcast_recipient;

use crate::{
    Result,
    broadcast::{RecipientState, UNHEARD},
};

/// How many are in each state: everybody counts once, by what is known of him last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub by_state: BTreeMap<RecipientState, i64>,
    /// Those of whom nothing was heard and about whom somebody who answers for them was told: a sign beside their state, and
    /// none any more once they answered.
    pub escalated: i64,
    /// Those of whom an answer is awaited once more, because what they had answered expired: a sign beside `Sent`.
    pub anew: i64,
    /// When somebody's state changed last.
    pub changed_at: Option<DateTime<Utc>>,
}

impl Counts {
    pub fn of(&self, state: RecipientState) -> i64 {
        self.by_state.get(&state).copied().unwrap_or(0)
    }

    /// All its people.
    pub fn all(&self) -> i64 {
        self.by_state.values().sum()
    }

    /// Those who said that they have it or come.
    pub(crate) fn answered_well(&self) -> i64 {
        self.of(RecipientState::Acknowledged) + self.of(RecipientState::OnTheWay)
    }
}

pub(crate) async fn counts_in(db: &impl ConnectionTrait, id: i64) -> Result<Counts> {
    Ok(counts_of(db, vec![id])
        .await?
        .remove(&id)
        .unwrap_or_default())
}

/// The counts of several, in one statement.
pub(super) async fn counts_of(
    db: &impl ConnectionTrait,
    ids: Vec<i64>,
) -> Result<HashMap<i64, Counts>> {
    let named = CaseStatement::new()
        .case(broadcast_recipient::Column::EscalatedAt.is_not_null(), 1)
        .finally(0);
    let answered = CaseStatement::new()
        .case(broadcast_recipient::Column::AnsweredAt.is_not_null(), 1)
        .finally(0);
    type Row = (i64, RecipientState, i64, i64, i64, Option<DateTime<Utc>>);
    let rows: Vec<Row> = broadcast_recipient::Entity::find()
        .select_only()
        .column(broadcast_recipient::Column::BroadcastId)
        .column(broadcast_recipient::Column::State)
        .column_as(broadcast_recipient::Column::Id.count(), "people")
        .column_as(Expr::from(Func::sum(named)), "escalated")
        .column_as(Expr::from(Func::sum(answered)), "answered")
        .column_as(broadcast_recipient::Column::StateAt.max(), "changed_at")
        .filter(broadcast_recipient::Column::BroadcastId.is_in(ids))
        .group_by(broadcast_recipient::Column::BroadcastId)
        .group_by(broadcast_recipient::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<i64, Counts> = HashMap::new();
    for (id, state, people, escalated, answered, changed_at) in rows {
        let one = counts.entry(id).or_default();
        one.by_state.insert(state, people);
        if UNHEARD.contains(&state) {
            one.escalated += escalated;
        }
        if state == RecipientState::Sent {
            one.anew += answered;
        }
        one.changed_at = Ord::max(one.changed_at, changed_at);
    }
    Ok(counts)
}
