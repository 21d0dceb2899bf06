//! Silence: asked once more, then the lead hears of it, then those in command with the phones to call.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use ::entity::{check_in, check_in_person};

use super::{
    AGAIN, COMMAND, LEAD, PersonState, announce, answer_time, held, lock,
    people::{self, Asked, call, tell},
    put, subject, told, wind,
};
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    audit,
    outbox::{Notice, is_away},
    timer::{self, Due},
};

/// Those of whom nothing was heard.
pub(super) const UNHEARD: [PersonState; 2] = [PersonState::Waiting, PersonState::Unreachable];

/// The time to answer is over for somebody. Whom the question did not reach was not silent, and while Telegram is away for
/// everybody no answer could come: they are out of reach, and others than Telegram have to find them. Who has not even been rung,
/// because nobody sent anything, is not told of: his question leaves before any word about him.
pub(crate) async fn silence_over(tx: &mut Tx, id: i64) -> Result<()> {
    let Some(row) = lock(tx, id).await? else {
        return Ok(());
    };
    let due = overdue(tx, id).await?;
    if due.is_empty() {
        return wind(tx, id).await;
    }
    let there = people::asked(tx, &row).await?;
    let of = |agent_id: i64| there.iter().find(|one| one.agent_id == agent_id);
    let gone: Vec<i64> = due
        .iter()
        .map(|one| one.agent_id)
        .filter(|id| of(*id).is_none())
        .collect();
    put(tx, id, &gone, PersonState::Released).await?;
    let away = is_away(tx).await?;
    let lead = people::lead(tx, &row).await?;
    let (mut again, mut to_lead, mut to_command) = (Vec::new(), Vec::new(), Vec::new());
    let mut lost = Vec::new();
    for one in &due {
        let Some(asked) = of(one.agent_id) else {
            continue;
        };
        let led = lead.is_some_and(|(agent_id, _)| agent_id != one.agent_id);
        match one.step {
            _ if away || one.sent_at.is_none() => lost.push(*asked),
            ..AGAIN => again.push(*asked),
            AGAIN if led => to_lead.push(one.agent_id),
            _ => to_command.push(one.agent_id),
        }
    }
    let ids: Vec<i64> = lost.iter().map(|one| one.agent_id).collect();
    put(tx, id, &ids, PersonState::Unreachable).await?;
    if !away {
        let tried = people::tried(tx, id, &lost).await?;
        unreached(tx, &row, &tried).await?;
    }
    ask_again(tx, &row, &again).await?;
    let later = tx.now() + answer_time(tx);
    escalate(tx, &row, &to_lead, LEAD, Some(later)).await?;
    if let Some((_, reader)) = lead.filter(|_| !to_lead.is_empty()) {
        tell_lead(tx, id, reader).await?;
    }
    command_hears(tx, &row, &to_command).await?;
    wind(tx, id).await?;
    announce(tx, &row).await
}

/// Those whose time is over, while nobody else changes any of its people.
async fn overdue(tx: &Tx, id: i64) -> Result<Vec<check_in_person::Model>> {
    let now = tx.now();
    let over = |one: &check_in_person::Model| {
        one.state == PersonState::Waiting && one.due_at.is_some_and(|at| at <= now)
    };
    Ok(held(tx, id).await?.into_iter().filter(over).collect())
}

/// The lead hears who is silent.
async fn tell_lead(tx: &mut Tx, id: i64, reader: (i64, i64)) -> Result<()> {
    let notice = Notice::CheckInSilent {
        check_in_id: id,
        phones: false,
    };
    tell(tx, [reader], notice).await?;
    told::record(tx, id, &[reader.1]).await
}

async fn ask_again(tx: &mut Tx, row: &check_in::Model, people: &[Asked]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let due = tx.now() + answer_time(tx);
    let ids: Vec<i64> = people.iter().map(|one| one.agent_id).collect();
    advance(tx, row.id, &ids, AGAIN, Some(due)).await?;
    // His time runs from when he has it.
    check_in_person::Entity::update_many()
        .col_expr(
            check_in_person::Column::SentAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(check_in_person::Column::CheckInId.eq(row.id))
        .filter(check_in_person::Column::AgentId.is_in(ids))
        .exec(tx.db())
        .await?;
    people::ring(tx, row.id, people).await
}

/// Those in command hear of these and whom to call; while none of them can, it is tried again.
pub(super) async fn command_hears(
    tx: &mut Tx,
    row: &check_in::Model,
    agent_ids: &[i64],
) -> Result<()> {
    if agent_ids.is_empty() {
        return Ok(());
    }
    let command = people::command(tx, row).await?;
    if command.is_empty() {
        return try_later(tx, row, agent_ids).await;
    }
    escalate(tx, row, agent_ids, COMMAND, None).await?;
    call(tx, row.id, command).await
}

/// Nobody in command hears of these: that is tried again after the time to answer, and the boards show them meanwhile.
pub(super) async fn try_later(tx: &mut Tx, row: &check_in::Model, agent_ids: &[i64]) -> Result<()> {
    tracing::warn!(
        check_in.id = row.id,
        "nobody can be told who is silent: no supervisor and no admin is reached by Telegram"
    );
    let (check_in_id, time) = (row.id, answer_time(tx));
    let later = tx.now() + time;
    advance(tx, check_in_id, agent_ids, LEAD, Some(later)).await?;
    let reach = Due::CheckInReach {
        check_in_id,
        away_seconds: 0,
    };
    timer::gather(tx, &Due::CheckInSilence { check_in_id }, time).await?;
    timer::gather(tx, &reach, time).await
}

/// What is done about the silence of these goes one step on.
pub(super) async fn escalate(
    tx: &Tx,
    row: &check_in::Model,
    agent_ids: &[i64],
    step: i32,
    due_at: Option<DateTime<Utc>>,
) -> Result<()> {
    if agent_ids.is_empty() {
        return Ok(());
    }
    advance(tx, row.id, agent_ids, step, due_at).await?;
    check_in_person::Entity::update_many()
        .col_expr(check_in_person::Column::EscalatedAt, Expr::value(tx.now()))
        .filter(check_in_person::Column::CheckInId.eq(row.id))
        .filter(check_in_person::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(check_in_person::Column::EscalatedAt.is_null())
        .filter(check_in_person::Column::State.is_in(UNHEARD))
        .exec(tx.db())
        .await?;
    let told = |agent_id: &i64| {
        let data = json!({ "check_in": row.id, "agent": agent_id, "step": step });
        (subject(row), data)
    };
    let entries = agent_ids.iter().map(told).collect();
    let system = Actor::system(Channel::Timer);
    audit::record_each(tx, &system, "check_in.silent", entries).await
}

async fn advance(
    tx: &Tx,
    id: i64,
    agent_ids: &[i64],
    step: i32,
    due_at: Option<DateTime<Utc>>,
) -> Result<()> {
    check_in_person::Entity::update_many()
        .col_expr(check_in_person::Column::Step, Expr::value(step))
        .col_expr(check_in_person::Column::DueAt, Expr::value(due_at))
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::AgentId.is_in(agent_ids.iter().copied()))
        // An answer may have been quicker than this.
        .filter(check_in_person::Column::State.is_in(UNHEARD))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Telegram does not reach these: nobody waits for them, lead and command hear of it at once; where only the lead can, command
/// hears of them later.
pub(super) async fn unreached(tx: &mut Tx, row: &check_in::Model, agent_ids: &[i64]) -> Result<()> {
    if agent_ids.is_empty() {
        return Ok(());
    }
    let lead = people::lead(tx, row).await?;
    let command = people::command(tx, row).await?;
    let besides = lead.filter(|(agent_id, (_, user_id))| {
        !agent_ids.contains(agent_id) && !command.contains_key(user_id)
    });
    if let Some((_, reader)) = besides {
        tell_lead(tx, row.id, reader).await?;
    }
    if !command.is_empty() {
        escalate(tx, row, agent_ids, COMMAND, None).await?;
        return call(tx, row.id, command).await;
    }
    if besides.is_some() {
        escalate(tx, row, agent_ids, LEAD, None).await?;
    }
    try_later(tx, row, agent_ids).await
}
