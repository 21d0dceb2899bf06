//! /crear: kind, title, place, when, people, lead, preview.

use chrono::NaiveDateTime;
use domain::{
    Result, Store,
    assignment::Crew,
    error::SoftConflict,
    kind,
    task::{
        Place, Priority,
        create::{NewTask, TITLE_MOST, When, title_problem},
    },
};
use locales::Sentence;
use serde::{Deserialize, Serialize};

use crate::{
    content::{Content, Spot},
    ctx::Ctx,
    dialogues::assign::Existing,
    reply::{CreateProblem, Reply},
    state::Stage,
    text::cut,
};

mod against;
mod answers;
mod confirm;
pub mod kept;
mod oneline;
pub mod prompt;
pub mod when;

/// A task on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub step: Step,
    /// From the preview back to it.
    pub editing: bool,
    pub kind: Option<String>,
    pub title: Option<String>,
    pub place: Option<Place>,
    /// Wall time; now when there is none.
    pub when: Option<NaiveDateTime>,
    pub people: Vec<i64>,
    pub lead: Option<i64>,
    pub priority: Option<Priority>,
    pub description: Option<String>,
    /// Why people are taken outside of their shift.
    pub reason: Option<String>,
    /// Whose shift does not cover it, as it was found when it should be created.
    #[serde(default)]
    pub off_shift: Vec<i64>,
    /// The same with what speaks against each: they may also say that they cannot.
    #[serde(default)]
    pub soft: Vec<SoftConflict>,
    /// The page of people that is shown, to choose from or to choose the lead of.
    pub page: u32,
    /// The task whose people are chosen, when it is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Existing>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    #[default]
    Kind,
    Title,
    Place,
    When,
    Date,
    People,
    OffShift,
    Lead,
    Preview,
    /// Which field shall be changed?
    Field,
    Priority,
    Description,
}

impl Draft {
    /// The step after the present one; within an edit, back to the preview.
    fn next(&self) -> Step {
        if self.editing && !(self.step == Step::People && self.people.len() > 1) {
            return Step::Preview;
        }
        match self.step {
            Step::Kind => Step::Title,
            Step::Title => Step::Place,
            Step::Place => Step::When,
            Step::When | Step::Date => Step::People,
            Step::People if self.people.len() > 1 && !self.is_led() => Step::Lead,
            _ => Step::Preview,
        }
    }

    /// The same draft at the step that leads to the present one.
    pub fn before(&self) -> Option<Self> {
        Some(Self {
            step: self.earlier()?,
            // Before the preview lie the steps that led to it, one after the other.
            editing: self.editing && self.step != Step::Preview,
            page: 0,
            ..self.clone()
        })
    }

    /// Within an edit that is the choice of what to change.
    fn earlier(&self) -> Option<Step> {
        match self.step {
            Step::Date => Some(Step::When),
            Step::Lead | Step::OffShift => Some(Step::People),
            Step::Priority | Step::Description => Some(Step::Field),
            Step::Field => Some(Step::Preview),
            Step::Preview if self.people.len() > 1 => Some(Step::Lead),
            Step::Preview => Some(Step::People),
            _ if self.editing => Some(Step::Field),
            Step::People if self.task.is_some() => None,
            Step::People => Some(Step::When),
            Step::When => Some(Step::Place),
            Step::Place => Some(Step::Title),
            Step::Title => Some(Step::Kind),
            Step::Kind => None,
        }
    }

    /// Whoever leads a task that is there already goes on leading it while he is on it.
    fn is_led(&self) -> bool {
        self.task.is_some() && self.lead.is_some()
    }

    /// The same as a step of its dialogue: an older instance would take one without a name of its own for a new task.
    pub fn stage(self) -> Stage {
        match self.task.is_some() {
            true => Stage::Assign(Box::new(self)),
            false => Stage::Create(Box::new(self)),
        }
    }

    fn start(&self) -> When {
        self.when.map_or(When::Now, When::Local)
    }

    fn new_task(&self) -> NewTask {
        NewTask {
            title: self.title.clone().unwrap_or_default(),
            kind: self.kind.clone().unwrap_or_default(),
            priority: self.priority,
            description: self.description.clone(),
            place: self.place.clone(),
            planned_start: self.start(),
            crew: Crew {
                agent_ids: self.people.clone(),
                lead_agent_id: self.lead,
                override_reason: self.reason.clone(),
            },
            ..NewTask::default()
        }
    }
}

/// /crear, step by step or in one line.
pub async fn begin(ctx: &Ctx, line: &str) -> Result<()> {
    if kind::list(&ctx.store)
        .await?
        .iter()
        .all(|kind| !kind.active)
    {
        return ctx
            .reply(Reply::CreateProblem {
                problem: CreateProblem::NoKinds,
            })
            .await;
    }
    let draft = match line.trim() {
        "" => Draft::default(),
        line => match oneline::read(ctx, line).await? {
            Ok(draft) => draft,
            Err(problem) => {
                let usage = vec![Reply::CreateProblem { problem }, Reply::CreateUsage];
                return ctx.reply_all(usage).await;
            }
        },
    };
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, draft.stage()).await }))
        .await
        .map(drop)
}

/// Words or a place.
pub async fn said(ctx: &Ctx, draft: Draft, content: Content) -> Result<()> {
    match (draft.step, content) {
        (Step::Title, Content::Text(text)) => answers::title(ctx, draft, text.trim()).await,
        (Step::Place, Content::Text(text)) => answers::place(ctx, draft, text.trim()).await,
        (Step::Place, Content::Place(spot)) => pin(ctx, draft, spot).await,
        (Step::When | Step::Date, Content::Text(text)) => answers::date(ctx, draft, &text).await,
        (Step::People, Content::Text(text)) => answers::named(ctx, draft, &text).await,
        (Step::OffShift, Content::Text(text)) => answers::off_shift(ctx, draft, text.trim()).await,
        (Step::Description, Content::Text(text)) => {
            answers::description(ctx, draft, text.trim()).await
        }
        (Step::Place, _) => ctx.explain(Reply::SharePlace).await,
        (Step::Title | Step::Date | Step::OffShift | Step::Description, _) => {
            ctx.explain(Reply::Write).await
        }
        _ => ctx.explain(Reply::Choose).await,
    }
}

async fn pin(ctx: &Ctx, draft: Draft, spot: Spot) -> Result<()> {
    on(
        ctx,
        Draft {
            place: Some(Place {
                point: Some(spot.point),
                label: spot.name.map(|name| cut(&name, TITLE_MOST)),
                accuracy_m: spot.accuracy_m,
            }),
            ..draft
        },
    )
    .await
}

/// A button of the present step.
pub async fn pressed(ctx: &Ctx, draft: Draft, choice: &str) -> Result<()> {
    let (word, value) = choice.split_once(':').unwrap_or((choice, ""));
    match (draft.step, word) {
        (Step::Kind, "k") => answers::kind(ctx, draft, value).await,
        (Step::Place, "skip") => answers::no_place(ctx, draft).await,
        (Step::When, "now") => {
            on(
                ctx,
                Draft {
                    when: None,
                    ..draft
                },
            )
            .await
        }
        (Step::When, "hour") => answers::in_an_hour(ctx, draft).await,
        (Step::When, "date") => stay_at(ctx, draft, Step::Date).await,
        (Step::People, "p") => answers::person(ctx, draft, value).await,
        (Step::People | Step::Lead, "page") => answers::page(ctx, draft, value).await,
        (Step::People, "go") => answers::people(ctx, draft).await,
        (Step::OffShift, "r") => answers::usual_reason(ctx, draft, value).await,
        (Step::Lead, "l") => answers::lead(ctx, draft, value).await,
        (Step::Preview, "ok") => confirm::confirm(ctx, draft).await,
        (Step::Preview, "edit") => stay_at(ctx, draft, Step::Field).await,
        (Step::Field, "f") => answers::field(ctx, draft, value).await,
        (Step::Priority, "p") => answers::priority(ctx, draft, value).await,
        (Step::Description, "skip") => answers::no_description(ctx, draft).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

/// On to the next step; the people of a task that is there need no preview.
async fn on(ctx: &Ctx, draft: Draft) -> Result<()> {
    let step = draft.next();
    match step == Step::Preview && draft.task.is_some() {
        true => confirm::confirm(ctx, draft).await,
        false => stay_at(ctx, draft, step).await,
    }
}

/// To a certain step.
async fn stay_at(ctx: &Ctx, mut draft: Draft, step: Step) -> Result<()> {
    draft.step = step;
    draft.page = 0;
    if step == Step::Preview {
        draft.editing = true;
    }
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, draft.stage()).await }))
        .await
        .map(drop)
}

/// What is wrong with a title, in the words of the dialogue.
fn title_trouble(title: &str) -> Option<CreateProblem> {
    title_problem(title).map(|problem| match problem {
        domain::error::Problem::TooLong => CreateProblem::TitleLong,
        _ => CreateProblem::TitleShort,
    })
}

/// Whether tasks of this kind usually have a place. Whoever does not know it yet creates the task without.
async fn needs_place(store: &Store, code: Option<&str>) -> Result<bool> {
    let kinds = kind::list(store).await?;
    let chosen = kinds.iter().find(|kind| Some(kind.code.as_str()) == code);
    Ok(chosen.is_some_and(|kind| kind.needs_place))
}

/// A place has as much room as a title.
fn place_trouble(place: &str) -> Option<CreateProblem> {
    let long = matches!(title_problem(place), Some(domain::error::Problem::TooLong));
    long.then_some(CreateProblem::PlaceLong)
}

/// Help for a step.
pub fn help(step: Step) -> Sentence {
    match step {
        Step::Kind => Sentence::HelpStepCreateKind,
        Step::Title => Sentence::HelpStepCreateTitle,
        Step::Place => Sentence::HelpStepCreatePlace,
        Step::When => Sentence::HelpStepCreateWhen,
        Step::Date => Sentence::HelpStepCreateDate,
        Step::People => Sentence::HelpStepCreatePeople,
        Step::OffShift => Sentence::HelpStepCreateOffShift,
        Step::Lead => Sentence::HelpStepCreateLead,
        Step::Preview => Sentence::HelpStepCreatePreview,
        Step::Field => Sentence::HelpStepCreateField,
        Step::Priority => Sentence::HelpStepCreatePriority,
        Step::Description => Sentence::HelpStepCreateDescription,
    }
}
