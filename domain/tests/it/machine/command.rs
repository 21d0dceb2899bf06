//! What people may try, and how it is tried on the real thing.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Error, Refusal, Result,
    assignment::{Answer, Crew},
    task::{
        Priority,
        create::{NewTask, When},
        edit::TaskPatch,
        life::Step,
    },
};

use super::people::PEOPLE;
use crate::support::World;

/// Minutes from now.
pub type Minutes = i64;

#[derive(Clone, Debug)]
pub struct Command {
    pub by: usize,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Create {
        crew: Vec<usize>,
        lead: Option<usize>,
        start: Minutes,
        length: Option<Minutes>,
        critical: bool,
        reason: bool,
    },
    Assign {
        task: usize,
        crew: Vec<usize>,
        lead: Option<usize>,
        reason: bool,
    },
    Answer {
        task: usize,
        says: Says,
    },
    Step {
        task: usize,
        verb: Verb,
        reason: bool,
        at: Option<Minutes>,
        began: Option<Minutes>,
    },
    Edit {
        task: usize,
        change: Change,
        stale: bool,
    },
    Wait {
        seconds: i64,
    },
    Leave {
        agent: usize,
        from: Minutes,
        length: Minutes,
    },
    Shift {
        agent: usize,
        from: Minutes,
        length: Minutes,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    Acknowledge,
    Decline { why: bool },
    EnRoute,
    OnSite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Start,
    Pause,
    Resume,
    Complete,
    Cancel,
    Reopen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Title,
    Urgent,
    Start(Minutes),
    End(Option<Minutes>),
}

/// The real thing: a store, its people and its tasks so far.
pub struct Real {
    pub world: World,
    pub people: Vec<Actor>,
    pub tasks: Vec<i64>,
}

impl Real {
    fn agent_id(&self, agent: usize) -> i64 {
        self.people[agent]
            .agent_id
            .expect("the first ones are agents")
    }

    fn crew(&self, crew: &[usize], lead: Option<usize>, reason: bool) -> Crew {
        Crew {
            agent_ids: crew.iter().map(|one| self.agent_id(*one)).collect(),
            lead_agent_id: lead.map(|one| self.agent_id(one)),
            override_reason: reason.then(|| "hace falta".into()),
        }
    }

    fn at(&self, minutes: Minutes) -> DateTime<Utc> {
        self.world.store.now() + TimeDelta::minutes(minutes)
    }

    fn span(&self, from: Minutes, length: Minutes) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.at(from), self.at(from + length))
    }

    /// Does it; says how it went, and who was missing after a reopening.
    pub async fn run(&mut self, command: &Command) -> Result<Vec<String>, &'static str> {
        let by = self.people[command.by].clone();
        match &command.what {
            What::Create { .. } => self.create(&by, &command.what).await,
            What::Assign {
                task,
                crew,
                lead,
                reason,
            } => {
                let crew = self.crew(crew, *lead, *reason);
                classed(self.world.assign(&by, self.tasks[*task], crew).await)
            }
            What::Answer { task, says } => classed(
                self.world
                    .answer(&by, self.tasks[*task], says.answer())
                    .await,
            ),
            What::Step { task, verb, .. } => {
                let step = self.step(&command.what);
                self.go(&by, self.tasks[*task], *verb, step).await
            }
            What::Edit {
                task,
                change,
                stale,
            } => {
                let patch = self.patch(*change, *stale);
                classed(self.world.edit(&by, self.tasks[*task], patch).await)
            }
            What::Wait { seconds } => {
                self.world.wait(TimeDelta::seconds(*seconds));
                self.world.run_timers().await;
                Ok(Vec::new())
            }
            What::Leave {
                agent,
                from,
                length,
            } => {
                let (boss, span) = (&self.people[PEOPLE - 1], self.span(*from, *length));
                classed(self.world.leave(boss, self.agent_id(*agent), span).await)
            }
            What::Shift {
                agent,
                from,
                length,
            } => {
                let (boss, span) = (&self.people[PEOPLE - 1], self.span(*from, *length));
                classed(self.world.shift(boss, self.agent_id(*agent), span).await)
            }
        }
    }

    async fn create(&mut self, by: &Actor, what: &What) -> Result<Vec<String>, &'static str> {
        let What::Create {
            crew,
            lead,
            start,
            length,
            critical,
            reason,
        } = what
        else {
            unreachable!("only creations come here");
        };
        let new = NewTask {
            title: "Patrulla".into(),
            kind: "patrullaje".into(),
            priority: critical.then_some(Priority::Critical),
            planned_start: When::At(self.at(*start)),
            planned_end: length.map(|length| When::At(self.at(start + length))),
            crew: self.crew(crew, *lead, *reason),
            ..NewTask::default()
        };
        let task = self.world.create(by, new).await;
        self.tasks.extend(task.as_ref().map(|task| task.id));
        classed(task)
    }

    fn step(&self, what: &What) -> Step {
        let What::Step {
            reason, at, began, ..
        } = what
        else {
            unreachable!("only steps come here");
        };
        Step {
            reason: reason.then(|| "porque sí".into()),
            at: at.map(|at| self.at(at)),
            started_at: began.map(|began| self.at(began)),
            place: None,
        }
    }

    async fn go(
        &self,
        by: &Actor,
        id: i64,
        verb: Verb,
        step: Step,
    ) -> Result<Vec<String>, &'static str> {
        let world = &self.world;
        match verb {
            Verb::Start => classed(world.start(by, id, step).await),
            Verb::Pause => classed(world.pause(by, id, step).await),
            Verb::Resume => classed(world.resume(by, id, step).await),
            Verb::Complete => classed(world.complete(by, id, step).await),
            Verb::Cancel => classed(world.cancel(by, id, step).await),
            Verb::Reopen => match world.reopen(by, id, step).await {
                Ok(reopened) => Ok(reopened.missing),
                refused => classed(refused),
            },
        }
    }

    fn patch(&self, change: Change, stale: bool) -> TaskPatch {
        let patch = TaskPatch {
            if_version: stale.then_some(0),
            ..TaskPatch::default()
        };
        match change {
            Change::Title => TaskPatch {
                title: Some("Otra cosa".into()),
                ..patch
            },
            Change::Urgent => TaskPatch {
                priority: Some(Priority::Urgent),
                ..patch
            },
            Change::Start(minutes) => TaskPatch {
                planned_start: Some(When::At(self.at(minutes))),
                ..patch
            },
            Change::End(end) => TaskPatch {
                planned_end: Some(end.map(|minutes| When::At(self.at(minutes)))),
                ..patch
            },
        }
    }
}

impl Says {
    fn answer(self) -> Answer {
        match self {
            Self::Acknowledge => Answer::Acknowledge,
            Self::Decline { why } => Answer::Decline {
                reason: if why { "enfermo" } else { " " }.into(),
            },
            Self::EnRoute => Answer::EnRoute,
            Self::OnSite => Answer::OnSite,
        }
    }
}

/// A refusal by its class.
fn classed<T>(result: Result<T>) -> Result<Vec<String>, &'static str> {
    match result {
        Ok(_) => Ok(Vec::new()),
        Err(Error::Refused(refusal)) => Err(class(&refusal)),
        Err(error) => panic!("a defect, not a refusal: {error}"),
    }
}

fn class(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotAllowed => "not allowed",
        Refusal::NotFound { .. } => "not found",
        Refusal::NotLead { .. } => "not lead",
        Refusal::AlreadyCompleted { .. } => "already completed",
        Refusal::WrongStatus { .. } => "wrong status",
        Refusal::NeedsReason => "needs reason",
        Refusal::Soft { .. } => "soft",
        Refusal::OnLeave { .. } => "on leave",
        Refusal::LeaveOverlap { .. } => "leave twice",
        Refusal::Overlap { .. } => "overlap",
        Refusal::NoLinkedLead => "no linked lead",
        Refusal::NotAssigned => "not assigned",
        Refusal::TimeOrder => "time order",
        Refusal::UndoOver => "undo over",
        Refusal::Stale { .. } => "stale",
        Refusal::Invalid { .. } => "invalid",
        Refusal::Taken { .. } | Refusal::ShiftOverlap { .. } => "taken",
        other => panic!("a refusal that nobody foresaw: {other:?}"),
    }
}
