//! What is kept about a person, for himself: how much of what, since when, and who looked at where he was.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use ::entity::{
    assignment, audit, enrolment, leave, position, report, session, shift, unavailability, unit,
    unit_member, user,
};

use crate::{
    Actor, Refusal, Result, Store,
    consent::{self, Consent},
    error::Thing,
    position::READ,
};

mod file;
mod more;
mod sent;
mod work;

pub use file::{export, file};

/// The most who are named.
const NAMED: u64 = 5;

/// The most rows of each kind in a file, the newest of them.
const ROWS_MOST: u64 = 20_000;

/// What the record says of whoever takes everything away that is kept about somebody.
const EXPORTED: &str = "user.exported";

/// What is kept about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub username: String,
    pub units: Vec<String>,
    pub email: bool,
    pub phone: bool,
    /// When he accepted to be linked to Telegram.
    pub consented_at: Option<DateTime<Utc>>,
    pub consents: Vec<Consent>,
    pub positions: Positions,
    pub tasks: u64,
    pub reports: u64,
    pub shifts: u64,
    pub leaves: u64,
    /// How often he said that he could not.
    pub unavailable: u64,
    /// Signed in on the board.
    pub sessions: u64,
    /// Who else looked at where he was or took his data away, newest first; not all of them.
    pub seen: Vec<(String, DateTime<Utc>)>,
}

/// Where somebody was, as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Positions {
    pub count: i64,
    pub oldest: Option<DateTime<Utc>>,
    pub newest: Option<DateTime<Utc>>,
}

/// What is kept about whoever asks.
///
/// # Errors
/// [`Refusal::NotFound`] for who has no account.
pub async fn mine(store: &Store, actor: &Actor) -> Result<Kept> {
    let db = store.reader();
    let missing = || Refusal::missing(Thing::User);
    let user_id = actor.user_id.ok_or_else(missing)?;
    let account = user::Entity::find_by_id(user_id).one(db).await?;
    let account = account.ok_or_else(missing)?;
    // Nobody has the number 0.
    let agent_id = actor.agent_id.unwrap_or_default();
    let open = session::Entity::find()
        .filter(session::Column::UserId.eq(user_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(store.now()));
    Ok(Kept {
        name: account.name,
        username: account.username,
        units: units(store, user_id).await?,
        email: account.email.is_some(),
        phone: account.phone.is_some(),
        consented_at: consented(store, user_id).await?,
        consents: consent::now(db, user_id).await?,
        positions: positions(store, agent_id).await?,
        tasks: count(
            store,
            assignment::Entity::find().filter(assignment::Column::AgentId.eq(agent_id)),
        )
        .await?,
        reports: count(
            store,
            report::Entity::find().filter(report::Column::UserId.eq(user_id)),
        )
        .await?,
        shifts: count(
            store,
            shift::Entity::find().filter(shift::Column::AgentId.eq(agent_id)),
        )
        .await?,
        leaves: count(
            store,
            leave::Entity::find().filter(leave::Column::AgentId.eq(agent_id)),
        )
        .await?,
        unavailable: count(
            store,
            unavailability::Entity::find().filter(unavailability::Column::AgentId.eq(agent_id)),
        )
        .await?,
        sessions: count(store, open).await?,
        seen: seen(store, (user_id, agent_id), NAMED).await?,
    })
}

async fn count<E>(store: &Store, rows: Select<E>) -> Result<u64>
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    Ok(rows.count(store.reader()).await?)
}

async fn units(store: &Store, user_id: i64) -> Result<Vec<String>> {
    Ok(unit::Entity::find()
        .select_only()
        .column(unit::Column::Name)
        .join(
            JoinType::InnerJoin,
            unit::Entity::belongs_to(unit_member::Entity)
                .from(unit::Column::Id)
                .to(unit_member::Column::UnitId)
                .into(),
        )
        .filter(unit_member::Column::UserId.eq(user_id))
        .order_by_asc(unit::Column::Name)
        .into_tuple()
        .all(store.reader())
        .await?)
}

async fn consented(store: &Store, user_id: i64) -> Result<Option<DateTime<Utc>>> {
    let row = enrolment::Entity::find()
        .filter(enrolment::Column::UserId.eq(user_id))
        .filter(enrolment::Column::UsedAt.is_not_null())
        .order_by_desc(enrolment::Column::UsedAt)
        .one(store.reader())
        .await?;
    Ok(row.and_then(|row| row.used_at))
}

async fn positions(store: &Store, agent_id: i64) -> Result<Positions> {
    let row = position::Entity::find()
        .select_only()
        .column_as(position::Column::Id.count(), "count")
        .column_as(position::Column::RecordedAt.min(), "oldest")
        .column_as(position::Column::RecordedAt.max(), "newest")
        .filter(position::Column::AgentId.eq(agent_id))
        .into_model::<Positions>()
        .one(store.reader())
        .await?;
    Ok(row.unwrap_or_default())
}

async fn seen(
    store: &Store,
    (user_id, agent_id): (i64, i64),
    most: u64,
) -> Result<Vec<(String, DateTime<Utc>)>> {
    let looked = Condition::all()
        .add(audit::Column::SubjectKind.eq("agent"))
        .add(audit::Column::SubjectId.eq(agent_id))
        .add(audit::Column::Action.eq(READ));
    let taken = Condition::all()
        .add(audit::Column::SubjectKind.eq("user"))
        .add(audit::Column::SubjectId.eq(user_id))
        .add(audit::Column::Action.eq(EXPORTED))
        .add(audit::Column::UserId.ne(user_id));
    Ok(audit::Entity::find()
        .select_only()
        .column(user::Column::Name)
        .column(audit::Column::At)
        .join(
            JoinType::InnerJoin,
            audit::Entity::belongs_to(user::Entity)
                .from(audit::Column::UserId)
                .to(user::Column::Id)
                .into(),
        )
        .filter(Condition::any().add(looked).add(taken))
        .order_by_desc(audit::Column::Id)
        .limit(most)
        .into_tuple()
        .all(store.reader())
        .await?)
}
