//! Agents come, change and go.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;

use ::entity::{agent, agent_unit, unit, user};

use super::presence::announce_availability;
use crate::{
    Actor, Error, Refusal, Result, Tx,
    actor::{Level, PersonAct},
    audit::{self, Subject},
    duty,
    error::{Problem, Thing},
    task::create,
};

/// An agent without an account, or what a new account makes of its person.
#[derive(Clone, Debug, Default)]
pub struct NewAgent {
    pub name: String,
    pub badge: Option<String>,
    pub rank: Option<String>,
    pub specialty: Option<String>,
    pub unit_ids: Vec<i64>,
    pub user_id: Option<i64>,
}

/// Adds a member of the force.
///
/// # Errors
/// Admins only; a badge belongs to one person.
pub async fn create(tx: &mut Tx, actor: &Actor, new: NewAgent) -> Result<i64> {
    if !actor.may_with(PersonAct::Edit, None, Level::Agent, &new.unit_ids) {
        return Err(Refusal::NotAllowed.into());
    }
    let name = create::text(Some(&new.name)).ok_or(Refusal::invalid("name", Problem::Required))?;
    let badge = create::text(new.badge.as_deref());
    check_badge(tx, badge.as_deref(), None).await?;
    check_user(tx, new.user_id).await?;
    let row = agent::ActiveModel {
        user_id: Set(new.user_id),
        name: Set(name),
        badge: Set(badge),
        rank: Set(create::text(new.rank.as_deref())),
        specialty: Set(create::text(new.specialty.as_deref())),
        active: Set(true),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    let id = agent::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    set_units(tx, id, &new.unit_ids).await?;
    audit::record(tx, actor, "agent.create", Subject::Agent(id), json!({})).await?;
    announce_availability(tx, vec![id]).await?;
    Ok(id)
}

/// What shall change about an agent; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AgentPatch {
    pub name: Option<String>,
    pub badge: Option<Option<String>>,
    pub rank: Option<Option<String>>,
    pub specialty: Option<Option<String>>,
    pub unit_ids: Option<Vec<i64>>,
    pub active: Option<bool>,
    pub if_version: Option<i32>,
}

/// Changes an agent.
///
/// # Errors
/// Admins only; [`Refusal::Stale`] when it was changed meanwhile.
pub async fn edit(tx: &mut Tx, actor: &Actor, id: i64, patch: AgentPatch) -> Result<()> {
    let row = agent::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Agent))?;
    if !actor.may_with(PersonAct::Edit, row.user_id, Level::Agent, &[]) {
        return Err(Refusal::NotAllowed.into());
    }
    if patch
        .if_version
        .is_some_and(|version| version != row.version)
    {
        return Err(Refusal::Stale {
            version: row.version,
        }
        .into());
    }
    let name = create::text(patch.name.as_deref().or(Some(&row.name)));
    let badge = patch.badge.unwrap_or(row.badge);
    check_badge(tx, badge.as_deref(), Some(id)).await?;
    let update = agent::ActiveModel {
        id: Set(id),
        name: Set(name.ok_or(Refusal::invalid("name", Problem::Required))?),
        badge: Set(create::text(badge.as_deref())),
        rank: Set(patch.rank.unwrap_or(row.rank)),
        specialty: Set(patch.specialty.unwrap_or(row.specialty)),
        active: Set(patch.active.unwrap_or(row.active)),
        version: Set(row.version + 1),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    agent::Entity::update(update).exec(tx.db()).await?;
    if let Some(unit_ids) = patch.unit_ids {
        let before = duty::units_of(tx.db(), id).await?;
        set_units(tx, id, &unit_ids).await?;
        let now = duty::units_of(tx.db(), id).await?;
        duty::tell_moved(tx, actor, id, (before, now)).await?;
    }
    audit::record(tx, actor, "agent.edit", Subject::Agent(id), json!({})).await?;
    announce_availability(tx, vec![id]).await
}

async fn check_badge(tx: &Tx, badge: Option<&str>, own: Option<i64>) -> Result<()> {
    let Some(badge) = badge else { return Ok(()) };
    let taken = agent::Entity::find()
        .filter(agent::Column::Badge.eq(badge))
        .filter(agent::Column::Id.ne(own.unwrap_or(0)))
        .one(tx.db())
        .await?;
    if taken.is_some() {
        Err(Refusal::Taken {
            field: "badge".into(),
        }
        .into())
    } else {
        Ok(())
    }
}

/// The account is there, and is nobody else's; whoever asks at the same time waits.
async fn check_user(tx: &Tx, user_id: Option<i64>) -> Result<()> {
    let Some(user_id) = user_id else {
        return Ok(());
    };
    let account = user::Entity::find_by_id(user_id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    account.ok_or(Refusal::missing(Thing::User))?;
    let taken = agent::Entity::find()
        .filter(agent::Column::UserId.eq(user_id))
        .one(tx.db())
        .await?;
    match taken {
        Some(_) => Err(Refusal::Taken {
            field: "user_id".into(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Makes these the units of an agent.
async fn set_units(tx: &Tx, agent_id: i64, unit_ids: &[i64]) -> Result<()> {
    agent_unit::Entity::delete_many()
        .filter(agent_unit::Column::AgentId.eq(agent_id))
        .exec(tx.db())
        .await?;
    if unit_ids.is_empty() {
        return Ok(());
    }
    let known = unit::Entity::find()
        .filter(unit::Column::Id.is_in(unit_ids.iter().copied()))
        .all(tx.db())
        .await?;
    let links: Vec<agent_unit::ActiveModel> = known
        .iter()
        .map(|unit| agent_unit::ActiveModel {
            agent_id: Set(agent_id),
            unit_id: Set(unit.id),
        })
        .collect();
    if links.is_empty() {
        return Err(Error::from(Refusal::invalid("units", Problem::Unknown)));
    }
    agent_unit::Entity::insert_many(links)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}
