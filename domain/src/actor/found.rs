//! Who is behind an account or a chat, as it is written down.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};

use ::entity::{agent, unit_member, user};

use super::{Actor, Channel, Level, permissions};
use crate::{Error, Result, Store, Tx};

impl Actor {
    /// The person behind an account, if it is active.
    pub async fn of_user(store: &Store, user_id: i64, channel: Channel) -> Result<Option<Self>> {
        let user = user::Entity::find_by_id(user_id)
            .one(store.reader())
            .await?;
        assemble(store.reader(), user, channel).await
    }

    /// The same from inside a transaction.
    pub(crate) async fn of_user_in(
        tx: &Tx,
        user_id: i64,
        channel: Channel,
    ) -> Result<Option<Self>> {
        let user = user::Entity::find_by_id(user_id).one(tx.db()).await?;
        assemble(tx.db(), user, channel).await
    }

    /// The people behind accounts, without those who are switched off: three statements for any number.
    pub async fn of_users(
        store: &Store,
        user_ids: Vec<i64>,
        channel: Channel,
    ) -> Result<HashMap<i64, Self>> {
        let db = store.reader();
        let users = user::Entity::find()
            .filter(user::Column::Id.is_in(user_ids))
            .filter(user::Column::Active.eq(true))
            .all(db)
            .await?;
        let ids = || users.iter().map(|user| user.id);
        let members = unit_member::Entity::find()
            .filter(unit_member::Column::UserId.is_in(ids()))
            .all(db)
            .await?;
        let agents = agent::Entity::find()
            .filter(agent::Column::UserId.is_in(ids()))
            .filter(agent::Column::Active.eq(true))
            .all(db)
            .await?;
        let mut people = HashMap::new();
        for user in users {
            let own = members.iter().filter(|member| member.user_id == user.id);
            let unit_ids = own.map(|member| member.unit_id).collect();
            let agent = agents.iter().find(|agent| agent.user_id == Some(user.id));
            let id = user.id;
            match build(user, unit_ids, agent.map(|agent| agent.id), channel) {
                Ok(actor) => drop(people.insert(id, actor)),
                // Only he is nobody here, who was given what a newer release knows.
                Err(error) => tracing::warn!(user.id = id, %error, "an account cannot be read"),
            }
        }
        Ok(people)
    }

    /// The person behind a Telegram account, if it is linked and active.
    pub async fn of_telegram(store: &Store, telegram_id: i64) -> Result<Option<Self>> {
        let rows = user::Entity::find()
            .column_as(unit_member::Column::UnitId, "unit_id")
            .column_as(agent::Column::Id, "agent_id")
            .column_as(agent::Column::Active, "agent_active")
            .join(JoinType::LeftJoin, units())
            .join(JoinType::LeftJoin, agents())
            .filter(user::Column::TelegramId.eq(telegram_id))
            .filter(user::Column::Active.eq(true))
            .into_model::<Known>()
            .all(store.reader())
            .await?;
        let unit_ids = rows.iter().filter_map(|row| row.unit_id).collect();
        let Some(known) = rows.into_iter().next() else {
            return Ok(None);
        };
        let agent_id = known.agent_id.filter(|_| known.agent_active == Some(true));
        build(known.user, unit_ids, agent_id, Channel::Bot).map(Some)
    }

    /// Whether this Telegram account belongs to somebody who was switched off.
    pub async fn was_switched_off(store: &Store, telegram_id: i64) -> Result<bool> {
        let user = user::Entity::find()
            .filter(user::Column::TelegramId.eq(telegram_id))
            .filter(user::Column::Active.eq(false))
            .one(store.reader())
            .await?;
        Ok(user.is_some())
    }
}

/// An account with one of its units and its agent: whoever writes to the bot is looked up in one statement.
#[derive(FromQueryResult)]
struct Known {
    #[sea_orm(nested)]
    user: user::Model,
    unit_id: Option<i64>,
    agent_id: Option<i64>,
    agent_active: Option<bool>,
}

fn units() -> RelationDef {
    user::Entity::belongs_to(unit_member::Entity)
        .from(user::Column::Id)
        .to(unit_member::Column::UserId)
        .into()
}

fn agents() -> RelationDef {
    user::Entity::belongs_to(agent::Entity)
        .from(user::Column::Id)
        .to(agent::Column::UserId)
        .into()
}

async fn assemble(
    db: &impl ConnectionTrait,
    user: Option<user::Model>,
    channel: Channel,
) -> Result<Option<Actor>> {
    let Some(user) = user.filter(|user| user.active) else {
        return Ok(None);
    };
    let unit_ids = unit_member::Entity::find()
        .filter(unit_member::Column::UserId.eq(user.id))
        .select_only()
        .column(unit_member::Column::UnitId)
        .into_tuple()
        .all(db)
        .await?;
    let agent_id = agent::Entity::find()
        .filter(agent::Column::UserId.eq(user.id))
        .filter(agent::Column::Active.eq(true))
        .select_only()
        .column(agent::Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    build(user, unit_ids, agent_id, channel).map(Some)
}

fn build(
    user: user::Model,
    unit_ids: Vec<i64>,
    agent_id: Option<i64>,
    channel: Channel,
) -> Result<Actor> {
    Ok(Actor {
        user_id: Some(user.id),
        level: Level::try_from(user.level).map_err(Error::Data)?,
        permissions: permissions(&user.permissions),
        name: user.name,
        unit_ids,
        agent_id,
        lang: user.lang,
        telegram_id: user.telegram_id,
        channel,
    })
}
