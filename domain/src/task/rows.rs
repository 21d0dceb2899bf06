//! Brings tasks and all they name from the database, in three statements for any number of tasks.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, agent_unit, assignment, task, task_kind, unit, user};

use super::{AgentRef, Assignment, KindRef, Place, Priority, Task, UnitRef, UserRef};
use crate::{Result, geo::Point};

/// A row of the table with what the things it points at are called.
#[derive(FromQueryResult)]
pub(super) struct Row {
    #[sea_orm(nested)]
    pub task: task::Model,
    kind_code: String,
    kind_label: String,
    kind_emoji: String,
    unit_name: Option<String>,
    lead_name: Option<String>,
    lead_user_id: Option<i64>,
    lead_telegram_id: Option<i64>,
    creator_name: Option<String>,
    ender_name: Option<String>,
}

const LEAD: &str = "lead";
const LEAD_USER: &str = "lead_user";

/// Runs a query for tasks: one statement, with their names. They are looked up for each row of the answer rather than
/// joined: PostgreSQL takes longer to think about seven joins than to read a page.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    mut select: Select<task::Entity>,
) -> Result<Vec<Row>> {
    QuerySelect::query(&mut select).inner_join(
        task_kind::Entity,
        of_task(task::Column::KindId).equals((task_kind::Entity, task_kind::Column::Id)),
    );
    Ok(select
        .column_as(task_kind::Column::Code, "kind_code")
        .column_as(task_kind::Column::Label, "kind_label")
        .column_as(task_kind::Column::Emoji, "kind_emoji")
        .column_as(name_of_unit(), "unit_name")
        .column_as(of_lead(agent::Column::Name), "lead_name")
        .column_as(of_lead(agent::Column::UserId), "lead_user_id")
        .column_as(lead_chat(), "lead_telegram_id")
        .column_as(name_of_user(task::Column::CreatedBy), "creator_name")
        .column_as(name_of_user(task::Column::EndedBy), "ender_name")
        .into_model::<Row>()
        .all(db)
        .await?)
}

fn of_task(column: task::Column) -> Expr {
    Expr::col((task::Entity, column))
}

fn name_of_unit() -> Expr {
    let name = Query::select()
        .column(unit::Column::Name)
        .from(unit::Entity)
        .and_where(of_task(task::Column::UnitId).equals((unit::Entity, unit::Column::Id)))
        .to_owned();
    looked_up(name)
}

fn name_of_user(column: task::Column) -> Expr {
    let name = Query::select()
        .column(user::Column::Name)
        .from(user::Entity)
        .and_where(of_task(column).equals((user::Entity, user::Column::Id)))
        .to_owned();
    looked_up(name)
}

fn of_lead(column: agent::Column) -> Expr {
    let lead = Query::select()
        .column(column)
        .from(agent::Entity)
        .and_where(of_task(task::Column::LeadAgentId).equals((agent::Entity, agent::Column::Id)))
        .to_owned();
    looked_up(lead)
}

fn lead_chat() -> Expr {
    let chat = Query::select()
        .column((LEAD_USER, user::Column::TelegramId))
        .from_as(agent::Entity, LEAD)
        .join_as(
            JoinType::InnerJoin,
            user::Entity,
            LEAD_USER,
            active_user_of(LEAD, LEAD_USER),
        )
        .and_where(of_task(task::Column::LeadAgentId).equals((LEAD, agent::Column::Id)))
        .to_owned();
    looked_up(chat)
}

fn looked_up(one: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(one.into()))
}

/// The account of an agent while it is switched on: only then can he be reached.
fn active_user_of(agent: &'static str, user: &'static str) -> Condition {
    Condition::all()
        .add(Expr::col((agent, agent::Column::UserId)).equals((user, user::Column::Id)))
        .add(Expr::col((user, user::Column::Active)).eq(true))
}

/// Tasks in the order of their rows: two statements for any number.
pub(super) async fn many(db: &impl ConnectionTrait, rows: Vec<Row>) -> Result<Vec<Task>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.task.id).collect();
    let mut crews = crews(db, ids).await?;
    let held = crews.values().flatten().filter(|one| one.is_held());
    let units = units_of(db, held.map(|one| one.agent.agent_id).collect()).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let crew = crews.remove(&row.task.id).unwrap_or_default();
            assemble(row, crew, &units)
        })
        .collect())
}

/// An assignment with what its agent is called.
#[derive(FromQueryResult)]
struct Member {
    #[sea_orm(nested)]
    row: assignment::Model,
    name: String,
    user_id: Option<i64>,
    telegram_id: Option<i64>,
}

const MEMBER: &str = "member";
const MEMBER_USER: &str = "member_user";

/// The people of these tasks, in the order in which they were put on.
async fn crews(
    db: &impl ConnectionTrait,
    task_ids: Vec<i64>,
) -> Result<HashMap<i64, Vec<Assignment>>> {
    let mut select = assignment::Entity::find()
        .filter(assignment::Column::TaskId.is_in(task_ids))
        .order_by_asc(assignment::Column::Id);
    QuerySelect::query(&mut select)
        .join_as(
            JoinType::InnerJoin,
            agent::Entity,
            MEMBER,
            Expr::col((assignment::Entity, assignment::Column::AgentId))
                .equals((MEMBER, agent::Column::Id)),
        )
        .join_as(
            JoinType::LeftJoin,
            user::Entity,
            MEMBER_USER,
            active_user_of(MEMBER, MEMBER_USER),
        );
    let members = select
        .column_as(Expr::col((MEMBER, agent::Column::Name)), "name")
        .column_as(Expr::col((MEMBER, agent::Column::UserId)), "user_id")
        .column_as(
            Expr::col((MEMBER_USER, user::Column::TelegramId)),
            "telegram_id",
        )
        .into_model::<Member>()
        .all(db)
        .await?;
    let mut crews: HashMap<i64, Vec<Assignment>> = HashMap::new();
    for member in members {
        let crew = crews.entry(member.row.task_id).or_default();
        crew.push(member.into());
    }
    Ok(crews)
}

impl From<Member> for Assignment {
    fn from(member: Member) -> Self {
        let row = member.row;
        // In a rolling restart the release before asks anew and lets stand what arrived of the offer before.
        let of_this_offer = |at: &DateTime<Utc>| *at >= row.offered_at;
        Self {
            id: row.id,
            agent: AgentRef {
                agent_id: row.agent_id,
                name: member.name,
                user_id: member.user_id,
                telegram_id: member.telegram_id,
            },
            state: row.state,
            at: row.state_at,
            reason: row.reason,
            override_reason: row.override_reason,
            offered_by: row.offered_by,
            offered_at: row.offered_at,
            acknowledged_at: row.acknowledged_at,
            en_route_at: row.en_route_at,
            on_site_at: row.on_site_at,
            released_at: row.released_at,
            rings: row.rings,
            sent_at: row.sent_at.filter(of_this_offer),
            rung_at: row.rung_at.filter(of_this_offer),
            escalated_at: row.escalated_at,
            unheard_at: row.unheard_at,
            unreachable_at: row.unreachable_at,
        }
    }
}

/// The units of these agents.
async fn units_of(
    db: &impl ConnectionTrait,
    agent_ids: BTreeSet<i64>,
) -> Result<HashMap<i64, Vec<i64>>> {
    let mut units: HashMap<i64, Vec<i64>> = HashMap::new();
    if agent_ids.is_empty() {
        return Ok(units);
    }
    let rows = agent_unit::Entity::find()
        .filter(agent_unit::Column::AgentId.is_in(agent_ids))
        .all(db)
        .await?;
    for row in rows {
        units.entry(row.agent_id).or_default().push(row.unit_id);
    }
    Ok(units)
}

fn assemble(row: Row, crew: Vec<Assignment>, units: &HashMap<i64, Vec<i64>>) -> Task {
    let lead = lead(&row);
    let Row {
        task,
        kind_code,
        kind_label,
        kind_emoji,
        unit_name,
        creator_name,
        ender_name,
        ..
    } = row;
    Task {
        kind: KindRef {
            id: task.kind_id,
            code: kind_code,
            label: kind_label,
            emoji: kind_emoji,
        },
        priority: Priority::from_column(task.priority),
        place: place(
            Point::of(task.lat, task.lon),
            task.place_label,
            task.place_accuracy_m,
        ),
        unit: task
            .unit_id
            .zip(unit_name)
            .map(|(id, name)| UnitRef { id, name }),
        lead,
        agent_unit_ids: units_of_crew(&crew, units),
        assignments: crew,
        created_by: user_ref(task.created_by, creator_name),
        ended_by: user_ref(task.ended_by, ender_name),
        id: task.id,
        code: task.code,
        title: task.title,
        description: task.description,
        status: task.status,
        zone: task.zone,
        planned_start_local: task.planned_start_local,
        planned_start: task.planned_start_at,
        planned_end_local: task.planned_end_local,
        planned_end: task.planned_end_at,
        created_at: task.created_at,
        updated_at: task.updated_at,
        started_at: task.started_at,
        paused_at: task.paused_at,
        paused_seconds: task.paused_seconds,
        window_end: task.window_end_at,
        ended_at: task.ended_at,
        end_reason: task.end_reason,
        drill: task.drill,
        version: task.version,
    }
}

fn lead(row: &Row) -> Option<AgentRef> {
    Some(AgentRef {
        agent_id: row.task.lead_agent_id?,
        name: row.lead_name.clone()?,
        user_id: row.lead_user_id,
        telegram_id: row.lead_telegram_id,
    })
}

fn user_ref(id: Option<i64>, name: Option<String>) -> Option<UserRef> {
    id.zip(name)
        .map(|(user_id, name)| UserRef { user_id, name })
}

fn units_of_crew(crew: &[Assignment], units: &HashMap<i64, Vec<i64>>) -> Vec<i64> {
    let held = crew.iter().filter(|one| one.is_held());
    let ids: BTreeSet<i64> = held
        .filter_map(|one| units.get(&one.agent.agent_id))
        .flatten()
        .copied()
        .collect();
    ids.into_iter().collect()
}

fn place(point: Option<Point>, label: Option<String>, accuracy_m: Option<f64>) -> Option<Place> {
    (point.is_some() || label.is_some()).then_some(Place {
        point,
        label,
        accuracy_m,
    })
}
