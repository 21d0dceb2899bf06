//! Accounts in pages, within the actor's scope.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement, UnionType},
};

use ::entity::{unit_member, user};

use super::{User, assemble};
use crate::{Actor, Page, Refusal, Result, Store, actor::Level, page::Window};

/// Which accounts; the conditions combine.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A piece of the name or the username.
    pub q: Option<String>,
    pub level: Option<Level>,
    pub unit_id: Option<i64>,
    pub active: Option<bool>,
}

/// By name: admins see all, supervisors their units.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    window: &Window,
) -> Result<Page<User>> {
    let which = matching(filter)
        .add(scope(actor)?)
        .add(window.behind(user::Column::Name, user::Column::Id)?);
    let rows = user::Entity::find()
        .filter(which)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, window, |row| (row.name.clone(), row.id));
    Ok(Page {
        items: assemble(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

fn matching(filter: &Filter) -> Condition {
    Condition::all()
        .add_option(filter.q.as_deref().map(named))
        .add_option(
            filter
                .level
                .map(|level| user::Column::Level.eq(i16::from(level))),
        )
        .add_option(
            filter
                .unit_id
                .map(|id| user::Column::Id.in_subquery(members_of([id]))),
        )
        .add_option(filter.active.map(|active| user::Column::Active.eq(active)))
}

fn scope(actor: &Actor) -> Result<Condition, Refusal> {
    match actor.level {
        Level::Admin => Ok(Condition::all()),
        // One set, not a choice of two: from that the planner can begin.
        Level::Supervisor => {
            let himself = Query::select()
                .expr(Expr::value(actor.user_id.unwrap_or_default()))
                .to_owned();
            let mut seen = members_of(actor.unit_ids.iter().copied());
            seen.union(UnionType::Distinct, himself);
            Ok(Condition::all().add(user::Column::Id.in_subquery(seen)))
        }
        Level::Agent => Err(Refusal::NotAllowed),
    }
}

fn members_of(unit_ids: impl IntoIterator<Item = i64>) -> SelectStatement {
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(unit_member::Column::UnitId.is_in(unit_ids))
        .to_owned()
}

fn named(piece: &str) -> Condition {
    let piece = piece
        .trim()
        .to_lowercase()
        .replace('\\', r"\\")
        .replace('%', r"\%")
        .replace('_', r"\_");
    let like = LikeExpr::new(format!("%{piece}%")).escape('\\');
    let holds =
        |column: user::Column| Expr::expr(Func::lower(Expr::col(column))).like(like.clone());
    Condition::any()
        .add(holds(user::Column::Name))
        .add(holds(user::Column::Username))
}
