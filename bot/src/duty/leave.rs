//! The card of a request for leave: for whoever asks, and for those who decide.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::{
    Actor, Error, Result,
    card::Subject,
    leave::{self, Broken, Leave, LeaveStatus},
    zone,
};
use locales::Sentence;

use super::shifts::media;
use crate::{
    keyboards::{Button, DutyVerb, Rows},
    screen::{Rendered, Screen},
    text::cut,
    view::{View, headed, plain, with},
};

/// The most tasks that a card names.
const TASKS: usize = 8;

/// The first and the last day, or the hours when it is not about whole days.
pub fn span(view: &View, from: DateTime<Utc>, to: DateTime<Utc>) -> (String, String) {
    let (from, to) = (
        zone::to_local(from, view.zone),
        zone::to_local(to, view.zone),
    );
    if from.time() == NaiveTime::MIN && to.time() == NaiveTime::MIN {
        let last = to - TimeDelta::days(1);
        let day = |at: chrono::NaiveDateTime| at.format("%d/%m/%Y").to_string();
        return (day(from), day(last));
    }
    let hour = |at: chrono::NaiveDateTime| at.format("%d/%m %H:%M").to_string();
    (hour(from), hour(to))
}

/// The card for its reader; nothing for whom it does not concern.
pub async fn card(view: &View, leave_id: i64, ring: bool) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let leave = match leave::find(&view.store, reader, leave_id).await {
        Ok(leave) => leave,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let own = reader.agent_id == Some(leave.agent_id);
    let open = matches!(leave.status, LeaveStatus::Requested | LeaveStatus::Approved);
    let broken = match !own && open {
        true => leave::broken(&view.store, &leave).await?,
        false => Vec::new(),
    };
    let screen = with(
        buttons(view, reader, &leave, &broken),
        headed(&lines(view, &leave, &broken)),
    );
    Ok(Screen {
        subject: Some(Subject::Leave(leave_id)),
        ring,
        ..screen
    }
    .into())
}

fn lines(view: &View, leave: &Leave, broken: &[Broken]) -> Vec<String> {
    let (from, to) = span(view, leave.starts_at, leave.ends_at);
    let head = Sentence::LeaveCard {
        name: leave.agent.clone().into(),
        from: from.into(),
        to: to.into(),
    };
    let mut lines = vec![view.say(&head)];
    lines.extend(leave.reason.as_ref().map(|reason| {
        view.say(&Sentence::LeaveCardReason {
            reason: cut(reason, 300).into(),
        })
    }));
    if !leave.attachments.is_empty() {
        lines.push(view.say(&Sentence::LeaveCardFiles {
            count: leave.attachments.len().into(),
        }));
    }
    lines.push(view.say(&status(leave)));
    lines.extend(leave.decided_reason.as_ref().map(|reason| {
        view.say(&Sentence::LeaveDecidedReason {
            reason: cut(reason, 300).into(),
        })
    }));
    if !broken.is_empty() {
        lines.push(view.say(&Sentence::LeaveBreaks {
            count: broken.len().into(),
        }));
    }
    lines.extend(broken.iter().take(TASKS).map(|task| {
        view.say(&Sentence::LeaveBreak {
            code: task.code.clone().into(),
            title: cut(&task.title, 60).into(),
        })
    }));
    lines
}

fn status(leave: &Leave) -> Sentence {
    let name = leave.decided_by.clone().unwrap_or_else(|| "GAD".into());
    match leave.status {
        LeaveStatus::Requested => Sentence::LeaveStatusRequested,
        LeaveStatus::Approved if leave.withdrawn_at.is_some() => Sentence::LeaveStatusEnded,
        LeaveStatus::Approved => Sentence::LeaveStatusApproved { name: name.into() },
        LeaveStatus::Rejected => Sentence::LeaveStatusRejected { name: name.into() },
        LeaveStatus::Cancelled if leave.is_dropped() => Sentence::LeaveStatusRemoved {
            name: leave.agent.clone().into(),
        },
        LeaveStatus::Cancelled => Sentence::LeaveStatusCancelled,
    }
}

fn buttons(view: &View, reader: &Actor, leave: &Leave, broken: &[Broken]) -> Rows {
    let button = |label: &Sentence, verb| {
        let id = leave.id;
        (view.say(label), Button::Duty { verb, id })
    };
    let own = reader.agent_id == Some(leave.agent_id);
    let rows = Rows::default();
    if own && leave::can_restore(leave, view.now, view.store.rules()) {
        return rows.row([button(&Sentence::ButtonUndo, DutyVerb::RestoreLeave)]);
    }
    if own {
        let open = matches!(leave.status, LeaveStatus::Requested | LeaveStatus::Approved)
            && leave.ends_at > view.now;
        return rows.row(open.then(|| button(&Sentence::ButtonCancelLeave, DutyVerb::CancelLeave)));
    }
    let rows = match leave.status {
        LeaveStatus::Requested => rows.row([
            button(&Sentence::ButtonApprove, DutyVerb::ApproveLeave),
            button(&Sentence::ButtonReject, DutyVerb::RejectLeave),
        ]),
        LeaveStatus::Approved => rows.column(broken.iter().take(TASKS).map(|task| {
            let label = Sentence::ButtonReassignTask {
                code: task.code.clone().into(),
            };
            let (leave_id, task_id) = (leave.id, task.task_id);
            (view.say(&label), Button::Reassign { leave_id, task_id })
        })),
        LeaveStatus::Rejected | LeaveStatus::Cancelled => rows,
    };
    let shown = leave.attachments.iter().any(|file| media(file).is_some());
    rows.row(shown.then(|| button(&Sentence::ButtonCertificate, DutyVerb::Certificate)))
}

/// The newest certificate itself, for those who decide and whoever brought it.
pub async fn certificate(view: &View, leave_id: i64) -> Result<Screen> {
    let none = || plain(view.say(&Sentence::LeaveNoCertificate));
    let Some(reader) = &view.reader else {
        return Ok(none());
    };
    let leave = match leave::find(&view.store, reader, leave_id).await {
        Ok(leave) => leave,
        Err(Error::Refused(_)) => return Ok(none()),
        Err(error) => return Err(error),
    };
    let Some(media) = leave.attachments.iter().rev().find_map(media) else {
        return Ok(none());
    };
    let caption = Sentence::LeaveCertificate {
        name: leave.agent.into(),
    };
    Ok(Screen {
        media: Some(media),
        ..plain(view.say(&caption))
    })
}
