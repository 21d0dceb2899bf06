//! Everybody is asked, and again after the time that was set.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use ::entity::{check_in, check_in_person};

use super::{
    COMMAND, PersonState, announce, answer_time, held, lock,
    people::{self, Asked},
    put,
    silence::{UNHEARD, unreached},
    wind,
};
use crate::{
    Result, Tx,
    outbox::is_away,
    timer::{self, Due},
};

/// It is time to ask again.
pub(crate) async fn round_over(tx: &mut Tx, id: i64) -> Result<()> {
    match lock(tx, id).await? {
        Some(row) => ask(tx, row).await,
        None => Ok(()),
    }
}

/// Asks everybody who belongs to it now. Whoever is silent since an earlier time hears it again, and what is done about his
/// silence goes on.
pub(super) async fn ask(tx: &mut Tx, row: check_in::Model) -> Result<()> {
    let (id, now) = (row.id, tx.now());
    let update = check_in::ActiveModel {
        id: Set(id),
        round: Set(row.round + 1),
        round_at: Set(Some(now)),
        ..Default::default()
    };
    let row = check_in::Entity::update(update).exec(tx.db()).await?;
    let everybody = people::asked(tx, &row).await?;
    let before = before(tx, id).await?;
    let gone = before
        .keys()
        .copied()
        .filter(|known| !everybody.iter().any(|one| one.agent_id == *known))
        .collect::<Vec<_>>();
    put(tx, id, &gone, PersonState::Released).await?;
    let (reached, lost): (Vec<Asked>, Vec<Asked>) =
        everybody.into_iter().partition(|one| one.reader.is_some());
    let away = is_away(tx).await?;
    let goes_on = |one: &Asked| match before.get(&one.agent_id) {
        Some(known) if known.state == PersonState::Waiting => known.step < COMMAND,
        Some(known) => known.state == PersonState::Unreachable && away,
        None => false,
    };
    let anew = reached
        .iter()
        .copied()
        .filter(|one| !goes_on(one))
        .collect();
    let due = Some(now + answer_time(tx));
    note_all(tx, id, anew, &before, PersonState::Waiting, due).await?;
    people::ring(tx, id, &reached).await?;
    let known_lost = |one: &Asked| {
        let known = before.get(&one.agent_id);
        known.is_some_and(|known| {
            known.state == PersonState::Unreachable && known.escalated_at.is_some()
        })
    };
    let lost: Vec<Asked> = lost.into_iter().filter(|one| !known_lost(one)).collect();
    let ids: Vec<i64> = lost.iter().map(|one| one.agent_id).collect();
    note_all(tx, id, lost, &before, PersonState::Unreachable, None).await?;
    unreached(tx, &row, &ids).await?;
    wind(tx, id).await?;
    let next = now + TimeDelta::minutes(row.every_minutes.into());
    timer::set(tx, &Due::CheckInRound { check_in_id: id }, next).await?;
    announce(tx, &row).await
}

async fn before(tx: &Tx, id: i64) -> Result<HashMap<i64, check_in_person::Model>> {
    let rows = held(tx, id).await?;
    Ok(rows.into_iter().map(|row| (row.agent_id, row)).collect())
}

/// Those of whom nothing was heard since others were told are still silent, the others are asked anew.
async fn note_all(
    tx: &Tx,
    id: i64,
    people: Vec<Asked>,
    before: &HashMap<i64, check_in_person::Model>,
    state: PersonState,
    due_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let unheard = |one: &Asked| {
        let known = before.get(&one.agent_id);
        known.is_some_and(|known| UNHEARD.contains(&known.state))
    };
    let (still, anew): (Vec<Asked>, Vec<Asked>) = people.into_iter().partition(unheard);
    note(tx, id, &still, state, due_at, true).await?;
    note(tx, id, &anew, state, due_at, false).await
}

/// Writes that these were asked now; what they answered last stays, and with `still` since when others know of their silence.
pub(super) async fn note(
    tx: &Tx,
    id: i64,
    people: &[Asked],
    state: PersonState,
    due_at: Option<DateTime<Utc>>,
    still: bool,
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    use check_in_person::Column;
    let rows = people.iter().map(|one| check_in_person::ActiveModel {
        check_in_id: Set(id),
        agent_id: Set(one.agent_id),
        state: Set(state),
        step: Set(0),
        asked_at: Set(tx.now()),
        due_at: Set(due_at),
        escalated_at: Set(None),
        sent_at: Set(None),
        ..Default::default()
    });
    let mut anew = OnConflict::columns([Column::CheckInId, Column::AgentId]);
    anew.update_columns([
        Column::State,
        Column::Step,
        Column::AskedAt,
        Column::DueAt,
        Column::SentAt,
    ]);
    if !still {
        anew.update_column(Column::EscalatedAt);
    }
    check_in_person::Entity::insert_many(rows)
        .on_conflict(anew)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}
