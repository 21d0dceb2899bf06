//! What the release before had in its tables.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    assignment::AssignmentState,
    attachment::FetchState,
    broadcast::BroadcastStatus,
    broadcast_recipient::RecipientState,
    outbox::{Lane, OutboxStatus},
    report::ReportKind,
    shift::ShiftStatus,
    task::TaskStatus,
};
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait};
use serde_json::json;

const ZONE: &str = "America/Argentina/Buenos_Aires";

/// Stores a row with only these columns, as a release did that knew no others; its key.
macro_rules! put {
    ($db:expr, $table:ident { $($column:ident: $value:expr),+ $(,)? }) => {{
        let mut row = entity::$table::ActiveModel::default();
        $(row.$column = Set($value);)+
        let stored = entity::$table::Entity::insert(row).exec($db).await;
        stored.context(stringify!($table))?.last_insert_id
    }};
}

/// Fills the tables; the id of the task in them.
pub async fn fill(db: &DatabaseConnection) -> Result<i64> {
    let people = people(db).await?;
    let task = work(db, &people).await?;
    flow(db, &people, task).await?;
    figures(db, &people).await?;
    Ok(task)
}

fn then() -> Result<DateTime<Utc>> {
    Ok("2026-03-02T12:00:00Z".parse()?)
}

struct People {
    unit: i64,
    boss: i64,
    ana: i64,
    agent: i64,
}

async fn people(db: &DatabaseConnection) -> Result<People> {
    let at = then()?;
    let unit = put!(
        db,
        unit {
            name: "Centro".into(),
            created_at: at
        }
    );
    let boss = put!(
        db,
        user {
            username: "silva".into(),
            name: "Silva".into(),
            level: 2,
            permissions: String::new(),
            active: true,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    );
    let ana = put!(
        db,
        user {
            username: "ana".into(),
            name: "Ana".into(),
            level: 1,
            permissions: String::new(),
            telegram_id: Some(7),
            active: true,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    );
    let agent = put!(
        db,
        agent {
            user_id: Some(ana),
            name: "Ana".into(),
            active: true,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    );
    put!(
        db,
        unit_member {
            unit_id: unit,
            user_id: boss
        }
    );
    put!(
        db,
        agent_unit {
            agent_id: agent,
            unit_id: unit
        }
    );
    put!(
        db,
        shift {
            agent_id: agent,
            status: ShiftStatus::Ended,
            starts_local: at.naive_utc(),
            starts_at: at,
            ends_local: at.naive_utc() + TimeDelta::hours(8),
            ends_at: at + TimeDelta::hours(8),
            zone: ZONE.into(),
            created_at: at,
            unit_id: Some(unit),
            ended_at: Some(at + TimeDelta::hours(8)),
        }
    );
    Ok(People {
        unit,
        boss,
        ana,
        agent,
    })
}

/// A round that Ana declined first and did afterwards, with a photo.
async fn work(db: &DatabaseConnection, people: &People) -> Result<i64> {
    let (at, end) = (then()?, then()? + TimeDelta::minutes(30));
    let kind = put!(
        db,
        task_kind {
            code: "ronda".into(),
            label: "Ronda".into(),
            emoji: "🔦".into(),
            prefix: "RON".into(),
            priority: 2,
            duration_min: 60,
            crew: 1,
            needs_place: false,
            needs_evidence: false,
            checklist: json!([]),
            active: true,
            sort: 900,
        }
    );
    let task = put!(
        db,
        task {
            code: "RON-2026-0001".into(),
            kind_id: kind,
            title: "Ronda de antes".into(),
            search: "ron-2026-0001 ronda de antes".into(),
            status: TaskStatus::Completed,
            priority: 2,
            zone: ZONE.into(),
            unit_id: Some(people.unit),
            lead_agent_id: Some(people.agent),
            created_by: Some(people.boss),
            started_at: Some(at),
            paused_seconds: 0,
            ended_at: Some(end),
            ended_by: Some(people.ana),
            counts_in_estimates: true,
            drill: false,
            version: 3,
            created_at: at,
            updated_at: end,
        }
    );
    put!(
        db,
        former_assignment {
            task_id: task,
            agent_id: people.agent,
            state: AssignmentState::Declined,
            state_at: at,
            offered_by: Some(people.boss),
            offered_at: at,
        }
    );
    put!(
        db,
        assignment {
            task_id: task,
            agent_id: people.agent,
            state: AssignmentState::Released,
            state_at: end,
            offered_at: at,
            acknowledged_at: Some(at),
            released_at: Some(end),
            rings: 0,
        }
    );
    put!(
        db,
        history {
            task_id: task,
            from_status: Some(TaskStatus::InProgress),
            to_status: TaskStatus::Completed,
            user_id: Some(people.ana),
            channel: "bot".into(),
            happened_at: end,
            recorded_at: end,
            released: json!([people.agent]),
        }
    );
    let report = put!(
        db,
        report {
            task_id: Some(task),
            user_id: Some(people.ana),
            kind: ReportKind::Photo,
            text: Some("Vidrio roto".into()),
            channel: "bot".into(),
            happened_at: at,
            recorded_at: at,
            album: Some("a1".into()),
        }
    );
    put!(
        db,
        attachment {
            report_id: Some(report),
            task_id: Some(task),
            mime: "image/jpeg".into(),
            path: Some("uploads/one".into()),
            state: FetchState::Stored,
            created_at: at,
            stored_at: Some(at),
        }
    );
    Ok(task)
}

/// What was said of it, and what is remembered.
async fn flow(db: &DatabaseConnection, people: &People, task: i64) -> Result<()> {
    let at = then()?;
    for status in [OutboxStatus::Sent, OutboxStatus::Queued] {
        put!(
            db,
            outbox {
                lane: Lane::Task,
                chat_id: 7,
                user_id: Some(people.ana),
                task_id: Some(task),
                notice: json!({ "notice": "task", "task_id": task, "what": "completed", "by": "Silva" }),
                status: status,
                tries: 0,
                created_at: at,
            }
        );
    }
    put!(
        db,
        event {
            seq: 1,
            topic: "tasks".into(),
            kind: "task_created".into(),
            task_id: Some(task),
            unit_ids: json!([people.unit]),
            user_ids: json!([]),
            data: json!({ "id": task, "code": "RON-2026-0001" }),
            created_at: at,
        }
    );
    put!(
        db,
        audit {
            at: at,
            user_id: Some(people.boss),
            action: "task.created".into(),
            subject_kind: "task".into(),
            subject_id: Some(task),
            channel: "bot".into(),
            data: json!({}),
        }
    );
    put!(
        db,
        dialogue {
            chat_id: 7,
            name: "report".into(),
            version: 1,
            nonce: 1,
            updated_at: at,
            state: json!({ "serial": 1, "stage": { "at": "report", "with": { "task_id": task } } }),
        }
    );
    let broadcast = put!(
        db,
        broadcast {
            text: "Prueba".into(),
            audience: json!({ "kind": "all" }),
            status: BroadcastStatus::Closed,
            drill: false,
            round: 0,
            chain: json!({ "user_ids": [people.boss] }),
            created_at: at,
            created_by: Some(people.boss),
            expires_at: at,
            ended_at: Some(at),
        }
    );
    put!(
        db,
        broadcast_recipient {
            broadcast_id: broadcast,
            user_id: people.ana,
            state: RecipientState::Acknowledged,
            state_at: at,
            rings: 0,
        }
    );
    Ok(())
}

async fn figures(db: &DatabaseConnection, people: &People) -> Result<()> {
    let day = then()?.date_naive();
    put!(
        db,
        figure_day {
            day: day,
            whole: true,
            zone: ZONE.into()
        }
    );
    put!(
        db,
        day_figure {
            day: day,
            unit_id: people.unit,
            all_completed: 1,
            all_cancelled: 0,
            completed: 1,
            cancelled: 0,
            timed: 0,
            on_time: 0,
            reports: 1,
            acknowledged: 1,
            acknowledged_s: 0.0,
            on_site: 0,
            on_site_s: 0.0,
            worked: 1,
            worked_s: 1800.0,
        }
    );
    Ok(())
}
