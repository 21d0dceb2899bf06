//! /crear in one line, for those who know what they want.

use chrono::NaiveDateTime;
use domain::{
    Result,
    agent::{self, Agent, AgentFilter},
    emergency,
    kind::{self, Kind},
    page::{self, Window},
    task::{Place, create},
};

use super::{Draft, Step, place_trouble, title_trouble, when};
use crate::{ctx::Ctx, reply::CreateProblem, text::cut};

/// Reads `kind; title; place; time; people`, of which the first two are needed; ends at the preview.
pub async fn read(ctx: &Ctx, line: &str) -> Result<Result<Draft, CreateProblem>> {
    let mut fields = line.split(';').map(str::trim);
    let mut next = || fields.next().unwrap_or_default();
    let (kind, title, place, time, people) = (next(), next(), next(), next(), next());
    let kind = match find_kind(ctx, kind).await? {
        Ok(kind) => kind,
        Err(trouble) => return Ok(Err(trouble)),
    };
    if let Some(trouble) = title_trouble(title) {
        return Ok(Err(trouble));
    }
    if let Some(trouble) = place_trouble(place) {
        return Ok(Err(trouble));
    }
    let when = match start(ctx, time) {
        Ok(when) => when,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let people = match find_people(ctx, people, None).await? {
        Ok(people) => people,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(Ok(Draft {
        step: Step::Preview,
        editing: true,
        kind: Some(kind.code),
        title: Some(title.to_owned()),
        place: (!place.is_empty()).then(|| Place {
            label: Some(place.to_owned()),
            ..Place::default()
        }),
        when,
        lead: people.first().copied(),
        people,
        ..Draft::default()
    }))
}

/// Now when nothing is said.
fn start(ctx: &Ctx, time: &str) -> Result<Option<NaiveDateTime>, CreateProblem> {
    match time {
        "" => Ok(None),
        time => when::planned(time, ctx.store.now(), ctx.store.rules().zone),
    }
}

/// A kind by its code or label, or the beginning of one.
async fn find_kind(ctx: &Ctx, said: &str) -> Result<Result<Kind, CreateProblem>> {
    let word = create::plain(said);
    let kinds = kind::list(&ctx.store).await?;
    let fits = |kind: &Kind| {
        !word.is_empty()
            && kind.active
            && (kind.code.starts_with(&word) || create::plain(&kind.label).starts_with(&word))
    };
    let (raised, created): (Vec<_>, Vec<_>) = kinds
        .into_iter()
        .filter(fits)
        .partition(|kind| kind.code == emergency::KIND);
    Ok(match (created.into_iter().next(), raised.is_empty()) {
        (Some(kind), _) => Ok(kind),
        (None, false) => Err(CreateProblem::Emergency),
        (None, true) => Err(CreateProblem::Kind {
            kind: cut(said, 40),
        }),
    })
}

/// People by name or badge, for a task that is there already or a new one; each has to be one person.
pub async fn find_people(
    ctx: &Ctx,
    names: &str,
    for_task: Option<i64>,
) -> Result<Result<Vec<i64>, CreateProblem>> {
    let mut ids = Vec::new();
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        match find_person(ctx, name, for_task).await? {
            // Somebody named twice is one person all the same.
            Ok(id) if ids.contains(&id) => {}
            Ok(id) => ids.push(id),
            Err(trouble) => return Ok(Err(trouble)),
        }
    }
    Ok(Ok(ids))
}

/// The only one who fits, else the only one who is called just so.
async fn find_person(
    ctx: &Ctx,
    name: &str,
    for_task: Option<i64>,
) -> Result<Result<i64, CreateProblem>> {
    let filter = AgentFilter {
        text: Some(name.to_owned()),
        for_task,
        ..AgentFilter::default()
    };
    let found = agent::list(&ctx.store, &ctx.actor, filter, Window::first(page::MOST)).await?;
    let exact: Vec<&Agent> = found
        .items
        .iter()
        .filter(|one| is_called(one, name))
        .collect();
    let name = cut(name, 60);
    Ok(match (&found.items[..], &exact[..]) {
        ([one], _) => Ok(one.id),
        (_, [one]) => Ok(one.id),
        ([], _) => Err(CreateProblem::Person { name }),
        _ => Err(CreateProblem::People { name }),
    })
}

fn is_called(one: &Agent, name: &str) -> bool {
    let same = |other: &str| create::plain(other) == create::plain(name);
    same(&one.name) || one.badge.as_deref().is_some_and(same)
}
