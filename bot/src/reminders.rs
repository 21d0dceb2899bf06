//! What is said unasked: reminders about a task, calls for more people, and overviews for supervisors.

use chrono::{DateTime, Utc};
use domain::{
    Actor, Result,
    actor::Channel,
    digest,
    remind::{self, Reminder},
    suggestion::{self, SuggestionStatus},
    task::{AssignmentState, Status, Task, load},
};
use locales::Sentence;

use crate::{
    counted,
    dialogues::assign,
    keyboards::{Button, Rows, Verb},
    screen::Rendered,
    text::cut,
    view::{View, headed, plain, with},
};

/// The longest title within a line.
const TITLE: usize = 60;

/// A reminder that was put on its way at `since`, with what its reader can do about it; nothing when it no longer holds, is
/// none of his, or comes too late for him.
pub async fn reminder(
    view: &View,
    task_id: i64,
    what: Reminder,
    since: DateTime<Utc>,
) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let Some(task) = remind::still(&view.store, reader, task_id, what).await? else {
        return Ok(Rendered::Nothing);
    };
    if !remind::bears(&view.store, reader, &task, since).await? {
        return Ok(Rendered::Nothing);
    }
    let text = said(view, &task, &words(view, &task, what));
    Ok(with(buttons(view, &task, what), plain(text)).into())
}

/// A sentence about a task, marked where that is a drill.
fn said(view: &View, task: &Task, sentence: &Sentence) -> String {
    match task.drill {
        true => [view.say(sentence), view.say(&Sentence::TaskCardDrill)].join("\n"),
        false => view.say(sentence),
    }
}

fn words(view: &View, task: &Task, what: Reminder) -> Sentence {
    let (code, title) = (task.code.clone().into(), cut(&task.title, TITLE).into());
    let start = task.planned_start.unwrap_or(view.now);
    let minutes = (start - view.now).num_minutes();
    let begun = task.started_at.unwrap_or(view.now);
    let runs = (view.now - begun).num_minutes() - task.paused_seconds / 60;
    match what {
        Reminder::Soon | Reminder::Near => Sentence::ReminderSoon {
            code,
            title,
            minutes: minutes.max(0).into(),
        },
        Reminder::NotStarted => Sentence::ReminderNotStarted {
            code,
            title,
            minutes: (-minutes).max(0).into(),
        },
        Reminder::Running => Sentence::ReminderRunning {
            code,
            title,
            minutes: runs.into(),
        },
        Reminder::Stalled => Sentence::ReminderStalled {
            code,
            title,
            hours: (runs / 60).into(),
        },
    }
}

fn buttons(view: &View, task: &Task, what: Reminder) -> Rows {
    let button = |label: Sentence, verb| (view.say(&label), Button::Task { verb, id: task.id });
    let agent_id = view.reader.as_ref().and_then(|reader| reader.agent_id);
    let leads = agent_id.is_some() && agent_id == task.lead.as_ref().map(|lead| lead.agent_id);
    let own = agent_id.and_then(|id| task.assignment_of(id));
    let rows = Rows::default();
    match what {
        Reminder::Soon | Reminder::Near => match own.map(|one| one.state) {
            Some(AssignmentState::Offered) => rows.row([
                button(Sentence::ButtonAcknowledge, Verb::Acknowledge),
                button(Sentence::ButtonDecline, Verb::Decline),
            ]),
            Some(AssignmentState::Acknowledged) => rows.row([
                button(Sentence::ButtonEnRoute, Verb::EnRoute),
                button(Sentence::ButtonDecline, Verb::Decline),
            ]),
            Some(AssignmentState::EnRoute) => {
                rows.row([button(Sentence::ButtonOnSite, Verb::OnSite)])
            }
            _ => rows,
        },
        Reminder::NotStarted if leads => {
            let start = button(Sentence::ButtonStart, Verb::Start);
            match own.map(|one| one.state) {
                Some(AssignmentState::Offered | AssignmentState::Acknowledged) => {
                    rows.row([button(Sentence::ButtonEnRoute, Verb::EnRoute), start])
                }
                _ => rows.row([start]),
            }
        }
        Reminder::NotStarted if task.held().next().is_none() => {
            let assign = assign::button(view, task, &Sentence::ButtonAssign);
            rows.row(assign)
                .row([button(Sentence::ButtonShow, Verb::Show)])
        }
        Reminder::Running | Reminder::Stalled if leads => rows
            .row([
                button(Sentence::ButtonFinish, Verb::Finish),
                button(Sentence::ButtonExtend, Verb::Extend),
            ])
            .row([button(Sentence::ButtonReinforce, Verb::Reinforce)]),
        _ => rows.row([button(Sentence::ButtonShow, Verb::Show)]),
    }
}

/// Somebody on a task asks for more people.
pub async fn reinforce(view: &View, task_id: i64, agent_id: i64) -> Result<Rendered> {
    let system = Actor::system(Channel::Bot);
    let task = load::find(&view.store, &system, task_id).await?;
    let name = task
        .assignment_of(agent_id)
        .map(|one| one.agent.name.clone());
    let text = Sentence::ReinforceAsked {
        name: name.unwrap_or_default().into(),
        code: task.code.clone().into(),
        title: cut(&task.title, TITLE).into(),
    };
    let show = Button::Task {
        verb: Verb::Show,
        id: task_id,
    };
    let rows = Rows::default().row([(view.say(&Sentence::ButtonShow), show)]);
    Ok(with(rows, plain(said(view, &task, &text))).into())
}

/// More people for a task than it was planned with? Nothing once it is answered.
pub async fn suggestion(view: &View, id: i64) -> Result<Rendered> {
    let suggested = suggestion::find(&view.store, id).await?;
    let system = Actor::system(Channel::Bot);
    let task = load::find(&view.store, &system, suggested.task_id).await?;
    if suggested.status != SuggestionStatus::Offered || !task.is_open() {
        return Ok(Rendered::Nothing);
    }
    let text = Sentence::SuggestionPeople {
        kind: task.kind.label.clone().into(),
        people: suggested.people.into(),
        minutes: minutes(suggested.p75_seconds).into(),
        count: suggested.count.into(),
        code: task.code.clone().into(),
    };
    let button = |label: Sentence, accept| (view.say(&label), Button::Suggest { accept, id });
    let rows = Rows::default().row([
        button(Sentence::ButtonSuggestionYes, true),
        button(Sentence::ButtonSuggestionNo, false),
    ]);
    Ok(with(rows, plain(view.say(&text))).into())
}

/// Whole minutes, rounded up: what is promised is enough.
fn minutes(seconds: i64) -> i64 {
    (seconds + 59) / 60
}

/// The overview as it is at this moment; nothing when it comes too late for its reader.
pub async fn overview(view: &View, unit_id: Option<i64>, since: DateTime<Utc>) -> Result<Rendered> {
    let entitled = |reader: &&Actor| reader.check_unit(unit_id).is_ok();
    let Some(reader) = view.reader.as_ref().filter(entitled) else {
        return Ok(Rendered::Nothing);
    };
    if !digest::bears(&view.store, reader, since).await? {
        return Ok(Rendered::Nothing);
    }
    let digest = digest::read(&view.store, reader, unit_id).await?;
    let figures = &digest.figures;
    let tasks = |status| figures.tasks.get(&status).copied().unwrap_or_default();
    let agents = |word| figures.agents.get(word).copied().unwrap_or_default();
    let mut lines = vec![view.say(&match &digest.unit {
        Some(unit) => Sentence::DigestChangeover {
            unit: unit.clone().into(),
        },
        None => Sentence::DigestMorning {
            time: view.clock(view.now).into(),
        },
    })];
    lines.push(view.say(&Sentence::DigestPeople {
        shift: digest.on_shift.into(),
        free: agents("available").into(),
        busy: agents("on_task").into(),
    }));
    lines.push(view.say(&Sentence::DigestTasks {
        running: (tasks(Status::InProgress) + tasks(Status::Paused)).into(),
        planned: tasks(Status::Scheduled).into(),
        late: figures.late.into(),
        unanswered: figures.unanswered.into(),
    }));
    if !digest.absent.is_empty() {
        let names = digest.absent.join(", ").into();
        lines.push(view.say(&Sentence::DigestAbsent { names }));
    }
    if digest.leaves > 0 {
        let count = digest.leaves.into();
        lines.push(view.say(&Sentence::DigestLeaves { count }));
    }
    lines.extend(digest.late.iter().map(|(code, title)| {
        view.say(&Sentence::DigestLate {
            code: code.clone().into(),
            title: cut(title, TITLE).into(),
        })
    }));
    let buttons = counted::buttons(view, &digest, unit_id);
    Ok(with(buttons, headed(&lines)).into())
}
