//! Somebody who said that he goes does not for now, and did not say so himself: he has to say it anew.

use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use ::entity::{
    assignment::{self, AssignmentState},
    former_assignment,
};

use super::{bump, former, scope_of};
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    audit::{self, Subject},
    event::Event,
    outbox,
    task::{Assignment, Task},
};

/// He has the task and goes no more; that he went stays known.
pub(crate) async fn stand_back(tx: &mut Tx, task: &Task, his: &Assignment) -> Result<()> {
    let row = assignment::Entity::find_by_id(his.id).one(tx.db()).await?;
    let Some(row) = row else { return Ok(()) };
    let now = tx.now();
    let has_it = row.acknowledged_at.or(row.en_route_at).or(row.on_site_at);
    // What he keeps is not told of twice.
    let went = former_assignment::ActiveModel {
        state: Set(AssignmentState::Released),
        state_at: Set(now),
        acknowledged_at: Set(None),
        released_at: Set(Some(now)),
        ..former::former(row)
    };
    former_assignment::Entity::insert(went)
        .exec_without_returning(tx.db())
        .await?;
    let stays = assignment::ActiveModel {
        id: Set(his.id),
        state: Set(AssignmentState::Acknowledged),
        state_at: Set(now),
        acknowledged_at: Set(has_it),
        en_route_at: Set(None),
        on_site_at: Set(None),
        ..Default::default()
    };
    assignment::Entity::update(stays).exec(tx.db()).await?;
    let system = Actor::system(Channel::Timer);
    let data = json!({ "agent": his.agent.agent_id });
    let subject = Subject::Task(task.id);
    audit::record(tx, &system, "assignment.stand_back", subject, data).await?;
    bump(tx, task.id).await?;
    let scope = scope_of(tx, task.id).await?;
    let (id, code) = (task.id, task.code.clone());
    tx.log(Event::TaskUpdated { id, code }, &scope);
    outbox::refresh_cards(tx, task.id).await
}
