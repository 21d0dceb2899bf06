//! Calls for help that are practised: each is one of the history from when it left, with a score of its own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect,
};

use ::entity::{drill, emergency, emergency_offer, emergency_offer::OfferState};

use super::{
    DrillStatus,
    score::{Score, Times, kept},
};
use crate::{Result, Tx, broadcast::Audience, task::Task};

/// A practised call has left. It has no audience and no end by plan: what stands there means nothing.
pub(crate) async fn called(tx: &Tx, row: &emergency::Model, task: &Task) -> Result<()> {
    let now = tx.now();
    let one = drill::ActiveModel {
        status: Set(DrillStatus::Held),
        words: Set(task.code.clone()),
        audience: Set(serde_json::to_value(Audience::All)?),
        starts_at: Set(now),
        ends_at: Set(now),
        emergency_id: Set(Some(row.id)),
        created_by: Set(row.raised_by),
        created_at: Set(now),
        ..Default::default()
    };
    drill::Entity::insert(one)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// A practised call is over for the first time: its score stays as it is now.
pub(crate) async fn over(tx: &Tx, emergency_id: i64) -> Result<()> {
    let score = of(tx.db(), &[emergency_id]).await?.remove(&emergency_id);
    let which = drill::Column::EmergencyId.eq(emergency_id);
    kept(tx, which, score.unwrap_or_default()).await
}

#[derive(FromQueryResult)]
struct Call {
    id: i64,
    raised_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Asked {
    emergency_id: i64,
    state: OfferState,
    at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
}

/// The scores of some calls as they stand, in two statements.
pub(super) async fn of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, Score>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let calls: Vec<Call> = emergency::Entity::find()
        .select_only()
        .column(emergency::Column::Id)
        .column(emergency::Column::RaisedAt)
        .column(emergency::Column::EndedAt)
        .filter(emergency::Column::Id.is_in(ids.iter().copied()))
        .into_model()
        .all(db)
        .await?;
    let asked: Vec<Asked> = emergency_offer::Entity::find()
        .select_only()
        .column(emergency_offer::Column::EmergencyId)
        .column(emergency_offer::Column::State)
        .column(emergency_offer::Column::At)
        .column(emergency_offer::Column::SentAt)
        .column(emergency_offer::Column::AnsweredAt)
        .filter(emergency_offer::Column::EmergencyId.is_in(ids.iter().copied()))
        .filter(emergency_offer::Column::State.ne(OfferState::Passed))
        .into_model()
        .all(db)
        .await?;
    let mut by_call: HashMap<i64, Vec<Asked>> = HashMap::new();
    for one in asked {
        by_call.entry(one.emergency_id).or_default().push(one);
    }
    let scores = calls.into_iter().map(|call| {
        let asked = by_call.remove(&call.id).unwrap_or_default();
        (call.id, reckoned(&call, asked))
    });
    Ok(scores.collect())
}

/// Whoever was stood down before he had answered, because enough came, owes no answer: he does not count.
fn reckoned(call: &Call, mut asked: Vec<Asked>) -> Score {
    asked.retain(|one| one.answered_at.is_some() || !released(one, call.ended_at));
    let mut answers: Vec<DateTime<Utc>> = asked.iter().filter_map(|one| one.answered_at).collect();
    answers.sort_unstable();
    let heard = |one: &&Asked| one.sent_at.is_some() || one.answered_at.is_some();
    let (people, hearers) = (asked.len(), asked.iter().filter(heard).count());
    let since = |at: DateTime<Utc>| Some((at - call.raised_at?).num_seconds().max(0));
    let after = |place: usize| since(*answers.get(place.checked_sub(1)?)?);
    // Whoever came and was stood down later had said it too.
    let coming = asked.iter().filter(|one| one.state != OfferState::Declined);
    let first_coming = coming.filter_map(|one| one.answered_at).min();
    let times = |count: usize| Times {
        half_seconds: after(count.div_ceil(2)),
        most_seconds: after((count * 9).div_ceil(10)),
    };
    Score {
        recipients: people as i64,
        reached: hearers as i64,
        acknowledged: answers.len() as i64,
        calling: 0,
        of_reached: times(hearers),
        of_all: times(people),
        first_coming_seconds: first_coming.and_then(since),
    }
}

/// With its end everybody is stood down: who had not answered by then was silent.
fn released(one: &Asked, ended_at: Option<DateTime<Utc>>) -> bool {
    one.state == OfferState::StoodDown && ended_at.is_none_or(|end| one.at < end)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn asked(state: OfferState, since: i64, sent: bool, answered: Option<i64>) -> Asked {
        Asked {
            emergency_id: 1,
            state,
            at: at(since),
            sent_at: sent.then(|| at(1)),
            answered_at: answered.map(at),
        }
    }

    #[test]
    fn the_released_do_not_count_and_the_silent_do() {
        use OfferState::{Declined, StoodDown, Taken, Unreachable};
        let call = Call {
            id: 1,
            raised_at: Some(at(0)),
            ended_at: Some(at(100)),
        };
        let people = vec![
            asked(Taken, 20, true, Some(20)),
            asked(Declined, 10, true, Some(10)),
            asked(StoodDown, 20, true, None),
            asked(StoodDown, 100, true, None),
            asked(Unreachable, 2, false, None),
        ];
        let score = reckoned(&call, people);
        assert_eq!(
            (score.recipients, score.reached, score.acknowledged),
            (4, 3, 2)
        );
        assert_eq!((score.silent(), score.unreachable()), (1, 1));
        assert_eq!(score.of_reached.half_seconds, Some(20));
        assert_eq!(score.of_all.half_seconds, Some(20));
        assert_eq!(
            score.first_coming_seconds,
            Some(20),
            "who cannot does not come"
        );
        assert_eq!(score.of_reached.most_seconds, None);
    }

    #[test]
    fn with_nobody_asked_there_are_no_times() {
        let call = Call {
            id: 1,
            raised_at: Some(at(0)),
            ended_at: None,
        };
        assert_eq!(reckoned(&call, Vec::new()), Score::default());
    }
}
