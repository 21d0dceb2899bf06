//! The end of a shift, and what the next one of the unit has to know.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

use ::entity::{
    attachment as files,
    shift::{self, ShiftStatus},
};

use super::{Shift, load, presence::own_or_planned, reload};
use crate::{
    Actor, Refusal, Result, Store, Tx,
    agent::announce_availability,
    attachment::{self, Attachment, NewFile, Owner},
    audit::{self, Subject},
    check_in, duty, edge,
    error::{Problem, Thing},
    event::Event,
    outbox::{self, Message, Notice},
    report::TEXT_MOST,
    task::create::text,
};

/// What is handed over; nothing when there is neither.
#[derive(Clone, Debug, Default)]
pub struct HandOver {
    pub text: Option<String>,
    /// Usually a voice message.
    pub file: Option<NewFile>,
}

/// How long after a shift its note still counts for the next ones.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// How long after the end somebody may still leave a note.
const LATE_NOTE: TimeDelta = TimeDelta::hours(12);

/// The most notes that are shown.
const SHOWN: u64 = 5;

/// Ends a running shift, with or without a note; a shift that has ended by itself takes its note for a while.
///
/// # Errors
/// For oneself, or for an agent of one's units; [`Refusal::NotNow`] before it begins and
/// [`Refusal::Settled`] when it is over for long or has its note.
pub async fn end(tx: &mut Tx, actor: &Actor, id: i64, handover: HandOver) -> Result<Shift> {
    let row = own_or_planned(tx, actor, id).await?;
    check(tx, &row, &handover)?;
    let note = text(handover.text.as_deref());
    let noted = note.is_some() || handover.file.is_some();
    let runs = tx.now() < row.ends_at;
    let update = shift::ActiveModel {
        id: Set(id),
        status: Set(ShiftStatus::Ended),
        ends_at: Set(row.ends_at.min(tx.now())),
        ended_at: Set(row.ended_at.or(runs.then_some(tx.now()))),
        note: Set(note.or(row.note.clone())),
        note_at: Set(row.note_at.or(noted.then_some(tx.now()))),
        ..Default::default()
    };
    shift::Entity::update(update).exec(tx.db()).await?;
    if let Some(file) = handover.file {
        attachment::attach(tx, Owner::Shift(id), file).await?;
    }
    let data = json!({ "note": noted });
    audit::record(tx, actor, "shift.end", Subject::Shift(id), data).await?;
    edge::settle(tx, &[row.agent_id]).await?;
    duty::log(tx, &[row.agent_id], |agent_id| Event::ShiftsChanged {
        agent_id,
    })
    .await?;
    if runs {
        check_in::shift_over(tx, &[row.agent_id]).await?;
        announce_availability(tx, vec![row.agent_id]).await?;
    }
    if noted {
        pass_on(tx, &row).await?;
    }
    reload(tx, id).await
}

/// Tells before anybody writes a note whether the shift can take it, or be ended.
///
/// # Errors
/// Those of [`end`].
pub async fn check_end(tx: &Tx, actor: &Actor, id: i64) -> Result<()> {
    let row = own_or_planned(tx, actor, id).await?;
    let some = HandOver {
        text: Some(String::new()),
        file: None,
    };
    Ok(check(tx, &row, &some)?)
}

fn check(tx: &Tx, row: &shift::Model, handover: &HandOver) -> Result<(), Refusal> {
    let noted = handover.text.is_some() || handover.file.is_some();
    let over = Refusal::Settled { what: Thing::Shift };
    let long = handover.text.as_deref().unwrap_or_default();
    if long.graphemes(true).count() > TEXT_MOST {
        return Err(Refusal::invalid("text", Problem::TooLong));
    }
    if tx.now() < row.starts_at {
        return Err(Refusal::NotNow {
            from: row.starts_at,
            until: None,
        });
    }
    let may_note = noted && row.note_at.is_none() && tx.now() < row.ends_at + LATE_NOTE;
    if tx.now() >= row.ends_at && !may_note {
        return Err(over);
    }
    Ok(())
}

/// Those of the unit who are on duty or there already learn it now, the others when their shift begins.
async fn pass_on(tx: &mut Tx, row: &shift::Model) -> Result<()> {
    let Some(unit_id) = row.unit_id else {
        return Ok(());
    };
    let there = Condition::any()
        .add(shift::Column::StartsAt.lte(tx.now()))
        .add(shift::Column::PresentAt.is_not_null());
    let on_duty: Vec<i64> = shift::Entity::find()
        .select_only()
        .column(shift::Column::AgentId)
        .filter(shift::Column::UnitId.eq(unit_id))
        .filter(shift::Column::AgentId.ne(row.agent_id))
        .filter(shift::Column::EndsAt.gt(tx.now()))
        .filter(there)
        .into_tuple()
        .all(tx.db())
        .await?;
    let readers = duty::readers(tx, &on_duty).await?;
    let messages = readers.into_iter().map(|(chat_id, user_id)| {
        let notice = Notice::HandOver { shift_id: row.id };
        Message::news(chat_id, Some(user_id), notice)
    });
    outbox::push(tx, messages.collect()).await
}

/// The files that were handed over before these shifts begin, to those whose shifts they are: what is spoken is no line in
/// a message. What came while somebody was on duty in that unit himself has reached him already.
pub(crate) async fn bring(tx: &mut Tx, shifts: &[&shift::Model]) -> Result<()> {
    let left = spoken(tx, shifts).await?;
    if left.is_empty() {
        return Ok(());
    }
    let agent_ids: Vec<i64> = shifts.iter().map(|row| row.agent_id).collect();
    let readers = duty::readers_of(tx, &agent_ids).await?;
    let heard = last_on_duty(tx, &agent_ids).await?;
    let mut messages = Vec::new();
    for row in shifts {
        let Some((chat_id, user_id)) = readers.get(&row.agent_id).copied() else {
            continue;
        };
        let since = heard.get(&(row.agent_id, row.unit_id)).copied();
        let news = left.iter().filter(|note| is_news(note, row, since));
        messages.extend(news.map(|note| {
            let notice = Notice::HandOver { shift_id: note.id };
            Message::news(chat_id, Some(user_id), notice)
        }));
    }
    outbox::push(tx, messages).await
}

/// Whether a note was left for this shift since its agent was last on duty in its unit himself.
fn is_news(note: &shift::Model, row: &shift::Model, since: Option<DateTime<Utc>>) -> bool {
    note.unit_id == row.unit_id
        && note.agent_id != row.agent_id
        && note.note_at >= Some(row.starts_at - KEPT)
        && note.note_at > since
}

/// The notes with files that the units of these shifts have, the newest last.
async fn spoken(tx: &Tx, shifts: &[&shift::Model]) -> Result<Vec<shift::Model>> {
    let Some(first) = shifts.iter().map(|row| row.starts_at).min() else {
        return Ok(Vec::new());
    };
    let units: BTreeSet<i64> = shifts.iter().filter_map(|row| row.unit_id).collect();
    let mut noted = shift::Entity::find()
        .filter(shift::Column::UnitId.is_in(units))
        .filter(shift::Column::NoteAt.gte(first - KEPT))
        .order_by_asc(shift::Column::NoteAt)
        .all(tx.db())
        .await?;
    let ids = noted.iter().map(|row| row.id).collect::<Vec<_>>();
    let kept = attachment::of(tx.db(), files::Column::ShiftId, ids).await?;
    noted.retain(|row| kept.iter().any(|file| file.owner == Owner::Shift(row.id)));
    Ok(noted)
}

/// An agent, and the unit of his shift.
type Post = (i64, Option<i64>);

/// When the last shift of each of these agents in each unit ended, of those who had one since a note can be of use.
async fn last_on_duty(tx: &Tx, agent_ids: &[i64]) -> Result<HashMap<Post, DateTime<Utc>>> {
    let rows: Vec<(i64, Option<i64>, DateTime<Utc>)> = shift::Entity::find()
        .select_only()
        .column(shift::Column::AgentId)
        .column(shift::Column::UnitId)
        .column_as(shift::Column::EndsAt.max(), "ended")
        .filter(shift::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(shift::Column::EndsAt.gt(tx.now() - KEPT))
        .filter(shift::Column::EndsAt.lte(tx.now()))
        .group_by(shift::Column::AgentId)
        .group_by(shift::Column::UnitId)
        .into_tuple()
        .all(tx.db())
        .await?;
    let posts = rows.into_iter();
    Ok(posts
        .map(|(agent_id, unit_id, ended)| ((agent_id, unit_id), ended))
        .collect())
}

/// What a shift before has left to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub shift_id: i64,
    pub agent: String,
    pub at: DateTime<Utc>,
    pub text: Option<String>,
    pub attachments: Vec<Attachment>,
}

impl Note {
    /// The note of a shift that has one.
    pub fn of(shift: Shift) -> Option<Self> {
        Some(Self {
            at: shift.note_at?,
            shift_id: shift.id,
            agent: shift.agent,
            text: shift.note,
            attachments: shift.attachments,
        })
    }
}

/// What this shift finds: the notes of its unit from the day before its start on, the newest first.
pub async fn notes_for(store: &Store, actor: &Actor, shift_id: i64) -> Result<Vec<Note>> {
    let own = super::find(store, actor, shift_id).await?;
    let Some(unit) = own.unit else {
        return Ok(Vec::new());
    };
    let rows = shift::Entity::find()
        .filter(shift::Column::UnitId.eq(unit.id))
        .filter(shift::Column::Id.ne(shift_id))
        .filter(shift::Column::NoteAt.gte(own.starts_at - KEPT))
        .filter(shift::Column::NoteAt.lt(own.ends_at))
        .order_by_desc(shift::Column::NoteAt)
        .limit(SHOWN)
        .all(store.reader())
        .await?;
    let shifts = load(store.reader(), rows).await?;
    Ok(shifts.into_iter().filter_map(Note::of).collect())
}
