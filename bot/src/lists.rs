//! Lists, five to a page, and one's own state.

use domain::{
    Actor, Result,
    agent::{self, Agent, AgentFilter},
    availability::Availability,
    card::Subject,
    task::{Task, list},
};
use locales::Sentence;

use crate::{
    check_ins, emergencies,
    keyboards::{Button, List, Rows, Verb},
    screen::Screen,
    text,
    view::{View, headed, plain, with},
};

/// Rows to a page.
pub const PAGE: usize = 5;

/// The most people who need help that are named beside those who are free.
const IN_NEED: usize = 10;

/// One page of a list; nothing for whom it is not.
pub async fn list(view: &View, list: List, page: u32) -> Result<Option<Screen>> {
    let screen = match list {
        List::Tasks => tasks(view, page).await?,
        List::Available => available(view, page).await?,
    };
    Ok(screen.map(|screen| Screen {
        subject: Some(Subject::List),
        ring: true,
        ..screen
    }))
}

async fn tasks(view: &View, page: u32) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let tasks = list::mine(&view.store, reader).await?;
    let calls = emergencies::open(view, reader).await?;
    let mut all = emergencies::listed(view, &calls, &tasks);
    all.extend(tasks.iter().map(|task| opens(view, task)));
    if all.is_empty() {
        return Ok(Some(plain(view.say(&Sentence::TasksEmpty))));
    }
    let (shown, pages) = slice(&all, page);
    let rows = paging(
        view,
        Rows::default().column(shown.to_vec()),
        List::Tasks,
        page,
        pages,
    );
    let head = view.say(&Sentence::TasksHeader {
        count: all.len().into(),
    });
    Ok(Some(with(rows, headed(&[head]))))
}

/// Brings the live card of a task.
fn opens(view: &View, task: &Task) -> (String, Button) {
    let label = Sentence::TasksButton {
        code: task.code.clone().into(),
        title: task.title.clone().into(),
    };
    let (verb, id) = (Verb::Show, task.id);
    (view.say(&label), Button::Task { verb, id })
}

async fn available(view: &View, page: u32) -> Result<Option<Screen>> {
    let Some(reader) = view.reader.as_ref().filter(|reader| reader.may_command()) else {
        return Ok(None);
    };
    let filter = AgentFilter {
        availability: Some(Availability::Available),
        well: true,
        ..AgentFilter::default()
    };
    let (shown, count) = agent::numbered(&view.store, reader, filter, page, PAGE as u64).await?;
    let in_need = in_need(view, reader).await?;
    if shown.is_empty() {
        let mut lines = vec![view.say(&Sentence::AvailableEmpty)];
        lines.extend(in_need);
        return Ok(Some(plain(lines.join("\n"))));
    }
    let pages = u32::try_from(count.div_ceil(PAGE as u64)).unwrap_or(u32::MAX);
    let page = page.min(pages - 1);
    let mut lines = vec![view.say(&Sentence::AvailableHeader {
        count: count.into(),
    })];
    lines.extend(shown.iter().map(|one| person(view, one)));
    lines.extend(in_need);
    if pages > 1 {
        lines.push(view.say(&Sentence::Page {
            page: (page + 1).into(),
            pages: pages.into(),
        }));
    }
    Ok(Some(with(
        paging(view, Rows::default(), List::Available, page, pages),
        headed(&lines),
    )))
}

/// Those who need help themselves, apart from those who are free.
async fn in_need(view: &View, reader: &Actor) -> Result<Option<String>> {
    let people = agent::in_need(&view.store, reader).await?;
    let name = |one: &Agent| {
        let (name, availability) = (one.name.clone(), view.availability(one));
        view.say(&Sentence::AvailabilityOf {
            name: name.into(),
            availability: availability.into(),
        })
    };
    let mut names: Vec<String> = people.iter().take(IN_NEED).map(name).collect();
    names.extend((people.len() > IN_NEED).then(|| "…".to_owned()));
    let line = Sentence::AvailableNot {
        count: people.len().into(),
        who: names.join("; ").into(),
    };
    Ok((!people.is_empty()).then(|| view.say(&line)))
}

/// One person of a list: of which unit, how busy, and where he was last.
pub fn person(view: &View, one: &Agent) -> String {
    let unit = one
        .units
        .first()
        .map(|unit| unit.name.clone())
        .unwrap_or_default();
    let seen = match &one.position {
        Some(position) => view.say(&Sentence::AvailabilitySeen {
            place: text::point(position.point).into(),
            age: view.seen(position).into(),
        }),
        None => view.say(&Sentence::AvailabilityNoPosition),
    };
    let load = view.say(&Sentence::AvailabilityLoad {
        count: one.active_tasks.into(),
    });
    let mut detail = format!("{load}, {seen}");
    if let Some(need) = &one.need {
        detail = format!("{}, {detail}", text::need(need, view.lang));
    }
    if let Some(beyond) = beyond_reach(one) {
        detail = format!("{detail}, {}", view.say(&beyond));
    }
    view.say(&Sentence::AvailableLine {
        name: one.name.clone().into(),
        unit: unit.into(),
        detail: detail.into(),
    })
}

/// Why Telegram brings somebody nothing.
pub fn beyond_reach(one: &Agent) -> Option<Sentence> {
    match (one.linked, one.blocked) {
        (false, _) => Some(Sentence::AvailabilityNotLinked),
        (true, true) => Some(Sentence::AvailabilityBlocked),
        (true, false) => None,
    }
}

/// The rows of a page, and how many pages there are.
pub fn slice<T>(items: &[T], page: u32) -> (&[T], u32) {
    let pages = items.len().div_ceil(PAGE).max(1);
    let start = (page as usize).min(pages - 1) * PAGE;
    (
        &items[start.min(items.len())..(start + PAGE).min(items.len())],
        pages as u32,
    )
}

fn paging(view: &View, rows: Rows, list: List, page: u32, pages: u32) -> Rows {
    let back = page.checked_sub(1).map(|page| {
        (
            view.say(&Sentence::ButtonPrevious),
            Button::Page { list, page },
        )
    });
    let on = (page + 1 < pages).then(|| {
        (
            view.say(&Sentence::ButtonNext),
            Button::Page {
                list,
                page: page + 1,
            },
        )
    });
    rows.row(back.into_iter().chain(on))
}

/// The reader's availability, and how to change it.
pub async fn my_state(view: &View) -> Result<Option<Screen>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let Some(agent_id) = reader.agent_id else {
        return Ok(Some(plain(view.say(&Sentence::StateNoAgent))));
    };
    let me = agent::find(&view.store, reader, agent_id).await?;
    let mut lines = vec![view.say(&Sentence::StateMine {
        availability: view.availability(&me).into(),
    })];
    for task in list::open_of(&view.store, reader, agent_id)
        .await?
        .iter()
        .take(PAGE)
    {
        lines.push(view.say(&Sentence::StateTask {
            code: task.code.clone().into(),
            title: task.title.clone().into(),
        }));
    }
    if let Some(position) = &me.position {
        let age = view.seen(position);
        lines.push(view.say(&Sentence::StatePosition { age: age.into() }));
    }
    lines.push(view.say(&Sentence::StateLive));
    let switch = if me.unavailable {
        (
            view.say(&Sentence::ButtonAvailableAgain),
            Button::Available(true),
        )
    } else {
        (
            view.say(&Sentence::ButtonUnavailable),
            Button::Available(false),
        )
    };
    let (asked, alone) = check_ins::alone(view, agent_id).await?;
    lines.extend(asked);
    let rows = Rows::default().row([switch]).row([alone]);
    Ok(Some(with(rows, headed(&lines))))
}
