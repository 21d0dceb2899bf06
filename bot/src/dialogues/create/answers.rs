//! What each answer within /crear makes of the draft.

use chrono::TimeDelta;
use domain::{
    Result, kind as kinds,
    task::{Place, Priority, create::DESCRIPTION_MOST},
    zone,
};
use locales::Sentence;

use super::{Draft, Step, confirm, on, oneline, place_trouble, stay_at, title_trouble, when};
use crate::{
    ctx::Ctx,
    reply::{CreateProblem, Reply},
    text::cut,
};

async fn problem(ctx: &Ctx, problem: CreateProblem) -> Result<()> {
    ctx.explain(Reply::CreateProblem { problem }).await
}

/// The number behind a choice, in hexadecimal.
fn id(value: &str) -> Option<i64> {
    i64::from_str_radix(value, 16).ok()
}

pub async fn kind(ctx: &Ctx, draft: Draft, value: &str) -> Result<()> {
    let kinds = kinds::list(&ctx.store).await?;
    let chosen = kinds
        .into_iter()
        .find(|kind| kind.active && Some(kind.id) == id(value));
    match chosen {
        Some(kind) => {
            let kind = Some(kind.code);
            on(ctx, Draft { kind, ..draft }).await
        }
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

pub async fn title(ctx: &Ctx, draft: Draft, text: &str) -> Result<()> {
    match title_trouble(text) {
        Some(trouble) => problem(ctx, trouble).await,
        None => {
            on(
                ctx,
                Draft {
                    title: Some(text.to_owned()),
                    ..draft
                },
            )
            .await
        }
    }
}

pub async fn no_place(ctx: &Ctx, draft: Draft) -> Result<()> {
    let place = None;
    on(ctx, Draft { place, ..draft }).await
}

/// An address in words; the word of the button that leaves it out is none.
pub async fn place(ctx: &Ctx, draft: Draft, text: &str) -> Result<()> {
    if locales::matches(&Sentence::ButtonSkip, text) {
        return no_place(ctx, draft).await;
    }
    if let Some(trouble) = place_trouble(text) {
        return problem(ctx, trouble).await;
    }
    let place = Some(Place {
        label: Some(text.to_owned()),
        ..Place::default()
    });
    on(ctx, Draft { place, ..draft }).await
}

pub async fn in_an_hour(ctx: &Ctx, draft: Draft) -> Result<()> {
    let at = zone::to_local(
        ctx.store.now() + TimeDelta::hours(1),
        ctx.store.rules().zone,
    );
    on(
        ctx,
        Draft {
            when: Some(at),
            ..draft
        },
    )
    .await
}

pub async fn date(ctx: &Ctx, draft: Draft, text: &str) -> Result<()> {
    let zone = ctx.store.rules().zone;
    match when::planned(text, ctx.store.now(), zone) {
        Ok(when) => on(ctx, Draft { when, ..draft }).await,
        Err(trouble) => problem(ctx, trouble).await,
    }
}

/// Marks a person or takes the mark away; the step stays.
pub async fn person(ctx: &Ctx, mut draft: Draft, value: &str) -> Result<()> {
    let Some(id) = id(value) else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    match draft.people.iter().position(|one| *one == id) {
        Some(place) => drop(draft.people.remove(place)),
        None => draft.people.push(id),
    }
    stay(ctx, draft).await
}

/// The same by their names, which nobody has to look for on pages.
pub async fn named(ctx: &Ctx, mut draft: Draft, names: &str) -> Result<()> {
    let for_task = draft.task.as_ref().map(|task| task.task_id);
    let found = match oneline::find_people(ctx, names, for_task).await? {
        Ok(found) => found,
        Err(trouble) => return problem(ctx, trouble).await,
    };
    for id in found {
        if !draft.people.contains(&id) {
            draft.people.push(id);
        }
    }
    stay(ctx, draft).await
}

pub async fn page(ctx: &Ctx, draft: Draft, value: &str) -> Result<()> {
    let page = id(value).and_then(|page| page.try_into().ok()).unwrap_or(0);
    stay(ctx, Draft { page, ..draft }).await
}

async fn stay(ctx: &Ctx, draft: Draft) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.stay(tx, draft.stage()).await }))
        .await
        .map(drop)
}

/// The marked people are the ones; a lead who is no longer among them is asked for anew.
pub async fn people(ctx: &Ctx, mut draft: Draft) -> Result<()> {
    draft.lead = match &draft.people[..] {
        [only] => Some(*only),
        people => draft.lead.filter(|lead| people.contains(lead)),
    };
    draft.reason = None;
    on(ctx, draft).await
}

pub async fn lead(ctx: &Ctx, draft: Draft, value: &str) -> Result<()> {
    match id(value).filter(|id| draft.people.contains(id)) {
        Some(lead) => {
            on(
                ctx,
                Draft {
                    lead: Some(lead),
                    ..draft
                },
            )
            .await
        }
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

/// Why people are taken outside of their shift; then it is created.
pub async fn off_shift(ctx: &Ctx, draft: Draft, reason: &str) -> Result<()> {
    confirm::confirm(
        ctx,
        Draft {
            reason: Some(cut(reason, 500)),
            step: Step::Preview,
            ..draft
        },
    )
    .await
}

/// The usual reasons for that.
pub const REASONS: [Sentence; 3] = [
    Sentence::CreateReasonUrgent,
    Sentence::CreateReasonShortStaffed,
    Sentence::CreateReasonAgreed,
];

pub async fn usual_reason(ctx: &Ctx, draft: Draft, value: &str) -> Result<()> {
    match value.parse::<usize>().ok().and_then(|i| REASONS.get(i)) {
        Some(reason) => off_shift(ctx, draft, &reason.to(ctx.lang)).await,
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

pub async fn field(ctx: &Ctx, draft: Draft, value: &str) -> Result<()> {
    let step = match value {
        "kind" => Step::Kind,
        "title" => Step::Title,
        "place" => Step::Place,
        "when" => Step::When,
        "people" => Step::People,
        "lead" if draft.people.len() > 1 => Step::Lead,
        "priority" => Step::Priority,
        "description" => Step::Description,
        _ => return ctx.explain(Reply::ButtonGone).await,
    };
    stay_at(ctx, draft, step).await
}

pub async fn priority(ctx: &Ctx, draft: Draft, value: &str) -> Result<()> {
    let chosen = Priority::ALL
        .into_iter()
        .find(|one| value == (*one as i16).to_string());
    match chosen {
        Some(priority) => {
            on(
                ctx,
                Draft {
                    priority: Some(priority),
                    ..draft
                },
            )
            .await
        }
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

pub async fn no_description(ctx: &Ctx, draft: Draft) -> Result<()> {
    let description = None;
    let draft = Draft {
        description,
        ..draft
    };
    on(ctx, draft).await
}

pub async fn description(ctx: &Ctx, draft: Draft, text: &str) -> Result<()> {
    if locales::matches(&Sentence::ButtonSkip, text) {
        return no_description(ctx, draft).await;
    }
    if text.chars().count() > DESCRIPTION_MOST {
        return problem(ctx, CreateProblem::TextLong).await;
    }
    on(
        ctx,
        Draft {
            description: Some(text.to_owned()),
            ..draft
        },
    )
    .await
}
