//! What must hold whatever was tried: looked up in the tables, not in the model.

use std::collections::{BTreeMap, BTreeSet};

use domain::task::{AssignmentState, Status};
use entity::{assignment, audit, event, history, outbox, task, timer};

use super::{
    command::{Command, Real, What},
    model::{Model, Outcome, Post, Trace, held},
};

/// Everything that commands write.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    tasks: Vec<task::Model>,
    assignments: Vec<assignment::Model>,
    history: Vec<history::Model>,
    audit: Vec<audit::Model>,
    events: Vec<event::Model>,
    timers: Vec<timer::Model>,
    outbox: Vec<outbox::Model>,
}

impl Tables {
    pub async fn read(real: &Real) -> Self {
        let world = &real.world;
        Self {
            tasks: world.all::<task::Entity>().await,
            assignments: world.all::<assignment::Entity>().await,
            history: world.all::<history::Entity>().await,
            audit: world.all::<audit::Entity>().await,
            events: world.all::<event::Entity>().await,
            timers: world.all::<timer::Entity>().await,
            outbox: world.all::<outbox::Entity>().await,
        }
    }

    fn of_task(&self, task_id: i64) -> impl Iterator<Item = &assignment::Model> {
        self.assignments
            .iter()
            .filter(move |one| one.task_id == task_id)
    }

    fn task(&self, id: i64) -> &task::Model {
        let found = self.tasks.iter().find(|task| task.id == id);
        found.expect("an assignment is of a task")
    }
}

/// Exactly what the model foresaw was written, and nothing for a refusal.
pub fn written(before: &Tables, after: &Tables, outcome: &Outcome) {
    let foreseen = match outcome {
        Ok(trace) => trace.clone(),
        Err(_) => Trace::default(),
    };
    if outcome.is_err() {
        assert_eq!(before, after, "a refusal changes nothing");
    }
    let audit: Vec<&str> = after.audit[before.audit.len()..]
        .iter()
        .map(|row| row.action.as_str())
        .collect();
    assert_eq!(audit, foreseen.audit, "audit");
    let steps: Vec<Status> = after.history[before.history.len()..]
        .iter()
        .map(|row| row.to_status)
        .collect();
    assert_eq!(steps, foreseen.history, "history");
    let events: Vec<&str> = after.events[before.events.len()..]
        .iter()
        .filter(|row| row.topic == "tasks")
        .map(|row| row.kind.as_str())
        .collect();
    assert_eq!(events, foreseen.events, "events");
}

/// The tables say of every task what the model says.
pub fn agree(real: &Real, tables: &Tables, model: &Model, units: [i64; 2]) {
    let index = |agent_id: i64| {
        let mut people = real.people.iter();
        people.position(|person| person.agent_id == Some(agent_id))
    };
    let user = |user_id: i64| {
        let mut people = real.people.iter();
        people.position(|person| person.user_id == Some(user_id))
    };
    assert_eq!(tables.tasks.len(), model.tasks.len());
    for (row, task) in tables.tasks.iter().zip(&model.tasks) {
        let code = &row.code;
        assert_eq!(row.status, task.status, "status of {code}");
        assert_eq!(row.unit_id, Some(units[task.unit]), "unit of {code}");
        assert_eq!(
            row.lead_agent_id.and_then(index),
            task.lead,
            "lead of {code}"
        );
        assert_eq!(row.started_at, task.started, "start of {code}");
        assert_eq!(row.paused_at, task.paused, "pause of {code}");
        assert_eq!(row.paused_seconds, task.paused_seconds, "pauses of {code}");
        assert_eq!(row.ended_at, task.ended, "end of {code}");
        assert_eq!(
            row.ended_by.and_then(user),
            task.ended_by,
            "who ended {code}"
        );
        assert_eq!(row.counts_in_estimates, task.counts, "estimates and {code}");
        let window = row.window_start_at.zip(row.window_end_at);
        assert_eq!(window, Some(task.window), "window of {code}");
        let posts: Vec<Post> = tables
            .of_task(row.id)
            .map(|one| Post {
                agent: index(one.agent_id).expect("one of the cast"),
                state: one.state,
                due: one.ack_due_at,
                rings: one.rings,
                escalated: one.escalated_at.is_some(),
                unreachable: one.unreachable_at.is_some(),
                let_go: one.released_at,
            })
            .collect();
        assert_eq!(posts, task.posts, "people of {code}");
    }
}

/// What holds for any tables at all.
pub fn sound(tables: &Tables) {
    for task in &tables.tasks {
        nobody_held_by_the_ended(tables, task);
        time_runs_forward(task);
        history_is_a_legal_path(tables, task);
    }
    waiting_exactly_for_open_offers(tables);
    let seqs: Vec<i64> = tables.events.iter().map(|row| row.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>(), "gaps");
}

fn nobody_held_by_the_ended(tables: &Tables, task: &task::Model) {
    let ended = matches!(task.status, Status::Completed | Status::Cancelled);
    assert_eq!(ended, task.ended_at.is_some());
    let mut people = tables.of_task(task.id);
    assert!(
        !ended || !people.any(|one| held(one.state)),
        "{} still holds somebody",
        task.code
    );
}

fn time_runs_forward(task: &task::Model) {
    assert_eq!(task.status == Status::Paused, task.paused_at.is_some());
    assert!(task.paused_seconds >= 0, "{task:?}");
    let (Some(started), Some(ended)) = (task.started_at, task.ended_at) else {
        return;
    };
    let lasted = (ended - started).num_seconds();
    assert!(lasted >= 0, "{} ends before it starts", task.code);
    assert!(
        task.paused_seconds <= lasted,
        "{} was paused for longer than it lasted",
        task.code
    );
}

fn history_is_a_legal_path(tables: &Tables, task: &task::Model) {
    use Status::{Cancelled, Completed, InProgress, Paused, Scheduled};
    let mut status = Scheduled;
    for step in tables.history.iter().filter(|row| row.task_id == task.id) {
        assert_eq!(
            step.from_status,
            Some(status),
            "a step that follows nothing"
        );
        let legal = matches!(
            (status, step.to_status),
            (Scheduled | Completed | Paused, InProgress)
                | (InProgress, Paused)
                | (Scheduled | InProgress | Paused, Completed | Cancelled)
        );
        assert!(legal, "{status:?} became {:?}", step.to_status);
        status = step.to_status;
    }
    assert_eq!(status, task.status, "a change without history");
}

/// Ack timers wait for those who were asked, can hear, have not answered and were not given up.
fn waiting_exactly_for_open_offers(tables: &Tables) {
    let waiting: BTreeMap<String, _> = tables
        .timers
        .iter()
        .filter(|row| row.kind == "ack" && row.status == timer::TimerStatus::Waiting)
        .map(|row| (row.subject.clone(), Some(row.due_at)))
        .collect();
    let owed: BTreeMap<String, _> = tables
        .assignments
        .iter()
        .filter(|one| one.state == AssignmentState::Offered)
        .filter(|one| one.unreachable_at.is_none() && one.escalated_at.is_none())
        .filter(|one| tables.task(one.task_id).ended_at.is_none())
        .map(|one| (one.id.to_string(), one.ack_due_at))
        .collect();
    assert_eq!(waiting, owed, "ack timers");
}

/// The version of a task rises when anything that people see of it changes, and never falls.
pub fn versions_rise(before: &Tables, after: &Tables) {
    for old in &before.tasks {
        let new = after.task(old.id);
        let same =
            *old == task::Model {
                version: old.version,
                updated_at: old.updated_at,
                ..new.clone()
            } && seen(before, old.id) == seen(after, old.id);
        let risen = new.version > old.version;
        assert!(risen || same, "{} changed in silence", old.code);
        assert!(risen || new.version == old.version, "{} aged", old.code);
    }
}

/// What others see of the people of a task.
fn seen(tables: &Tables, task_id: i64) -> Vec<impl PartialEq + use<>> {
    tables
        .of_task(task_id)
        .map(|one| {
            (
                one.agent_id,
                one.state,
                one.reason.clone(),
                one.escalated_at,
            )
        })
        .collect()
}

/// Whoever was newly put on a task is on no other in the same time.
pub fn nobody_is_asked_twice(before: &Tables, after: &Tables, command: &Command) {
    if !matches!(command.what, What::Create { .. } | What::Assign { .. }) {
        return;
    }
    let on = |tables: &Tables| -> BTreeSet<(i64, i64)> {
        let held = tables.assignments.iter().filter(|one| held(one.state));
        held.map(|one| (one.agent_id, one.task_id)).collect()
    };
    let now = on(after);
    for (agent_id, task_id) in now.difference(&on(before)) {
        let others = now
            .iter()
            .filter(|one| one.0 == *agent_id && one.1 != *task_id);
        for (_, other) in others {
            let (one, two) = (after.task(*task_id), after.task(*other));
            let apart = one.window_end_at <= two.window_start_at
                || two.window_end_at <= one.window_start_at;
            assert!(apart, "{} and {} claim the same agent", one.code, two.code);
        }
    }
}

/// The real answer and the foreseen one.
pub fn same_answer(answer: &Result<Vec<String>, &'static str>, outcome: &Outcome) {
    let foreseen = outcome
        .as_ref()
        .map(|trace| {
            trace
                .missing
                .iter()
                .map(|name| (*name).to_owned())
                .collect()
        })
        .map_err(|class| *class);
    assert_eq!(*answer, foreseen);
}
