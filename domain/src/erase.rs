//! Erasing what is personal about somebody. What the books need stays: who was on which task and when, without a name,
//! words, files or places; the record refers to numbers only and is not touched.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde_json::json;

use ::entity::{agent, agent_unit, unit_member, user};

use crate::{
    Actor, Result, Tx,
    actor::PersonAct,
    agent::announce_availability,
    audit::{self, Subject},
    bell::Topic,
    check_in,
    outbox::{self, Message},
    unavailability,
    user::{self as people, User},
};

pub mod files;
mod open;
mod traces;
mod words;

/// What somebody whose data was erased is called from then on.
pub fn alias(user_id: i64) -> String {
    format!("#{user_id}")
}

/// Whose data it is.
struct Person {
    user: User,
    /// Nobody has the number 0.
    agent_id: i64,
}

/// Erases what is personal about somebody; again it changes nothing. There is no way back.
///
/// # Errors
/// Refused but for admins with the permission `system`, who erase others; [`crate::Refusal::OpenWork`] while he has open tasks,
/// calls for help or shifts that are not over.
pub async fn erase(tx: &mut Tx, actor: &Actor, id: i64) -> Result<()> {
    traces::hold(tx, id).await?;
    let user = people::reach(tx, actor, PersonAct::Erase, id).await?;
    if user.erased_at.is_some() {
        return Ok(());
    }
    // Whoever assigns or plans locks the agent: what he has is known, and no more is added.
    let row = agent::Entity::find()
        .filter(agent::Column::UserId.eq(id))
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let agent_id = row.map_or(0, |row| row.id);
    let person = Person { user, agent_id };
    open::refuse(tx, &person).await?;
    if person.agent_id != 0 {
        check_in::stop_alone(tx, actor, person.agent_id).await?;
    }
    words::forget(tx, &person).await?;
    let unheard = traces::forget(tx, &person).await?;
    account(tx, &person).await?;
    service(tx, &person).await?;
    for word in unheard {
        outbox::word_lost(tx, &word, false).await?;
    }
    farewell(tx, person.user).await?;
    tx.ring(Topic::Sessions);
    audit::record(tx, actor, "user.erased", Subject::User(id), json!({})).await
}

/// The chat's number is kept until Telegram was told to take the menu away, and no longer.
async fn farewell(tx: &mut Tx, user: User) -> Result<()> {
    let Some(chat_id) = user.telegram_id else {
        return Ok(());
    };
    outbox::push(tx, vec![Message::farewell(chat_id, user.lang)]).await
}

async fn account(tx: &Tx, Person { user, .. }: &Person) -> Result<()> {
    let row = user::ActiveModel {
        id: Set(user.id),
        username: Set(alias(user.id)),
        name: Set(alias(user.id)),
        permissions: Set(String::new()),
        email: Set(None),
        phone: Set(None),
        password_hash: Set(None),
        lang: Set(None),
        telegram_id: Set(None),
        telegram_username: Set(None),
        unreachable_at: Set(None),
        active: Set(false),
        version: Set(user.version + 1),
        updated_at: Set(tx.now()),
        erased_at: Set(Some(tx.now())),
        ..Default::default()
    };
    user::Entity::update(row).exec(tx.db()).await?;
    unit_member::Entity::delete_many()
        .filter(unit_member::Column::UserId.eq(user.id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The agent stays under the books' number, in no unit and out of service.
async fn service(tx: &mut Tx, Person { user, agent_id }: &Person) -> Result<()> {
    if *agent_id == 0 {
        return Ok(());
    }
    let row = agent::ActiveModel {
        name: Set(alias(user.id)),
        badge: Set(None),
        rank: Set(None),
        specialty: Set(None),
        unavailable_since: Set(None),
        unavailable_reason: Set(None),
        unavailable_until: Set(None),
        active: Set(false),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    agent::Entity::update_many()
        .set(row)
        .col_expr(
            agent::Column::Version,
            Expr::col(agent::Column::Version).add(1),
        )
        .filter(agent::Column::Id.eq(*agent_id))
        .exec(tx.db())
        .await?;
    unavailability::end(tx, *agent_id, None).await?;
    announce_availability(tx, vec![*agent_id]).await?;
    agent_unit::Entity::delete_many()
        .filter(agent_unit::Column::AgentId.eq(*agent_id))
        .exec(tx.db())
        .await?;
    Ok(())
}
