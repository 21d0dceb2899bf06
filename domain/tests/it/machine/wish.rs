//! Days full of wishes: in any order and from anybody, but often enough from somebody who may.

use domain::task::Status;
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::*,
};

use super::{
    command::{Change, Command, Says, Verb, What},
    model::Model,
    people::{AGENTS, BOSS, PEOPLE},
};

/// A command whose actor, task and verb are settled when its turn comes.
#[derive(Clone, Debug)]
pub struct Wish {
    who: Who,
    /// Whether the verb shall fit the state of the task.
    apt: bool,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum Who {
    /// Whoever leads the task.
    Lead,
    /// One of those who are or were on it.
    Crew(usize),
    Anybody(usize),
}

impl Wish {
    /// The command it comes to; none while there is no task to do it to.
    pub fn settle(&self, model: &Model) -> Option<Command> {
        let mut what = self.what.clone();
        let mut by = match self.who {
            Who::Anybody(one) => one,
            Who::Lead | Who::Crew(_) => BOSS,
        };
        if let Some(id) = task_of(&mut what) {
            *id = id.checked_rem(model.tasks.len())?;
            let task = &model.tasks[*id];
            by = match self.who {
                Who::Lead => task.lead.unwrap_or(by),
                Who::Crew(n) => n
                    .checked_rem(task.posts.len())
                    .map_or(by, |n| task.posts[n].agent),
                Who::Anybody(_) => by,
            };
            if let (What::Step { verb, .. }, true) = (&mut what, self.apt) {
                *verb = fitting(task.status, *verb);
            }
        }
        Some(Command { by, what })
    }
}

fn task_of(what: &mut What) -> Option<&mut usize> {
    match what {
        What::Assign { task, .. }
        | What::Answer { task, .. }
        | What::Step { task, .. }
        | What::Edit { task, .. } => Some(task),
        What::Create { .. } | What::Wait { .. } | What::Leave { .. } | What::Shift { .. } => None,
    }
}

/// The verb itself if it can follow, else one that can.
fn fitting(status: Status, verb: Verb) -> Verb {
    match (status, verb) {
        (Status::Scheduled, Verb::Complete | Verb::Cancel) => verb,
        (Status::Scheduled, _) => Verb::Start,
        (Status::InProgress, Verb::Complete | Verb::Cancel) => verb,
        (Status::InProgress, Verb::Reopen) => Verb::Complete,
        (Status::InProgress, _) => Verb::Pause,
        (Status::Paused, Verb::Complete | Verb::Cancel) => verb,
        (Status::Paused, _) => Verb::Resume,
        (Status::Completed | Status::Cancelled, _) => Verb::Reopen,
    }
}

/// A day: a task first, then anything.
pub fn day() -> impl Strategy<Value = Vec<Wish>> {
    let first = creation().prop_map(|what| Wish {
        who: Who::Anybody(BOSS),
        apt: true,
        what,
    });
    (first, vec(wish(), 0..50)).prop_map(|(first, rest)| {
        let mut day = vec![first];
        day.extend(rest);
        day
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    (somebody(), proptest::bool::weighted(0.8), what()).prop_map(|(who, apt, what)| Wish {
        who,
        apt,
        what,
    })
}

fn somebody() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => Just(Who::Anybody(BOSS)),
        4 => Just(Who::Lead),
        3 => (0..AGENTS).prop_map(Who::Crew),
        2 => (0..PEOPLE).prop_map(Who::Anybody),
    ]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        3 => creation(),
        3 => assigning(),
        6 => (some_task(), says()).prop_map(|(task, says)| What::Answer { task, says }),
        14 => stepping(),
        2 => (some_task(), change(), proptest::bool::weighted(0.1))
            .prop_map(|(task, change, stale)| What::Edit { task, change, stale }),
        3 => prop_oneof![10..130_i64, 600..7200_i64].prop_map(|seconds| What::Wait { seconds }),
        1 => (0..AGENTS, -30..200_i64, 10..120_i64)
            .prop_map(|(agent, from, length)| What::Leave { agent, from, length }),
        1 => (0..AGENTS, -60..200_i64, 30..240_i64)
            .prop_map(|(agent, from, length)| What::Shift { agent, from, length }),
    ]
}

fn some_task() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0_usize), 1 => 0..6_usize]
}

fn some_crew() -> impl Strategy<Value = Vec<usize>> {
    btree_set(0..AGENTS, 0..3).prop_map(|crew| crew.into_iter().collect())
}

fn some_lead() -> impl Strategy<Value = Option<usize>> {
    option::weighted(0.2, 0..AGENTS)
}

fn creation() -> impl Strategy<Value = What> {
    let start = prop_oneof![2 => Just(0_i64), 2 => -90..240_i64];
    let length = option::weighted(0.4, prop_oneof![9 => 10..180_i64, 1 => -5..1_i64]);
    (
        some_crew(),
        some_lead(),
        start,
        length,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(crew, lead, start, length, critical, reason)| What::Create {
                crew,
                lead,
                start,
                length,
                critical,
                reason,
            },
        )
}

fn assigning() -> impl Strategy<Value = What> {
    (some_task(), some_crew(), some_lead(), any::<bool>()).prop_map(|(task, crew, lead, reason)| {
        What::Assign {
            task,
            crew,
            lead,
            reason,
        }
    })
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![
        3 => Just(Says::Acknowledge),
        1 => Just(Says::Decline { why: true }),
        1 => any::<bool>().prop_map(|why| Says::Decline { why }),
        1 => Just(Says::EnRoute),
        1 => Just(Says::OnSite),
    ]
}

fn stepping() -> impl Strategy<Value = What> {
    let verb = prop_oneof![
        4 => Just(Verb::Start),
        3 => Just(Verb::Pause),
        3 => Just(Verb::Resume),
        4 => Just(Verb::Complete),
        1 => Just(Verb::Cancel),
        3 => Just(Verb::Reopen),
    ];
    let minutes = || prop_oneof![3 => -60..0_i64, 1 => Just(1_i64), 1 => Just(10_i64)];
    let at = option::weighted(0.3, minutes());
    let began = option::weighted(0.3, minutes());
    (some_task(), verb, proptest::bool::weighted(0.8), at, began).prop_map(
        |(task, verb, reason, at, began)| What::Step {
            task,
            verb,
            reason,
            at,
            began,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Title),
        Just(Change::Urgent),
        (-60..240_i64).prop_map(Change::Start),
        option::of(-60..300_i64).prop_map(Change::End),
    ]
}
