//! Whose account is switched off: what he was on or led is given back, and those who answer for it hear that aloud.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{assignment, task};

use super::{
    announce, bump,
    excuse::Excuse,
    lead::{first_linked, set_lead},
    release::release,
    responsible::tell_responsible,
};
use crate::{
    Actor, Result, Tx,
    availability::HELD,
    check_in, emergency,
    outbox::Notice,
    task::{Assignment, Status, Task, load, news},
};

const OPEN: [Status; 3] = [Status::Scheduled, Status::InProgress, Status::Paused];

/// Locks the open tasks that an agent is on or leads, and those of the calls for help that wait for his answer, as whoever changes
/// them does: before anything else of his.
pub(crate) async fn lock_open_of(tx: &Tx, agent_id: i64) -> Result<()> {
    let mut ids = open_of(tx, agent_id).await?;
    ids.extend(emergency::waiting_for(tx, agent_id).await?);
    load::lock_rows(tx, ids).await
}

/// Takes an agent off all of them.
pub(crate) async fn remove_from_all(tx: &mut Tx, actor: &Actor, agent_id: i64) -> Result<()> {
    for task_id in open_of(tx, agent_id).await? {
        let task = load::lock(tx, task_id).await?;
        if task.is_open() {
            remove(tx, actor, &task, agent_id).await?;
        }
    }
    Ok(())
}

async fn open_of(tx: &Tx, agent_id: i64) -> Result<Vec<i64>> {
    let his = Condition::any()
        .add(task::Column::LeadAgentId.eq(agent_id))
        .add(task::Column::Id.in_subquery(held_by(agent_id)));
    Ok(task::Entity::find()
        .select_only()
        .column(task::Column::Id)
        .filter(task::Column::Status.is_in(OPEN))
        .filter(his)
        .order_by_asc(task::Column::Id)
        .into_tuple()
        .all(tx.db())
        .await?)
}

fn held_by(agent_id: i64) -> SelectStatement {
    Query::select()
        .column(assignment::Column::TaskId)
        .from(assignment::Entity)
        .and_where(Expr::col(assignment::Column::AgentId).eq(agent_id))
        .and_where(Expr::col(assignment::Column::State).is_in(HELD))
        .to_owned()
}

/// From one of them; with its lead somebody else takes over, as when he cannot.
async fn remove(tx: &mut Tx, actor: &Actor, task: &Task, agent_id: i64) -> Result<()> {
    let task_id = task.id;
    let mine: Vec<&Assignment> = task
        .held()
        .filter(|one| one.agent.agent_id == agent_id)
        .collect();
    let notice = Notice::Removed { task_id, agent_id };
    tell_responsible(tx, task, notice.clone(), &[]).await?;
    if !mine.is_empty() {
        release(tx, &mine).await?;
        check_in::released(tx, actor, task, agent_id).await?;
        emergency::left(tx, task, agent_id, &notice).await?;
    }
    let lead = task.lead.as_ref().map(|lead| lead.agent_id);
    let led = lead == Some(agent_id);
    if led {
        let next = first_linked(tx, task_id).await?;
        set_lead(tx, task, next).await?;
    } else {
        bump(tx, task_id).await?;
    }
    let now = announce(tx, actor, task, &[], &Excuse::default()).await?;
    match led {
        true => news::tell_lead(tx, actor, &now).await,
        false => Ok(()),
    }
}
