//! Asking people: the offer, its deadline and its ring.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use ::entity::assignment::AssignmentState;
use ::entity::{agent, assignment, user};

use super::{excuse::Excuse, former};
use crate::{
    Actor, Result, Tx,
    outbox::{self, Lane, Message},
    task::{Priority, Task},
    timer::{self, Due},
};

/// Asks these agents, anew when they were on the task before.
pub(super) async fn offer(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    agents: &[agent::Model],
    excuse: &Excuse,
) -> Result<()> {
    if agents.is_empty() {
        return Ok(());
    }
    former::keep(tx, task.id, agents.iter().map(|agent| agent.id).collect()).await?;
    let chats = chats_of(tx, agents).await?;
    let due_at = tx.now() + tx.rules().ack.deadline(task.priority);
    let rows = agents.iter().map(|agent| assignment::ActiveModel {
        offered_by: Set(actor.user_id),
        ..offered(
            tx,
            task.id,
            agent,
            chats.contains_key(&agent.id),
            due_at,
            excuse.reason(agent.id),
        )
    });
    let rows = assignment::Entity::insert_many(rows)
        .on_conflict(asked_again())
        .exec_with_returning(tx.db())
        .await?;
    let asked = rows.iter().filter(|row| row.ack_due_at.is_some());
    timer::set_all(
        tx,
        asked
            .map(|row| Due::Ack {
                assignment_id: row.id,
            })
            .collect(),
        due_at,
    )
    .await?;
    let rings = agents.iter().filter_map(|agent| {
        let chat_id = chats.get(&agent.id)?;
        Some(Message::ring(
            *chat_id,
            agent.user_id,
            task.id,
            lane(task.priority),
        ))
    });
    outbox::push(tx, rings.collect()).await
}

/// A fresh offer; whoever cannot be reached by Telegram is not waited for.
fn offered(
    tx: &Tx,
    task_id: i64,
    agent: &agent::Model,
    linked: bool,
    due_at: DateTime<Utc>,
    override_reason: Option<String>,
) -> assignment::ActiveModel {
    assignment::ActiveModel {
        task_id: Set(task_id),
        agent_id: Set(agent.id),
        state: Set(AssignmentState::Offered),
        reason: Set(None),
        override_reason: Set(override_reason),
        state_at: Set(tx.now()),
        offered_at: Set(tx.now()),
        acknowledged_at: Set(None),
        en_route_at: Set(None),
        on_site_at: Set(None),
        released_at: Set(None),
        rings: Set(0),
        sent_at: Set(None),
        rung_at: Set(None),
        escalated_at: Set(None),
        unheard_at: Set(None),
        unreachable_at: Set((!linked).then_some(tx.now())),
        ack_due_at: Set(linked.then_some(due_at)),
        ..Default::default()
    }
}

/// Whoever was on the task before begins anew in his row.
pub(super) fn asked_again() -> OnConflict {
    OnConflict::columns([assignment::Column::TaskId, assignment::Column::AgentId])
        .update_columns([
            assignment::Column::State,
            assignment::Column::Reason,
            assignment::Column::OverrideReason,
            assignment::Column::StateAt,
            assignment::Column::OfferedAt,
            assignment::Column::AcknowledgedAt,
            assignment::Column::EnRouteAt,
            assignment::Column::OnSiteAt,
            assignment::Column::ReleasedAt,
            assignment::Column::Rings,
            assignment::Column::SentAt,
            assignment::Column::RungAt,
            assignment::Column::EscalatedAt,
            assignment::Column::UnheardAt,
            assignment::Column::UnreachableAt,
            assignment::Column::AckDueAt,
            assignment::Column::OfferedBy,
        ])
        .to_owned()
}

/// The lane of messages about a task of this priority.
pub(crate) fn lane(priority: Priority) -> Lane {
    if priority == Priority::Critical {
        Lane::Emergency
    } else {
        Lane::Task
    }
}

/// The chats of those agents whose account is active and linked.
pub(super) async fn chats_of(tx: &Tx, agents: &[agent::Model]) -> Result<HashMap<i64, i64>> {
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(agents.iter().filter_map(|agent| agent.user_id)))
        .filter(user::Column::Active.eq(true))
        .all(tx.db())
        .await?;
    let chats: HashMap<i64, i64> = users
        .into_iter()
        .filter_map(|user| Some((user.id, user.telegram_id?)))
        .collect();
    let chat = |agent: &agent::Model| Some((agent.id, *chats.get(&agent.user_id?)?));
    Ok(agents.iter().filter_map(chat).collect())
}
