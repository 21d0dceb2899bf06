//! Observations on a task and the evidence that comes with them.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

use ::entity::{attachment, report};
pub use ::entity::{attachment::FetchState, report::ReportKind};

use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Act,
    assignment,
    audit::{self, Subject},
    error::{Problem, Thing},
    event::Event,
    geo::Point,
    outbox,
    task::{Task, load},
    timer::{self, Due},
};

/// The longest text of a report: what one Telegram message can hold.
pub const TEXT_MOST: usize = 4096;

/// Where the evidence lies that the file store has, in the order in which it came.
pub async fn stored_paths(store: &Store) -> Result<Vec<String>> {
    let paths: Vec<Option<String>> = attachment::Entity::find()
        .select_only()
        .column(attachment::Column::Path)
        .filter(attachment::Column::State.eq(FetchState::Stored))
        .filter(attachment::Column::Path.is_not_null())
        .order_by_asc(attachment::Column::Id)
        .into_tuple()
        .all(store.reader())
        .await?;
    Ok(paths.into_iter().flatten().collect())
}

/// An observation.
#[derive(Clone, Debug)]
pub struct NewReport {
    pub kind: ReportKind,
    pub text: Option<String>,
    pub place: Option<Point>,
    /// When it happened; now when nothing is said.
    pub at: Option<DateTime<Utc>>,
    pub file: Option<NewFile>,
}

impl NewReport {
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            kind: ReportKind::Text,
            text: Some(text.into()),
            place: None,
            at: None,
            file: None,
        }
    }

    pub fn place(point: Point) -> Self {
        Self {
            kind: ReportKind::Place,
            text: None,
            place: Some(point),
            at: None,
            file: None,
        }
    }
}

/// Evidence: still at Telegram, or already in the file store.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub source: Source,
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Option<i64>,
}

#[derive(Clone, Debug)]
pub enum Source {
    /// A `file_id` of the Bot API.
    Telegram(String),
    /// A path in [`crate::files::Files`].
    Stored(String),
}

/// Adds an observation; evidence that is still at Telegram is fetched by a timer.
///
/// # Errors
/// Refused for whoever has no part in the task, for an empty report, and on a cancelled task.
pub async fn add(tx: &mut Tx, actor: &Actor, task_id: i64, new: NewReport) -> Result<i64> {
    let task = load::locked(tx, actor, task_id).await?;
    actor.check(Act::Report, &task.stake())?;
    check(&task, &new)?;
    let row = report::ActiveModel {
        task_id: Set(task_id),
        user_id: Set(actor.user_id),
        kind: Set(new.kind),
        text: Set(new.text),
        lat: Set(new.place.map(|place| place.lat)),
        lon: Set(new.place.map(|place| place.lon)),
        channel: Set(actor.channel),
        happened_at: Set(new.at.unwrap_or(tx.now()).min(tx.now())),
        recorded_at: Set(tx.now()),
        ..Default::default()
    };
    let report_id = report::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    if let Some(file) = new.file {
        attach(tx, task_id, report_id, file).await?;
    }
    announce(tx, actor, &task, report_id).await?;
    Ok(report_id)
}

fn check(task: &Task, new: &NewReport) -> Result<(), Refusal> {
    if task.status == crate::task::Status::Cancelled {
        return Err(Refusal::WrongStatus {
            status: task.status,
        });
    }
    if let Some(place) = new.place {
        Point::new(place.lat, place.lon)?;
    }
    let text = new.text.as_deref().unwrap_or_default();
    if text.graphemes(true).count() > TEXT_MOST {
        return Err(Refusal::invalid("text", Problem::TooLong));
    }
    if text.trim().is_empty() && new.place.is_none() && new.file.is_none() {
        return Err(Refusal::invalid("text", Problem::Required));
    }
    Ok(())
}

async fn attach(tx: &mut Tx, task_id: i64, report_id: i64, file: NewFile) -> Result<()> {
    let (telegram_file_id, path) = match file.source {
        Source::Telegram(id) => (Some(id), None),
        Source::Stored(path) => (None, Some(path)),
    };
    let stored = path.is_some();
    let row = attachment::ActiveModel {
        report_id: Set(report_id),
        task_id: Set(task_id),
        telegram_file_id: Set(telegram_file_id),
        name: Set(file.name),
        mime: Set(file.mime),
        bytes: Set(file.bytes),
        path: Set(path),
        state: Set(if stored {
            FetchState::Stored
        } else {
            FetchState::Pending
        }),
        created_at: Set(tx.now()),
        stored_at: Set(stored.then_some(tx.now())),
        ..Default::default()
    };
    let id = attachment::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    if stored {
        return Ok(());
    }
    let now = tx.now();
    timer::set(tx, &Due::Fetch { attachment_id: id }, now).await
}

async fn announce(tx: &mut Tx, actor: &Actor, task: &Task, report_id: i64) -> Result<()> {
    audit::record(
        tx,
        actor,
        "task.report",
        Subject::Task(task.id),
        json!({ "report": report_id }),
    )
    .await?;
    assignment::raise_version(tx, task.id).await?;
    let event = Event::TaskReported {
        id: task.id,
        code: task.code.clone(),
        report_id,
    };
    tx.log(event, &assignment::scope(task));
    outbox::refresh_cards(tx, task.id).await
}

/// Evidence as it lies in the file store.
#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: i64,
    pub task_id: i64,
    pub name: Option<String>,
    pub mime: String,
    pub bytes: Option<i64>,
    pub telegram_file_id: Option<String>,
    pub path: Option<String>,
    pub state: FetchState,
}

impl From<attachment::Model> for Attachment {
    fn from(row: attachment::Model) -> Self {
        Self {
            id: row.id,
            task_id: row.task_id,
            name: row.name,
            mime: row.mime,
            bytes: row.bytes,
            telegram_file_id: row.telegram_file_id,
            path: row.path,
            state: row.state,
        }
    }
}

/// Evidence of a task that this person may see.
pub async fn attachment(store: &Store, actor: &Actor, id: i64) -> Result<Attachment> {
    let row = attachment::Entity::find_by_id(id)
        .one(store.reader())
        .await?;
    let row = row.ok_or(Refusal::missing(Thing::Attachment))?;
    load::find(store, actor, row.task_id)
        .await
        .map_err(|_| Refusal::missing(Thing::Attachment))?;
    Ok(row.into())
}

/// Evidence that still has to be brought from Telegram; `None` when that is done or given up.
pub async fn attachment_pending(store: &Store, id: i64) -> Result<Option<Attachment>> {
    let row = attachment::Entity::find_by_id(id)
        .filter(attachment::Column::State.eq(FetchState::Pending))
        .one(store.reader())
        .await?;
    Ok(row.map(Attachment::from))
}

/// The file is in the store now.
pub async fn attachment_stored(tx: &mut Tx, id: i64, path: String, bytes: i64) -> Result<()> {
    let row = attachment::ActiveModel {
        id: Set(id),
        path: Set(Some(path)),
        bytes: Set(Some(bytes)),
        state: Set(FetchState::Stored),
        stored_at: Set(Some(tx.now())),
        ..Default::default()
    };
    settle(tx, row).await
}

/// The file cannot be had: it is too large for the Bot API, or gone.
pub async fn attachment_failed(tx: &mut Tx, id: i64) -> Result<()> {
    settle(
        tx,
        attachment::ActiveModel {
            id: Set(id),
            state: Set(FetchState::Failed),
            ..Default::default()
        },
    )
    .await
}

/// Whoever looks at the task learns that the evidence changed.
async fn settle(tx: &mut Tx, row: attachment::ActiveModel) -> Result<()> {
    let task_id = attachment::Entity::update(row).exec(tx.db()).await?.task_id;
    let Some(task) = load::one(tx.db(), task_id).await? else {
        return Ok(());
    };
    tx.log(
        Event::TaskUpdated {
            id: task.id,
            code: task.code.clone(),
        },
        &assignment::scope(&task),
    );
    Ok(())
}
