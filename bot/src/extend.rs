//! Half an hour more that runs into what somebody of the crew has planned: what it is, and whether it shall be all the same.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Result,
    actor::Channel,
    remind::{Plan, RunsInto},
    task::load,
};
use locales::Sentence;

use crate::{
    keyboards::{Button, Rows, Verb},
    screen::Screen,
    view::{View, plain, with},
};

pub async fn ask(
    view: &View,
    task_id: i64,
    until: DateTime<Utc>,
    into: &[RunsInto],
) -> Result<Screen> {
    let system = Actor::system(Channel::Bot);
    let task = load::find(&view.store, &system, task_id).await?;
    let mut lines = vec![view.say(&Sentence::ExtendAsk {
        code: task.code.into(),
        until: view.clock(until).into(),
    })];
    lines.extend(into.iter().map(|one| view.say(&words(view, one))));
    lines.extend(task.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let anyway = Button::Task {
        verb: Verb::ExtendAnyway,
        id: task_id,
    };
    let rows = Rows::default().row([(view.say(&Sentence::ButtonExtendAnyway), anyway)]);
    Ok(with(rows, plain(lines.join("\n"))))
}

fn words(view: &View, one: &RunsInto) -> Sentence {
    let name = one.agent.clone().into();
    match &one.plan {
        Plan::Task { code } => Sentence::ExtendIntoTask {
            name,
            code: code.into(),
        },
        Plan::Leave { until } => Sentence::ExtendIntoLeave {
            name,
            until: view.clock(*until).into(),
        },
        Plan::ShiftEnd { at } => Sentence::ExtendIntoShiftEnd {
            name,
            at: view.clock(*at).into(),
        },
    }
}
