//! Observations on a task, or on a shift, and the evidence that comes with them.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveEnum, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, sea_query::SimpleExpr,
};
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

use ::entity::report;
pub use ::entity::report::ReportKind;

pub use crate::attachment::{NewFile, Source};
use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::{Act, Channel},
    assignment,
    attachment::{self, Owner},
    audit::{self, Subject},
    consent::{self, Purpose},
    emergency,
    error::Problem,
    event::Event,
    figures,
    geo::Point,
    outbox,
    task::{Status, Task, load},
};

mod cried;

pub use cried::cried;

/// The longest text of a report: what one Telegram message can hold.
pub const TEXT_MOST: usize = 4096;

/// For how long the rest of an album follows its first part.
const ALBUM_LASTS: TimeDelta = TimeDelta::minutes(10);

/// What a report is about: a task, or the shift of whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Task(i64),
    Shift(i64),
}

impl About {
    pub(crate) fn of(row: &report::Model) -> Option<Self> {
        row.task_id
            .map(Self::Task)
            .or(row.shift_id.map(Self::Shift))
    }

    fn task_id(self) -> Option<i64> {
        match self {
            Self::Task(id) => Some(id),
            Self::Shift(_) => None,
        }
    }

    fn shift_id(self) -> Option<i64> {
        match self {
            Self::Shift(id) => Some(id),
            Self::Task(_) => None,
        }
    }

    /// The owner of the file that comes with such a report.
    fn owner(self, report_id: i64) -> Owner {
        match self {
            Self::Task(task_id) => Owner::Report { task_id, report_id },
            Self::Shift(_) => Owner::ShiftReport(report_id),
        }
    }

    /// Its reports.
    fn rows(self) -> SimpleExpr {
        match self {
            Self::Task(id) => report::Column::TaskId.eq(id),
            Self::Shift(id) => report::Column::ShiftId.eq(id),
        }
    }
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

/// Adds an observation; evidence that is still at Telegram is fetched by a timer.
///
/// # Errors
/// Refused for whoever has no part in the task, for an empty report, and on a cancelled task; but whoever called for help with
/// it is heard for a while.
pub async fn add(tx: &mut Tx, actor: &Actor, task_id: i64, new: NewReport) -> Result<i64> {
    add_part(tx, actor, task_id, new, None).await
}

/// The same for a part of an album. Whoever could add its first part can add the rest, although the task ended or went on
/// without him in between.
///
/// # Errors
/// As [`add`].
pub async fn add_part(
    tx: &mut Tx,
    actor: &Actor,
    task_id: i64,
    new: NewReport,
    album: Option<&str>,
) -> Result<i64> {
    let task = load::lock(tx, task_id).await?;
    // Whoever was switched off meanwhile reads that, and not that the task is none of his.
    actor.hold(tx).await?;
    let begun = match album {
        Some(album) => first_part(tx.db(), tx.now(), actor, album).await?,
        None => None,
    };
    let may = emergency::may_report(tx, actor, &task).await?;
    let follows = begun.is_some_and(|begun| begun.about == About::Task(task_id));
    let task = match may || follows {
        true => task,
        false => load::shown(actor, task)?,
    };
    if !may && !follows {
        actor.check(Act::Report, &task.stake())?;
    }
    keep(tx, actor, &task, new, album).await
}

/// Keeps an observation on a task that is locked, of somebody who may add it.
pub(crate) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    new: NewReport,
    album: Option<&str>,
) -> Result<i64> {
    check_open(tx, actor, task).await?;
    let words = new.text.clone();
    let report_id = insert(tx, actor, About::Task(task.id), new, album).await?;
    figures::spoil(tx, task.ended_at).await?;
    announce(tx, actor, task, report_id).await?;
    emergency::said(tx, actor, task, report_id, words.as_deref()).await?;
    Ok(report_id)
}

/// Writes an observation down, with its file; whoever calls has looked whether it may be added.
pub(crate) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    about: About,
    new: NewReport,
    album: Option<&str>,
) -> Result<i64> {
    check(&new)?;
    if matches!(
        new.kind,
        ReportKind::Photo | ReportKind::Video | ReportKind::Voice
    ) {
        consent::check(tx, actor, Purpose::Media).await?;
    }
    let row = report::ActiveModel {
        task_id: Set(about.task_id()),
        shift_id: Set(about.shift_id()),
        user_id: Set(actor.user_id),
        kind: Set(new.kind),
        text: Set(new.text),
        lat: Set(new.place.map(|place| place.lat)),
        lon: Set(new.place.map(|place| place.lon)),
        channel: Set(actor.channel.to_value()),
        happened_at: Set(new.at.unwrap_or(tx.now()).min(tx.now())),
        recorded_at: Set(tx.now()),
        album: Set(album.map(str::to_owned)),
        ..Default::default()
    };
    let report_id = report::Entity::insert(row)
        .exec_with_returning(tx.db())
        .await?
        .id;
    if let Some(file) = new.file {
        attachment::attach(tx, about.owner(report_id), file).await?;
    }
    Ok(report_id)
}

/// A report as those hear it whom it is passed on to.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub user_id: Option<i64>,
    pub kind: ReportKind,
    pub text: Option<String>,
    pub place: Option<Point>,
    /// Its file was put in over HTTP: Telegram has none that could be passed on.
    pub on_board: bool,
}

/// What was reported; without words and place once they are erased.
pub async fn told(store: &Store, id: i64) -> Result<Option<Told>> {
    let row = report::Entity::find_by_id(id).one(store.reader()).await?;
    Ok(row.map(|row| Told {
        on_board: has_file(row.kind) && row.channel == Channel::Api.to_value(),
        user_id: row.user_id,
        kind: row.kind,
        text: row.text,
        place: Point::of(row.lat, row.lon),
    }))
}

fn has_file(kind: ReportKind) -> bool {
    !matches!(kind, ReportKind::Text | ReportKind::Place)
}

/// An album of which something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Album {
    pub about: About,
    /// The report of its first part.
    pub first: i64,
}

/// What is kept of an album that this person sends, while the rest of it can still come.
pub async fn album(store: &Store, actor: &Actor, album: &str) -> Result<Option<Album>> {
    first_part(store.reader(), store.now(), actor, album).await
}

pub(crate) async fn first_part<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    actor: &Actor,
    album: &str,
) -> Result<Option<Album>> {
    let Some(user_id) = actor.user_id else {
        return Ok(None);
    };
    let row = report::Entity::find()
        .filter(report::Column::UserId.eq(user_id))
        .filter(report::Column::RecordedAt.gt(now - ALBUM_LASTS))
        .filter(report::Column::Album.eq(album))
        .order_by_asc(report::Column::Id)
        .one(db)
        .await?;
    Ok(row.and_then(|row| {
        Some(Album {
            about: About::of(&row)?,
            first: row.id,
        })
    }))
}

/// How many parts are kept of the album that begins with this report.
pub async fn parts(store: &Store, first: i64) -> Result<u64> {
    let Some(row) = report::Entity::find_by_id(first)
        .one(store.reader())
        .await?
    else {
        return Ok(0);
    };
    let (Some(about), Some(album)) = (About::of(&row), row.album) else {
        return Ok(1);
    };
    let parts = report::Entity::find()
        .filter(about.rows())
        .filter(report::Column::Album.eq(album));
    Ok(parts.count(store.reader()).await?)
}

/// A cancelled task takes nothing more, but for what whoever called for help with it says of that.
async fn check_open(tx: &Tx, actor: &Actor, task: &Task) -> Result<()> {
    let status = task.status;
    if status != Status::Cancelled || emergency::is_about_his(tx, actor, task).await? {
        return Ok(());
    }
    Err(Refusal::WrongStatus { status }.into())
}

fn check(new: &NewReport) -> Result<(), Refusal> {
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
