//! Until when somebody is unavailable: for an hour, to the end of his shift, or until he says otherwise.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Result, Store, agent, assignment, shift};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    dialogues::{choice, with_cancel},
    keyboards::Rows,
    reply::Reply,
    screen::Screen,
    state::Stage,
    view::{View, plain, with},
};

const HOUR: TimeDelta = TimeDelta::hours(1);

/// Why he cannot is said; now until when.
pub async fn ask(ctx: &Ctx, reason: String) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, Stage::Away { reason }).await }))
        .await
        .map(drop)
}

pub async fn prompt(view: &View, serial: i64) -> Result<Screen> {
    let agent_id = view.reader.as_ref().and_then(|reader| reader.agent_id);
    let ends = shift_end(&view.store, agent_id).await?;
    let pick = |label: &Sentence, word: &str| choice(view, serial, label, word);
    let rows = Rows::default()
        .row([
            pick(&Sentence::StateUntilHour, "hour"),
            pick(&Sentence::StateUntilOpen, "open"),
        ])
        .row(ends.map(|_| pick(&Sentence::StateUntilShift, "shift")));
    Ok(with(
        with_cancel(view, serial, rows),
        plain(view.say(&Sentence::StateAskUntil)),
    ))
}

pub async fn pressed(ctx: &Ctx, reason: String, choice: &str) -> Result<()> {
    let ends = shift_end(&ctx.store, ctx.actor.agent_id).await?;
    match (choice, ends) {
        ("hour", _) => set(ctx, reason, Some(ctx.store.now() + HOUR)).await,
        ("shift", Some(ends)) => set(ctx, reason, Some(ends)).await,
        ("open", _) => set(ctx, reason, None).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn set(ctx: &Ctx, reason: String, until: Option<DateTime<Utc>>) -> Result<()> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return ctx.reply(Reply::NoAgent).await;
    };
    let inner = ctx.clone();
    ctx.attempt_ending(None, move |tx| {
        Box::pin(async move {
            let why = Some(reason.clone());
            agent::set_availability(tx, &inner.actor, agent_id, true, why, until).await?;
            let tasks = assignment::counting_on(tx, agent_id, until).await?;
            let said = Reply::Unavailable {
                reason,
                until,
                tasks,
            };
            inner.end(tx, said).await
        })
    })
    .await
    .map(drop)
}

/// When the shift that he is on ends.
async fn shift_end(store: &Store, agent_id: Option<i64>) -> Result<Option<DateTime<Utc>>> {
    let Some(agent_id) = agent_id else {
        return Ok(None);
    };
    let next = shift::coming(store, agent_id, 1).await?.pop();
    let current = next.filter(|shift| shift.starts_at <= store.now());
    Ok(current.map(|shift| shift.ends_at))
}
