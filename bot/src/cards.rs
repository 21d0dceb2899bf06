//! The live card of a task: what has to be done, who is on it, and the buttons of whoever reads it.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Error, Result,
    actor::Act,
    card::{self, Subject},
    check_in,
    task::{Assignment, AssignmentState, Status, Task, life, load, paused},
};
use locales::Sentence;

use crate::{
    emergencies,
    screen::{Rendered, Screen},
    text,
    view::{View, headed, with},
};

mod buttons;
mod crew;

pub use crew::reached;

/// The card of a task for its reader; nothing when he may not see it.
pub async fn card(view: &View, task_id: i64, ring: bool) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let task = match load::find(&view.store, reader, task_id).await {
        Ok(task) => task,
        Err(Error::Refused(_)) => return gone(view, reader, task_id).await,
        Err(error) => return Err(error),
    };
    let card = Card {
        view,
        reader,
        asked_every: asked_every(view, &task).await?,
        call: emergencies::on_task(view, &task).await?,
        paused_because: paused::why(&view.store, &task).await?,
        task,
    };
    let screen = with(card.buttons(), headed(&card.lines()));
    let pin = emergencies::pin(view, &card.task);
    Ok(Screen {
        subject: Some(Subject::Task(task_id)),
        location: pin.filter(|_| ring),
        ring,
        ..screen
    }
    .into())
}

/// What is left of a card for somebody who does not see the task: no buttons, and why. What it was stands there only for
/// whoever was asked once; whoever has no card of it gets none.
async fn gone(view: &View, reader: &Actor, task_id: i64) -> Result<Rendered> {
    let subject = Subject::Task(task_id);
    let lines = match once_asked(view, reader, task_id).await? {
        Some(task) => vec![
            view.say(&Sentence::TaskCardHeader {
                emoji: task.kind.emoji.into(),
                code: task.code.into(),
                title: task.title.into(),
            }),
            view.say(&Sentence::TaskCardYouReleased),
        ],
        None => match card::find(&view.store, view.chat_id, subject).await? {
            Some(_) => vec![view.say(&Sentence::TaskCardGone)],
            None => return Ok(Rendered::Nothing),
        },
    };
    Ok(Screen {
        subject: Some(subject),
        ..headed(&lines)
    }
    .into())
}

/// The task, for whoever was on it or was asked for it.
async fn once_asked(view: &View, reader: &Actor, task_id: i64) -> Result<Option<Task>> {
    let system = Actor::system(domain::actor::Channel::Bot);
    match load::find(&view.store, &system, task_id).await {
        Ok(task) => {
            let part = reader.agent_id.and_then(|id| task.assignment_of(id));
            Ok(part.is_some().then_some(task))
        }
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// After how many minutes its people are asked again whether they are well, while it is under way.
async fn asked_every(view: &View, task: &Task) -> Result<Option<u32>> {
    match task.status {
        Status::InProgress | Status::Paused => check_in::every(&view.store, task.id).await,
        Status::Scheduled | Status::Completed | Status::Cancelled => Ok(None),
    }
}

/// Whether he answers for the task: lead, creator or supervisor.
fn leads(reader: &Actor, task: &Task) -> bool {
    let stake = task.stake();
    reader.may(Act::Complete, &stake) || reader.may(Act::Cancel, &stake)
}

struct Card<'a> {
    view: &'a View,
    reader: &'a Actor,
    task: Task,
    asked_every: Option<u32>,
    /// What it says when it is a call for help.
    call: Vec<String>,
    /// Why it rests, while it does.
    paused_because: Option<String>,
}

impl Card<'_> {
    fn say(&self, sentence: &Sentence) -> String {
        self.view.say(sentence)
    }

    fn mine(&self) -> Option<&Assignment> {
        self.reader
            .agent_id
            .and_then(|id| self.task.assignment_of(id))
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.head()];
        lines.extend(self.task.drill.then(|| self.say(&Sentence::TaskCardDrill)));
        lines.extend(self.state());
        lines.extend(self.plan());
        lines.extend(self.call.iter().cloned());
        lines.extend(self.crew());
        lines.extend(self.own());
        lines.extend(self.asked_every.map(|minutes| {
            self.say(&Sentence::CheckInCard {
                minutes: minutes.into(),
            })
        }));
        lines.extend(self.undo_line());
        lines
    }

    /// The order, within what a phone shows in its notification.
    fn head(&self) -> String {
        let (code, title) = (
            self.task.code.clone().into(),
            text::cut(&self.task.title, 60).into(),
        );
        let asked = self.task.is_open()
            && self
                .mine()
                .is_some_and(|mine| mine.state == AssignmentState::Offered);
        let rings = self.mine().map_or(0, |mine| mine.rings);
        self.say(&match asked {
            true if rings > 0 => Sentence::TaskCardOfferedAgain {
                count: (rings + 1).into(),
                code,
                title,
            },
            true => Sentence::TaskCardOffered { code, title },
            false => Sentence::TaskCardHeader {
                emoji: self.task.kind.emoji.clone().into(),
                code,
                title,
            },
        })
    }

    fn state(&self) -> Vec<String> {
        let mut lines = vec![self.say(&Sentence::TaskCardStatus {
            status: text::status(self.task.status, self.view.lang).into(),
        })];
        lines.extend(self.ending());
        if let (Status::Paused, Some(at)) = (self.task.status, self.task.paused_at) {
            lines[0] = format!("{} ({})", lines[0], self.view.clock(at));
        }
        if let Some(reason) = &self.paused_because {
            lines[0] = format!("{}: {}", lines[0], text::cut(reason, 200));
        }
        lines
    }

    fn ending(&self) -> Option<String> {
        let at = self.task.ended_at?;
        let name = self
            .task
            .ended_by
            .as_ref()
            .map_or("GAD", |user| user.name.as_str())
            .into();
        let time = self.view.clock(at).into();
        let reason = self.task.end_reason.clone();
        Some(self.say(&match (self.task.status, reason) {
            (Status::Cancelled, reason) => Sentence::TaskCardCancelled {
                name,
                time,
                reason: reason.unwrap_or_default().into(),
            },
            (_, Some(reason)) => Sentence::TaskCardCompletedBecause {
                name,
                time,
                reason: reason.into(),
            },
            (_, None) => Sentence::TaskCardCompleted { name, time },
        }))
    }

    fn plan(&self) -> Vec<String> {
        let task = &self.task;
        let mut lines = vec![
            self.say(&Sentence::TaskCardKind {
                kind: task.kind.label.clone().into(),
            }),
            self.say(&Sentence::TaskCardPriority {
                priority: text::priority(task.priority, self.view.lang).into(),
            }),
        ];
        lines.extend(task.place.as_ref().map(|place| {
            self.say(&Sentence::TaskCardPlace {
                place: text::place(place, self.view.lang).into(),
            })
        }));
        lines.extend(task.planned_start.map(|start| self.when(start)));
        lines.extend(task.unit.as_ref().map(|unit| {
            self.say(&Sentence::TaskCardUnit {
                unit: unit.name.clone().into(),
            })
        }));
        lines.extend(task.description.as_ref().map(|text| {
            self.say(&Sentence::TaskCardDescription {
                text: text::cut(text, 1000).into(),
            })
        }));
        lines
    }

    fn when(&self, start: DateTime<Utc>) -> String {
        let from = self.view.clock(start).into();
        self.say(&match self.task.planned_end {
            Some(end) => Sentence::TaskCardWhenUntil {
                start: from,
                end: self.view.clock(end).into(),
            },
            None => Sentence::TaskCardWhen { start: from },
        })
    }

    /// What the reader said himself.
    fn own(&self) -> Option<String> {
        let mine = self.mine()?;
        let at = mine.reached(mine.state).unwrap_or(mine.at);
        let time = || self.view.clock(at).into();
        let sentence = match mine.state {
            AssignmentState::Acknowledged => Sentence::TaskCardYouAcknowledged { time: time() },
            AssignmentState::EnRoute => Sentence::TaskCardYouEnRoute { time: time() },
            AssignmentState::OnSite => Sentence::TaskCardYouOnSite { time: time() },
            AssignmentState::Declined => Sentence::TaskCardYouDeclined {
                reason: mine.reason.clone().unwrap_or_default().into(),
            },
            AssignmentState::Released if self.task.is_open() => Sentence::TaskCardYouReleased,
            AssignmentState::Offered | AssignmentState::Released => return None,
        };
        Some(self.say(&sentence))
    }

    fn can_undo(&self) -> bool {
        life::can_undo(self.view.now, self.undo_seconds(), self.reader, &self.task)
    }

    fn undo_seconds(&self) -> u32 {
        self.view.store.rules().undo_seconds
    }

    fn undo_line(&self) -> Option<String> {
        self.can_undo().then(|| {
            self.say(&Sentence::TaskCardUndo {
                seconds: self.undo_seconds().into(),
            })
        })
    }
}
