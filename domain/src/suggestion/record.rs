//! What became of the suggestions of a period: how many of each kind of work were accepted, and which.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{suggestion, task, task_kind, user};

use super::SuggestionStatus;
use crate::{Actor, Page, Result, Store, figures::Period, page::Window, task::visible, zone};

/// How the suggestions about a kind of work were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Not answered, or not yet.
    pub offered: u64,
    pub accepted: u64,
    pub rejected: u64,
}

/// A suggestion as it is looked back at.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Suggested {
    pub id: i64,
    pub task_id: i64,
    pub code: String,
    pub title: String,
    /// The code of the kind.
    pub kind: String,
    pub status: SuggestionStatus,
    /// So many more people.
    pub people: i32,
    /// Finished tasks it rested on, and what three in four of them took at most, in seconds.
    pub count: i64,
    pub p75_seconds: i64,
    pub created_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub answered_by: Option<String>,
}

/// Which suggestions are wanted; everything that is given must hold.
#[derive(Clone, Debug)]
pub struct SuggestionFilter {
    /// When they were made.
    pub period: Period,
    pub status: Option<SuggestionStatus>,
    /// The code of a kind.
    pub kind: Option<String>,
    pub task_id: Option<i64>,
}

/// How the suggestions of a period were answered, by the code of the kind.
///
/// # Errors
/// Level 2 and above; about tasks that one may see.
pub async fn answers(
    store: &Store,
    actor: &Actor,
    period: Period,
) -> Result<BTreeMap<String, Answers>> {
    actor.check_unit(None)?;
    let rows: Vec<(String, SuggestionStatus, i64)> = made(store, actor, period)
        .select_only()
        .column(task_kind::Column::Code)
        .column(suggestion::Column::Status)
        .column_as(suggestion::Column::Id.count(), "suggestions")
        .group_by(task_kind::Column::Code)
        .group_by(suggestion::Column::Status)
        .into_tuple()
        .all(store.reader())
        .await?;
    let mut kinds: BTreeMap<String, Answers> = BTreeMap::new();
    for (kind, status, count) in rows {
        let answers = kinds.entry(kind).or_default();
        *answers.of(status) += count.unsigned_abs();
    }
    Ok(kinds)
}

impl Answers {
    fn of(&mut self, status: SuggestionStatus) -> &mut u64 {
        match status {
            SuggestionStatus::Offered => &mut self.offered,
            SuggestionStatus::Accepted => &mut self.accepted,
            SuggestionStatus::Rejected => &mut self.rejected,
        }
    }
}

/// The suggestions that are counted, newest first.
///
/// # Errors
/// Level 2 and above; about tasks that one may see.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: SuggestionFilter,
    window: Window,
) -> Result<Page<Suggested>> {
    actor.check_unit(None)?;
    let wanted = Condition::all()
        .add_option(filter.status.map(|one| suggestion::Column::Status.eq(one)))
        .add_option(filter.kind.map(|code| task_kind::Column::Code.eq(code)))
        .add_option(filter.task_id.map(|id| suggestion::Column::TaskId.eq(id)))
        .add_option(window.after()?.map(behind));
    let rows = made(store, actor, filter.period)
        .filter(wanted)
        .select_only()
        .columns([
            suggestion::Column::Id,
            suggestion::Column::TaskId,
            suggestion::Column::Status,
            suggestion::Column::People,
            suggestion::Column::Count,
            suggestion::Column::P75Seconds,
            suggestion::Column::CreatedAt,
            suggestion::Column::AnsweredAt,
        ])
        .column_as(task::Column::Code, "code")
        .column_as(task::Column::Title, "title")
        .column_as(task_kind::Column::Code, "kind")
        .column_as(answerer(), "answered_by")
        .order_by_desc(suggestion::Column::CreatedAt)
        .order_by_desc(suggestion::Column::Id)
        .limit(window.probe())
        .into_model::<Suggested>()
        .all(store.reader())
        .await?;
    Ok(Page::cut(rows, &window, |row| (row.created_at, row.id)))
}

/// What lies behind this one, by when it was made; the first term says where in the index to begin.
fn behind((at, id): (DateTime<Utc>, i64)) -> Condition {
    let at_once = Condition::all()
        .add(suggestion::Column::CreatedAt.eq(at))
        .add(suggestion::Column::Id.lt(id));
    let earlier = suggestion::Column::CreatedAt.lt(at);
    Condition::all()
        .add(suggestion::Column::CreatedAt.lte(at))
        .add(Condition::any().add(earlier).add(at_once))
}

/// Those of a period about tasks that this person may see, with their tasks and kinds.
fn made(store: &Store, actor: &Actor, period: Period) -> Select<suggestion::Entity> {
    let zone = store.rules().zone;
    let (from, until) = (period.from, period.until + Days::new(1));
    let mut made = suggestion::Entity::find()
        .filter(suggestion::Column::CreatedAt.gte(zone::midnight(from, zone)))
        .filter(suggestion::Column::CreatedAt.lt(zone::midnight(until, zone)))
        .filter(visible::of_few(actor));
    let of_task = |column: task::Column| Expr::col((task::Entity, column));
    QuerySelect::query(&mut made)
        .inner_join(
            task::Entity,
            of_task(task::Column::Id).equals((suggestion::Entity, suggestion::Column::TaskId)),
        )
        .inner_join(
            task_kind::Entity,
            of_task(task::Column::KindId).equals((task_kind::Entity, task_kind::Column::Id)),
        );
    made
}

fn answerer() -> Expr {
    let answered_by = Expr::col((suggestion::Entity, suggestion::Column::AnsweredBy));
    let name = Query::select()
        .column(user::Column::Name)
        .from(user::Entity)
        .and_where(answered_by.equals((user::Entity, user::Column::Id)))
        .to_owned();
    Expr::SubQuery(None, Box::new(name.into()))
}
