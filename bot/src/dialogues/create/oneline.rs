//! /crear in one line, for those who know what they want.

use domain::{
    Result,
    agent::{self, AgentFilter},
    kind,
    page::Window,
    task::Place,
};

use super::{Draft, Step, title_trouble, when};
use crate::{ctx::Ctx, reply::CreateProblem};

/// Reads `kind; title; place; time; people`, of which the first two are needed; ends at the preview.
pub async fn read(ctx: &Ctx, line: &str) -> Result<Result<Draft, CreateProblem>> {
    let mut fields = line.split(';').map(str::trim);
    let mut next = || fields.next().unwrap_or_default();
    let (kind, title, place, time, people) = (next(), next(), next(), next(), next());
    let Some(code) = kind_code(ctx, kind).await? else {
        return Ok(Err(CreateProblem::Kind {
            kind: crate::text::cut(kind, 40),
        }));
    };
    if let Some(trouble) = title_trouble(title) {
        return Ok(Err(trouble));
    }
    let at = match time {
        "" => None,
        time => match when::future(time, ctx.store.now(), ctx.store.rules().zone) {
            Ok(at) => Some(at),
            Err(trouble) => return Ok(Err(trouble)),
        },
    };
    let people = match find_people(ctx, people).await? {
        Ok(people) => people,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(Ok(Draft {
        step: Step::Preview,
        editing: true,
        kind: Some(code),
        title: Some(title.to_owned()),
        place: (!place.is_empty()).then(|| Place {
            point: None,
            label: Some(place.to_owned()),
        }),
        when: at,
        lead: people.first().copied(),
        people,
        ..Draft::default()
    }))
}

/// A kind by its code or label, or the beginning of one.
async fn kind_code(ctx: &Ctx, word: &str) -> Result<Option<String>> {
    let word = domain::task::create::plain(word);
    let kinds = kind::list(&ctx.store).await?;
    let fits = |kind: &&kind::Kind| {
        kind.active
            && (kind.code.starts_with(&word)
                || domain::task::create::plain(&kind.label).starts_with(&word))
    };
    Ok(kinds
        .iter()
        .filter(|_| !word.is_empty())
        .find(fits)
        .map(|kind| kind.code.clone()))
}

/// People by name or badge; each has to be one person.
async fn find_people(ctx: &Ctx, names: &str) -> Result<Result<Vec<i64>, CreateProblem>> {
    let mut ids = Vec::new();
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let filter = AgentFilter {
            text: Some(name.to_owned()),
            ..AgentFilter::default()
        };
        let found = agent::list(&ctx.store, &ctx.actor, filter, Window::first(2))
            .await?
            .items;
        match &found[..] {
            [one] => ids.push(one.id),
            _ => {
                return Ok(Err(CreateProblem::Person {
                    name: crate::text::cut(name, 60),
                }));
            }
        }
    }
    Ok(Ok(ids))
}
