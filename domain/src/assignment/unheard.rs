//! Who hears that somebody does not answer, or cannot be reached: those who answer for the task, and where none of them who
//! commands can hear, the admins. While nobody can, that is written down, for the board to say whom to call, and tried again.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
};

use ::entity::{
    assignment::{self, AssignmentState},
    user,
};

use super::{
    bump,
    offer::lane,
    responsible::{Owner, admins, owners},
    scope::scope,
};
use crate::{
    Result, Tx,
    actor::Level,
    emergency,
    event::Event,
    outbox::{self, Message, Notice, Outgoing},
    task::{Task, load},
    timer::{self, Due},
};

/// Tells it to whoever can hear it, and writes down whether anybody in command is among them. Tried `anew`, only those in
/// command are told: the others know.
pub(super) async fn pass_on(
    tx: &mut Tx,
    task: &Task,
    row: &assignment::Model,
    anew: bool,
) -> Result<()> {
    let people = hearers(tx, task, row).await?;
    let heard = people.iter().any(|one| one.commands);
    note(tx, task, row, heard).await?;
    if anew && !heard {
        return Ok(());
    }
    let notice = word(row);
    let told = people.iter().filter(|one| one.commands || !anew);
    let told = told.map(|one| {
        Message::about(one.chat_id, Some(one.user_id), task.id, notice.clone())
            .in_lane(lane(task.priority))
    });
    outbox::push(tx, told.collect()).await?;
    show(tx, task).await
}

/// Boards and cards show how it stands.
async fn show(tx: &mut Tx, task: &Task) -> Result<()> {
    bump(tx, task.id).await?;
    let (id, code) = (task.id, task.code.clone());
    tx.log(Event::TaskUpdated { id, code }, &scope(task));
    outbox::refresh_cards(tx, task.id).await
}

fn word(row: &assignment::Model) -> Notice {
    let (task_id, agent_id) = (row.task_id, row.agent_id);
    match row.unreachable_at {
        Some(_) => Notice::Unreachable { task_id, agent_id },
        None => Notice::NoAnswer { task_id, agent_id },
    }
}

/// Those who answer for the task, and the admins where none of them commands; never himself, nor whoever called for help in it.
async fn hearers(tx: &Tx, task: &Task, row: &assignment::Model) -> Result<Vec<Owner>> {
    let himself = task.assignment_of(row.agent_id);
    let himself = himself.and_then(|one| one.agent.user_id);
    let mut people = owners(tx, task).await?;
    people.retain(|one| Some(one.user_id) != himself);
    if !people.iter().any(|one| one.commands) {
        people.extend(admins(tx).await?);
        let caller = emergency::caller_of(tx, task).await?;
        people.retain(|one| Some(one.user_id) != himself && Some(one.user_id) != caller);
    }
    Ok(people)
}

async fn note(tx: &mut Tx, task: &Task, row: &assignment::Model, heard: bool) -> Result<()> {
    let now = tx.now();
    let due_at = now + tx.rules().ack.deadline(task.priority);
    let update = assignment::ActiveModel {
        id: Set(row.id),
        escalated_at: match (heard, row.unreachable_at) {
            (true, None) => Set(Some(now)),
            (true, Some(_)) => NotSet,
            (false, _) => Set(None),
        },
        unheard_at: Set((!heard).then(|| row.unheard_at.unwrap_or(now))),
        ack_due_at: Set((!heard).then_some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    let assignment_id = row.id;
    match heard {
        true => Ok(()),
        false => timer::set(tx, &Due::Ack { assignment_id }, due_at).await,
    }
}

/// Telegram did not take a word about somebody, or it was for a chat that its person has left: unless another in command has it,
/// nobody knows, and others are told now. Where it was `refused` to whoever can hear, he is told again only after the next
/// deadline: at once it would be refused again, without end.
pub(crate) async fn word_lost(tx: &mut Tx, lost: &Outgoing, refused: bool) -> Result<()> {
    let (Notice::NoAnswer { task_id, agent_id } | Notice::Unreachable { task_id, agent_id }) =
        lost.notice
    else {
        return Ok(());
    };
    let row = assignment::Entity::find()
        .filter(assignment::Column::TaskId.eq(task_id))
        .filter(assignment::Column::AgentId.eq(agent_id))
        .filter(assignment::Column::State.eq(AssignmentState::Offered))
        .filter(assignment::Column::UnheardAt.is_null())
        .one(tx.db())
        .await?;
    let Some(row) = row.filter(|row| word(row) == lost.notice && row.offered_at <= lost.created_at)
    else {
        return Ok(());
    };
    let Some(task) = load::one(tx.db(), task_id).await?.filter(Task::is_open) else {
        return Ok(());
    };
    let others = outbox::of_task(tx, lost, lost.created_at).await?;
    let same = others.iter().filter(|one| one.notice == lost.notice);
    if commanded(tx, same.map(|one| one.user_id).collect()).await? {
        return Ok(());
    }
    let now = tx.now();
    let due_at = match refused {
        true => now + tx.rules().ack.deadline(task.priority),
        false => now,
    };
    let update = assignment::ActiveModel {
        id: Set(row.id),
        escalated_at: Set(None),
        unheard_at: Set(Some(now)),
        ack_due_at: Set(Some(due_at)),
        ..Default::default()
    };
    assignment::Entity::update(update).exec(tx.db()).await?;
    let assignment_id = row.id;
    timer::set(tx, &Due::Ack { assignment_id }, due_at).await?;
    show(tx, &task).await
}

/// Whether somebody in command is among these.
async fn commanded(tx: &Tx, user_ids: Vec<i64>) -> Result<bool> {
    let command = user::Entity::find()
        .filter(user::Column::Id.is_in(user_ids))
        .filter(user::Column::Level.gte(Level::Supervisor as i16))
        .filter(user::Column::Active.eq(true));
    Ok(command.count(tx.db()).await? > 0)
}
