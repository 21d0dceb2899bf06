//! A year of a force: people, and as many tasks as they had, put into the tables at once.

use std::{ops::RangeInclusive, time::Duration};

use anyhow::{Context, Result};
use domain::{
    Actor, Clock, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    catalogue,
    store::Connect,
    unit, user,
};
use entity::{
    agent, task,
    task::TaskStatus::{Cancelled, Completed, InProgress, Scheduled},
    task_kind,
};
use it::Database;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, TransactionTrait, prelude::DateTimeUtc,
};

/// The Telegram accounts of the agents.
pub const PHONES: RangeInclusive<i64> = 1001..=1200;
/// Who signs in at the board.
pub const ADMIN: &str = "admin";
pub const PASSWORD: &str = "una clave larga de prueba";
/// How many tasks there are before anybody creates one.
pub const TASKS: u32 = 100_000;

/// The newest of them are planned, and before those everybody has one under way.
const PLANNED: u32 = 800;
const ROWS: usize = 500;

/// Fills a database that has nothing but tables.
pub async fn fill(database: &Database) -> Result<()> {
    let clock = Clock::running();
    let now = clock.now();
    let connect = Connect::new(database.url());
    let store = Store::connect(&connect, clock, Bell::default(), Rules::default()).await?;
    store
        .write(|tx| Box::pin(async { catalogue::seed(tx, catalogue::Pack::Police).await }))
        .await?;
    people(&store).await?;
    tasks(database, now).await
}

async fn people(store: &Store) -> Result<()> {
    let admin = user::NewUser {
        password: Some(PASSWORD.into()),
        ..user::NewUser::named(ADMIN, "Alma Admin", Level::Admin)
    };
    hire(store, admin).await?;
    for phone in PHONES {
        let agent = user::NewUser {
            units: vec![unit::Key::Name(format!("Comisaría {}", phone % 10))],
            badge: Some(phone.to_string()),
            lang: Some("es".into()),
            ..user::NewUser::named(
                format!("a.{phone}"),
                format!("Agente {phone}"),
                Level::Agent,
            )
        };
        hire(store, agent).await?;
    }
    // Two hundred talks about consent are no part of what is measured.
    let link =
        "UPDATE users SET telegram_id = CAST(substr(username, 3) AS integer) WHERE level = 1";
    store.writer().execute_unprepared(link).await?;
    Ok(())
}

async fn hire(store: &Store, new: user::NewUser) -> Result<()> {
    user::create(store, &Actor::system(Channel::Cli), new).await?;
    Ok(())
}

async fn tasks(database: &Database, now: DateTimeUtc) -> Result<()> {
    let db = database.connect().await?;
    let kinds = task_kind::Entity::find().all(&db).await?;
    let agents = agent::Entity::find().all(&db).await?;
    let transaction = db.begin().await?;
    let numbers: Vec<u32> = (1..=TASKS).collect();
    for some in numbers.chunks(ROWS) {
        let rows: Option<Vec<_>> = some
            .iter()
            .map(|number| row(*number, now, &kinds, &agents))
            .collect();
        task::Entity::insert_many(rows.context("kinds and agents were made before")?)
            .exec_without_returning(&transaction)
            .await?;
    }
    transaction.execute_unprepared(ASSIGNED).await?;
    transaction.commit().await?;
    db.execute_unprepared("ANALYZE").await?;
    Ok(db.close().await?)
}

/// Everybody is on the tasks that he leads.
const ASSIGNED: &str = "
    INSERT INTO assignments
        (task_id, agent_id, state, state_at, offered_at, acknowledged_at, on_site_at, released_at, rings)
    SELECT id, lead_agent_id,
        CASE status WHEN 'scheduled' THEN 'acknowledged' WHEN 'in_progress' THEN 'on_site' ELSE 'released' END,
        created_at, created_at, created_at, started_at, ended_at, 1
    FROM tasks";

/// One task every five minutes, the newest ones still to be done.
fn row(
    number: u32,
    now: DateTimeUtc,
    kinds: &[task_kind::Model],
    agents: &[agent::Model],
) -> Option<task::ActiveModel> {
    let kind = kinds.get(number as usize % kinds.len())?;
    let agent = agents.get(number as usize % agents.len())?;
    let under_way = u32::try_from(agents.len()).ok()?;
    let minutes = |count: u32| Duration::from_secs(u64::from(count) * 60);
    let created = now - minutes((TASKS - number) * 5);
    let status = match TASKS - number {
        newest if newest < PLANNED => Scheduled,
        newer if newer < PLANNED + under_way => InProgress,
        _ if number.is_multiple_of(20) => Cancelled,
        _ => Completed,
    };
    let begun = created + minutes(20);
    let begins = if status == Scheduled {
        now + minutes(number % 2880)
    } else {
        begun
    };
    let ended = matches!(status, Completed | Cancelled).then(|| begun + minutes(45));
    let code = format!("{}-{}-{number:06}", kind.prefix, created.format("%Y"));
    let title = format!("{} en la manzana {}", kind.label, number % 997);
    let place = format!("Calle {} {}", number % 131, number % 3000);
    Some(task::ActiveModel {
        search: Set(format!("{code} {title} {place}").to_lowercase()),
        code: Set(code),
        kind_id: Set(kind.id),
        title: Set(title),
        description: Set(Some("Recorrido a pie, con informe al terminar.".into())),
        status: Set(status),
        priority: Set(kind.priority),
        lat: Set(Some(-34.6 - f64::from(number % 1000) / 1e4)),
        lon: Set(Some(-58.4 - f64::from(number % 977) / 1e4)),
        place_label: Set(Some(place)),
        planned_start_local: Set(Some(begins.naive_utc())),
        planned_start_at: Set(Some(begins)),
        planned_end_local: Set(Some((begins + minutes(60)).naive_utc())),
        planned_end_at: Set(Some(begins + minutes(60))),
        zone: Set("Etc/UTC".into()),
        lead_agent_id: Set(Some(agent.id)),
        created_by: Set(Some(1)),
        started_at: Set((status != Scheduled).then_some(begun)),
        paused_seconds: Set(0),
        ended_at: Set(ended),
        ended_by: Set(ended.and(agent.user_id)),
        counts_in_estimates: Set(true),
        drill: Set(false),
        version: Set(1),
        created_at: Set(created),
        updated_at: Set(created),
        ..Default::default()
    })
}
