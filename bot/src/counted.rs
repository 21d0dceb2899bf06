//! The lists that an overview counts, opened by its buttons: each has as many rows as its figure, or says how many of them it shows.

use domain::{
    Actor, Result,
    agent::{self, AgentFilter},
    availability::Availability,
    digest::{self, Digest},
    leave::{self, LeaveFilter, LeaveStatus},
    page::Window,
    shift::Shift,
    task::{
        AssignmentState, Status, Task,
        list::{self, TaskFilter},
    },
};
use locales::Sentence;

use crate::{
    duty::{leave::span, shifts::when},
    keyboards::{Button, Counted, DutyVerb, Rows, Verb},
    lists::{person, slice},
    screen::Screen,
    search::{self, listed},
    text::cut,
    view::{View, headed, with},
};

/// The most rows that are looked at.
const MOST: u64 = 200;

/// One thing that was counted, and the button that opens it.
struct Row {
    line: String,
    opens: Option<(String, Button)>,
}

/// A button for everything of an overview that is there.
pub fn buttons(view: &View, digest: &Digest, unit_id: Option<i64>) -> Rows {
    let page = 0;
    let some = Counted::ALL.into_iter().filter_map(|what| {
        let count = count(digest, what);
        let button = Button::Counted {
            what,
            unit_id,
            page,
        };
        (count > 0).then(|| (view.say(&label(what, count)), button))
    });
    Rows::default().pairs(&some.collect::<Vec<_>>())
}

fn count(digest: &Digest, what: Counted) -> u64 {
    let figures = &digest.figures;
    let tasks = |status| figures.tasks.get(&status).copied().unwrap_or_default();
    let agents = |one: Availability| {
        let found = figures.agents.get(one.as_str());
        found.copied().unwrap_or_default()
    };
    match what {
        Counted::OnShift => digest.on_shift,
        Counted::Free => agents(Availability::Available),
        Counted::Busy => agents(Availability::OnTask),
        Counted::Running => tasks(Status::InProgress) + tasks(Status::Paused),
        Counted::Planned => tasks(Status::Scheduled),
        Counted::Late => figures.late,
        Counted::Unanswered => figures.unanswered,
        Counted::Leaves => digest.leaves,
    }
}

fn label(what: Counted, count: u64) -> Sentence {
    let count = count.into();
    match what {
        Counted::OnShift => Sentence::CountedOnShift { count },
        Counted::Free => Sentence::CountedFree { count },
        Counted::Busy => Sentence::CountedBusy { count },
        Counted::Running => Sentence::CountedRunning { count },
        Counted::Planned => Sentence::CountedPlanned { count },
        Counted::Late => Sentence::CountedLate { count },
        Counted::Unanswered => Sentence::CountedUnanswered { count },
        Counted::Leaves => Sentence::CountedLeaves { count },
    }
}

/// A page of what was counted, as it is by now; nothing for whom it is not.
pub async fn page(
    view: &View,
    what: Counted,
    unit_id: Option<i64>,
    page: u32,
) -> Result<Option<Screen>> {
    let entitled = |reader: &&Actor| reader.check_unit(unit_id).is_ok();
    let Some(reader) = view.reader.as_ref().filter(entitled) else {
        return Ok(None);
    };
    let rows = rows(view, what, (reader, unit_id)).await?;
    let (shown, pages) = slice(&rows, page);
    let page = page.min(pages - 1);
    let here = rows.len() as u64;
    let all = figure(view, what, (reader, unit_id), here).await?;
    let mut lines = vec![view.say(&label(what, all))];
    let some = Sentence::CountedFirst { count: here.into() };
    lines.extend((all > here).then(|| view.say(&some)));
    lines.extend(shown.iter().map(|row| row.line.clone()));
    if pages > 1 {
        lines.push(view.say(&Sentence::Page {
            page: (page + 1).into(),
            pages: pages.into(),
        }));
    }
    let opened = shown.iter().filter_map(|row| row.opens.clone());
    let turn = |page| Button::Counted {
        what,
        unit_id,
        page,
    };
    let back = page
        .checked_sub(1)
        .map(|page| (Sentence::ButtonPrevious, page));
    let on = (page + 1 < pages).then_some((Sentence::ButtonNext, page + 1));
    let turns = back.into_iter().chain(on);
    let keyboard = Rows::default()
        .column(opened)
        .row(turns.map(|(label, page)| (view.say(&label), turn(page))));
    Ok(Some(listed(page == 0, with(keyboard, headed(&lines)))))
}

/// How many there are: the overview is asked where not all may be listed.
async fn figure(
    view: &View,
    what: Counted,
    (reader, unit_id): (&Actor, Option<i64>),
    here: u64,
) -> Result<u64> {
    if here < MOST {
        return Ok(here);
    }
    let digest = digest::read(&view.store, reader, unit_id).await?;
    Ok(count(&digest, what).max(here))
}

async fn rows(
    view: &View,
    what: Counted,
    (reader, unit_id): (&Actor, Option<i64>),
) -> Result<Vec<Row>> {
    let narrow = digest::scope(reader, unit_id);
    match what {
        Counted::OnShift => {
            let shifts = digest::on_shift(&view.store, reader, unit_id).await?;
            Ok(shifts.iter().map(|one| on_shift(view, one)).collect())
        }
        Counted::Free => people(view, &narrow, Availability::Available).await,
        Counted::Busy => people(view, &narrow, Availability::OnTask).await,
        Counted::Leaves => leaves(view, &narrow).await,
        Counted::Unanswered => {
            let open = found(view, &narrow, filter(what)).await?;
            let rows = open.iter().flat_map(|task| unanswered(view, task));
            Ok(rows.collect())
        }
        Counted::Running | Counted::Planned | Counted::Late => {
            let tasks = found(view, &narrow, filter(what)).await?;
            Ok(tasks.iter().map(|one| task(view, one)).collect())
        }
    }
}

fn filter(what: Counted) -> TaskFilter {
    TaskFilter {
        statuses: match what {
            Counted::Running => vec![Status::InProgress, Status::Paused],
            Counted::Planned => vec![Status::Scheduled],
            _ => Vec::new(),
        },
        late: what == Counted::Late,
        unanswered: what == Counted::Unanswered,
        ..TaskFilter::default()
    }
}

async fn found(view: &View, narrow: &Actor, filter: TaskFilter) -> Result<Vec<Task>> {
    let page = list::list(&view.store, narrow, filter, Window::first(MOST)).await?;
    Ok(page.items)
}

fn opens(view: &View, task: &Task) -> Option<(String, Button)> {
    let label = Sentence::TasksButton {
        code: task.code.clone().into(),
        title: task.title.clone().into(),
    };
    let (verb, id) = (Verb::Show, task.id);
    Some((view.say(&label), Button::Task { verb, id }))
}

fn task(view: &View, task: &Task) -> Row {
    Row {
        line: search::line(view, task),
        opens: opens(view, task),
    }
}

/// One row for each who has not answered: that is what is counted.
fn unanswered(view: &View, task: &Task) -> Vec<Row> {
    let silent = task
        .assignments
        .iter()
        .filter(|one| one.state == AssignmentState::Offered);
    silent
        .map(|one| Row {
            line: view.say(&Sentence::CountedSilent {
                name: one.agent.name.clone().into(),
                code: task.code.clone().into(),
                time: view.clock(one.offered_at).into(),
            }),
            opens: opens(view, task),
        })
        .collect()
}

async fn people(view: &View, narrow: &Actor, wanted: Availability) -> Result<Vec<Row>> {
    let filter = AgentFilter {
        availability: Some(wanted),
        ..AgentFilter::default()
    };
    let page = agent::list(&view.store, narrow, filter, Window::first(MOST)).await?;
    let row = |one| Row {
        line: person(view, one),
        opens: None,
    };
    Ok(page.items.iter().map(row).collect())
}

fn on_shift(view: &View, shift: &Shift) -> Row {
    let state = match shift.present_at {
        Some(_) => Sentence::ShiftStatePresent,
        None => Sentence::ShiftStateMissing,
    };
    let line = Sentence::CountedShift {
        name: shift.agent.clone().into(),
        when: when(shift).into(),
        state: view.say(&state).into(),
    };
    Row {
        line: view.say(&line),
        opens: None,
    }
}

async fn leaves(view: &View, narrow: &Actor) -> Result<Vec<Row>> {
    let filter = LeaveFilter {
        status: Some(LeaveStatus::Requested),
        ..LeaveFilter::default()
    };
    let page = leave::list(&view.store, narrow, filter, Window::first(MOST)).await?;
    let rows = page.items.into_iter().map(|one| {
        let (from, to) = span(view, one.starts_at, one.ends_at);
        let line = view.say(&Sentence::LeaveCard {
            name: one.agent.into(),
            from: from.into(),
            to: to.into(),
        });
        let (verb, id) = (DutyVerb::ShowLeave, one.id);
        let opens = Some((cut(&line, 48), Button::Duty { verb, id }));
        Row { line, opens }
    });
    Ok(rows.collect())
}
