//! What people answer: that they are well, or that they need help, which is a call for help like any other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};
use serde_json::json;

use ::entity::{check_in, check_in_person};

use super::{
    CheckInStatus, PersonState, announce, one,
    people::{self, tell},
    subject, told,
};
use crate::{
    Actor, Result, Tx, audit, emergency,
    outbox::{self, Message, Notice},
    timer::{self, Due},
};

/// What somebody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Well,
    Help,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Well,
    /// He called for help, and it has left.
    Help {
        emergency_id: i64,
    },
    /// He had answered before.
    Again,
    /// Nobody waits for it any more, or he was never asked.
    Over,
}

/// Records an answer. That somebody is well changes nothing once it is over, or once he has called for help; that he needs
/// help is heard whenever it comes, but once.
pub async fn answer(tx: &mut Tx, actor: &Actor, id: i64, said: Said) -> Result<Answered> {
    let person = match actor.agent_id {
        Some(agent_id) => him(tx, id, agent_id).await?,
        None => None,
    };
    let (Some(row), Some(person)) = (one(tx, id).await?, person) else {
        return Ok(Answered::Over);
    };
    let answered = match said {
        Said::Well => well(tx, actor, &row, &person).await?,
        Said::Help => Box::pin(help(tx, actor, &row, &person)).await?,
    };
    if let Some(chat_id) = actor.telegram_id {
        let card = Message::check_in(chat_id, actor.user_id, id, false);
        outbox::push(tx, vec![card]).await?;
    }
    Ok(answered)
}

/// Locks his row: whoever tells others of his silence at this moment is done with it, or finds his answer.
async fn him(tx: &Tx, id: i64, agent_id: i64) -> Result<Option<check_in_person::Model>> {
    Ok(check_in_person::Entity::find()
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::AgentId.eq(agent_id))
        .lock_exclusive()
        .one(tx.db())
        .await?)
}

async fn well(
    tx: &mut Tx,
    actor: &Actor,
    row: &check_in::Model,
    person: &check_in_person::Model,
) -> Result<Answered> {
    if row.status != CheckInStatus::Active {
        return Ok(Answered::Over);
    }
    let still = [PersonState::Waiting, PersonState::Unreachable];
    if !answered(tx, person, PersonState::Well, &still).await? {
        return Ok(Answered::Again);
    }
    let data = json!({ "check_in": row.id, "agent": person.agent_id });
    audit::record(tx, actor, "check_in.well", subject(row), data).await?;
    told::relieve(tx, actor, row.id, person.agent_id).await?;
    if row.until_at.is_some_and(|until| until <= tx.now()) {
        // It went on only because he was silent.
        let end = Due::CheckInEnd {
            check_in_id: row.id,
        };
        let now = tx.now();
        timer::set_each(tx, vec![(end, now)]).await?;
    }
    announce(tx, row).await?;
    Ok(Answered::Well)
}

async fn help(
    tx: &mut Tx,
    actor: &Actor,
    row: &check_in::Model,
    person: &check_in_person::Model,
) -> Result<Answered> {
    let not_yet = [
        PersonState::Waiting,
        PersonState::Unreachable,
        PersonState::Well,
        PersonState::Released,
    ];
    if !answered(tx, person, PersonState::Help, &not_yet).await? {
        return Ok(Answered::Again);
    }
    let emergency_id = emergency::help(tx, actor).await?;
    let call = check_in_person::ActiveModel {
        id: Set(person.id),
        emergency_id: Set(Some(emergency_id)),
        ..Default::default()
    };
    check_in_person::Entity::update(call).exec(tx.db()).await?;
    let data = json!({ "check_in": row.id, "agent": person.agent_id, "emergency": emergency_id });
    audit::record(tx, actor, "check_in.help", subject(row), data).await?;
    let mut readers = concerned(tx, row, person, emergency_id).await?;
    readers.retain(|(_, user_id)| Some(*user_id) != actor.user_id);
    told::forget(tx, row.id, &[person.agent_id]).await?;
    let notice = Notice::CheckInHelp {
        check_in_id: row.id,
        agent_id: person.agent_id,
    };
    tell(tx, readers, notice).await?;
    announce(tx, row).await?;
    Ok(Answered::Help { emergency_id })
}

/// Who hears that he called for help, as chat and account: a lead on site, who may be nobody whom the call asks, whoever was
/// told of his silence, and those in command who do not hear it by the call itself.
async fn concerned(
    tx: &Tx,
    row: &check_in::Model,
    person: &check_in_person::Model,
    emergency_id: i64,
) -> Result<BTreeSet<(i64, i64)>> {
    let told = told::readers(tx, row.id, person.agent_id).await?;
    let called = emergency::heard_of(tx, emergency_id).await?;
    let mut command = people::command(tx, row).await?;
    command.retain(|user_id, _| !called.contains(user_id));
    let lead = people::lead(tx, row).await?;
    let lead = lead.map(|(_, reader)| reader);
    let command = command.into_iter().map(|(user_id, chat)| (chat, user_id));
    Ok(told.into_iter().chain(lead).chain(command).collect())
}

/// Whether this answer is the one that counts: of two at once, one.
async fn answered(
    tx: &Tx,
    person: &check_in_person::Model,
    state: PersonState,
    from: &[PersonState],
) -> Result<bool> {
    let done = check_in_person::Entity::update_many()
        .col_expr(check_in_person::Column::State, Expr::value(state))
        .col_expr(check_in_person::Column::AnsweredAt, Expr::value(tx.now()))
        .col_expr(
            check_in_person::Column::DueAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(check_in_person::Column::Step, Expr::value(0))
        .filter(check_in_person::Column::Id.eq(person.id))
        .filter(check_in_person::Column::State.is_in(from.iter().copied()))
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected > 0)
}
