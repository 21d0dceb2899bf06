//! What somebody observes on his shift while he is on no task.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use ::entity::{attachment as files, report as reports, shift};

use super::{find, locked_of};
use crate::{
    Actor, Page, Refusal, Result, Store, Tx,
    attachment::{self, Attachment, Owner},
    audit::{self, Subject},
    duty,
    error::Thing,
    event::Event,
    geo::Point,
    page::Window,
    report::{self, About, NewReport, ReportKind},
};

/// A report on a shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub kind: ReportKind,
    /// Whose shift it is: nobody else reports on it.
    pub agent: String,
    pub text: Option<String>,
    pub place: Option<Point>,
    pub attachments: Vec<Attachment>,
}

/// The shift that this person was on at that moment, whether he had said that he was there or not.
pub async fn running(store: &Store, actor: &Actor, at: DateTime<Utc>) -> Result<Option<i64>> {
    let Some(agent_id) = actor.agent_id else {
        return Ok(None);
    };
    Ok(shift::Entity::find()
        .select_only()
        .column(shift::Column::Id)
        .filter(shift::Column::AgentId.eq(agent_id))
        .filter(shift::Column::StartsAt.lte(at))
        .filter(shift::Column::EndsAt.gt(at))
        .into_tuple()
        .one(store.reader())
        .await?)
}

/// Adds an observation to one's own shift. The rest of an album follows its first part, although the shift ended in between.
///
/// # Errors
/// Missing when it is somebody else's shift; [`Refusal::NotNow`] or [`Refusal::Settled`] for what happened before or after it;
/// refused for an empty report.
pub async fn observe(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    new: NewReport,
    album: Option<&str>,
) -> Result<i64> {
    let row = own(tx, actor, id).await?;
    let begun = match album {
        Some(album) => report::first_part(tx.db(), tx.now(), actor, album).await?,
        None => None,
    };
    if begun.is_none_or(|begun| begun.about != About::Shift(id)) {
        check_time(&row, new.at.unwrap_or(tx.now()).min(tx.now()))?;
    }
    keep(tx, actor, &row, new, album).await
}

/// Puts a correction below an observation, at any time.
///
/// # Errors
/// Missing when it is somebody else's shift.
pub(crate) async fn correct(tx: &mut Tx, actor: &Actor, id: i64, new: NewReport) -> Result<i64> {
    let row = own(tx, actor, id).await?;
    keep(tx, actor, &row, new, None).await
}

/// The agent is locked before the shift, as everywhere.
async fn own(tx: &Tx, actor: &Actor, id: i64) -> Result<shift::Model> {
    let agent_id = actor.agent_id.ok_or(Refusal::missing(Thing::Shift))?;
    duty::lock_own(tx, actor, agent_id).await?;
    locked_of(tx, id, agent_id).await
}

fn check_time(row: &shift::Model, at: DateTime<Utc>) -> Result<(), Refusal> {
    if at < row.starts_at {
        return Err(Refusal::NotNow {
            from: row.starts_at,
            until: None,
        });
    }
    match at < row.ends_at {
        true => Ok(()),
        false => Err(Refusal::Settled { what: Thing::Shift }),
    }
}

async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    row: &shift::Model,
    new: NewReport,
    album: Option<&str>,
) -> Result<i64> {
    let id = report::insert(tx, actor, About::Shift(row.id), new, album).await?;
    let data = json!({ "report": id });
    audit::record(tx, actor, "shift.report", Subject::Shift(row.id), data).await?;
    announce(tx, row.agent_id).await?;
    Ok(id)
}

async fn announce(tx: &mut Tx, agent_id: i64) -> Result<()> {
    duty::log(tx, &[agent_id], |agent_id| Event::ShiftsChanged {
        agent_id,
    })
    .await
}

/// The file of this report has come, or cannot be had.
pub(crate) async fn settled(tx: &mut Tx, report_id: i64) -> Result<()> {
    let of_shift = reports::Entity::belongs_to(shift::Entity)
        .from(reports::Column::ShiftId)
        .to(shift::Column::Id);
    let agent_id: Option<i64> = reports::Entity::find_by_id(report_id)
        .select_only()
        .column(shift::Column::AgentId)
        .join(JoinType::InnerJoin, of_shift.into())
        .into_tuple()
        .one(tx.db())
        .await?;
    match agent_id {
        Some(agent_id) => announce(tx, agent_id).await,
        None => Ok(()),
    }
}

/// A page of what was observed on a shift that this person may see, the latest first.
pub async fn observed(
    store: &Store,
    actor: &Actor,
    id: i64,
    window: Window,
) -> Result<Page<Observed>> {
    let shift = find(store, actor, id).await?;
    let rows = reports::Entity::find()
        .filter(reports::Column::ShiftId.eq(id))
        .filter(window.before(reports::Column::Id)?)
        .order_by_desc(reports::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    let ids: Vec<i64> = page.items.iter().map(|row| row.id).collect();
    let files = attachment::of(store.reader(), files::Column::ReportId, ids).await?;
    Ok(page.map(|row| Observed {
        at: row.happened_at,
        kind: row.kind,
        agent: shift.agent.clone(),
        place: Point::of(row.lat, row.lon),
        attachments: files
            .iter()
            .filter(|file| file.owner == Owner::ShiftReport(row.id))
            .cloned()
            .collect(),
        text: row.text,
        id: row.id,
    }))
}
