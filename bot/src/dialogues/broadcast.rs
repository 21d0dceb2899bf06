//! /difusion: whom it is for, which protocol or which words, and after a look at whom it reaches, out it goes.

mod choices;
mod draft;
mod later;
mod prompt;

use chrono::TimeDelta;
use domain::{
    Error, Refusal, Result,
    broadcast::{self, Audience, BroadcastStatus, NewBroadcast},
    geo::Point,
};
use locales::Sentence;

use crate::{content::Content, ctx::Ctx, reply::Reply, state::Stage};

pub use draft::{BroadcastDraft, Exercise, Step};
pub use prompt::prompt;

/// What circles are offered, in kilometres.
const RADII: [i64; 4] = [1, 3, 5, 10];

pub fn help(draft: &BroadcastDraft) -> Sentence {
    match draft.step {
        Step::Audience | Step::Unit | Step::Specialty | Step::Around | Step::Radius => {
            Sentence::HelpStepBroadcastAudience
        }
        Step::What => Sentence::HelpStepBroadcastWhat,
        Step::Preview => Sentence::HelpStepBroadcastPreview,
        Step::Answers => Sentence::HelpStepBroadcastAnswers,
        Step::Until => Sentence::HelpStepBroadcastUntil,
        Step::Later => Sentence::HelpStepBroadcastLater,
        Step::Word => Sentence::HelpStepBroadcastWord,
    }
}

pub async fn begin(ctx: &Ctx) -> Result<()> {
    let stage = Stage::Broadcast(Box::default());
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, stage).await }))
        .await
        .map(drop)
}

async fn go(ctx: &Ctx, draft: BroadcastDraft, step: Step) -> Result<()> {
    let stage = Stage::Broadcast(Box::new(BroadcastDraft { step, ..draft }));
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage).await }))
        .await
        .map(drop)
}

async fn meant(ctx: &Ctx, draft: BroadcastDraft, audience: Audience) -> Result<()> {
    let audience = Some(audience);
    go(ctx, BroadcastDraft { audience, ..draft }, Step::What).await
}

/// A button of the present step.
pub async fn pressed(ctx: &Ctx, mut draft: BroadcastDraft, choice: &str) -> Result<()> {
    let (word, value) = choice.split_once(':').unwrap_or((choice, ""));
    match (draft.step, word) {
        (Step::Audience, _) => audience(ctx, draft, word).await,
        (Step::Unit, "page") => {
            draft.page = value.parse().unwrap_or(0);
            go(ctx, draft, Step::Unit).await
        }
        (Step::Unit, "u") => match value.parse() {
            Ok(unit_id) => meant(ctx, draft, Audience::Unit { unit_id }).await,
            Err(_) => ctx.explain(Reply::ButtonGone).await,
        },
        (Step::Specialty, "s") => specialty(ctx, draft, value).await,
        (Step::Radius, "r") => radius(ctx, draft, value).await,
        (Step::What, "p") => {
            draft.protocol = Some(value.to_owned());
            go(ctx, draft, Step::Preview).await
        }
        (Step::Preview, "drill") => {
            let drill = !draft.is_drill();
            go(ctx, draft.at_once(drill), Step::Preview).await
        }
        (Step::Preview, "one") if draft.leaves_at().is_none() => {
            go(ctx, draft.one_or_all(), Step::Preview).await
        }
        (Step::Preview, "some") if draft.leaves_at().is_none() => {
            go(ctx, draft, Step::Answers).await
        }
        (Step::Answers, "n") => choices::enough(ctx, draft, value).await,
        (Step::Preview, "until") if draft.leaves_at().is_none() => {
            go(ctx, draft, Step::Until).await
        }
        (Step::Until, "h") => choices::until(ctx, draft, value).await,
        (Step::Preview, "later") if draft.may_wait() => go(ctx, draft, Step::Later).await,
        (Step::Later, "now") => go(ctx, draft.at_once(true), Step::Preview).await,
        (Step::Preview, "ok") if needs_word(&draft).is_some() => go(ctx, draft, Step::Word).await,
        (Step::Preview, "ok") => leave(ctx, draft, None).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn audience(ctx: &Ctx, draft: BroadcastDraft, word: &str) -> Result<()> {
    match word {
        "all" => meant(ctx, draft, Audience::All).await,
        "duty" => meant(ctx, draft, Audience::OnDuty).await,
        "boss" => meant(ctx, draft, Audience::Supervisors).await,
        "unit" => go(ctx, draft, Step::Unit).await,
        "skill" => go(ctx, draft, Step::Specialty).await,
        "near" => go(ctx, draft, Step::Around).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn specialty(ctx: &Ctx, draft: BroadcastDraft, number: &str) -> Result<()> {
    let known = broadcast::specialties(&ctx.store).await?;
    let chosen = number.parse().ok().and_then(|i: usize| known.get(i));
    match chosen.cloned() {
        Some(specialty) => meant(ctx, draft, Audience::Specialty { specialty }).await,
        None => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn radius(ctx: &Ctx, draft: BroadcastDraft, kilometres: &str) -> Result<()> {
    let (Some(Point { lat, lon }), Ok(kilometres)) = (draft.around, kilometres.parse::<i32>())
    else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    let radius_m = f64::from(kilometres) * 1000.0;
    let place = draft.place.or(draft.around);
    let audience = Audience::Radius { lat, lon, radius_m };
    meant(ctx, BroadcastDraft { place, ..draft }, audience).await
}

/// Words, a file or a place.
pub async fn said(ctx: &Ctx, mut draft: BroadcastDraft, content: Content) -> Result<()> {
    match (draft.step, content) {
        (Step::Around, Content::Place(spot)) => {
            draft.around = Some(spot.point);
            go(ctx, draft, Step::Radius).await
        }
        (Step::What | Step::Preview, Content::Text(text)) => {
            draft.text = Some(text);
            go(ctx, draft, Step::Preview).await
        }
        (Step::Answers, Content::Text(text)) => choices::enough(ctx, draft, &text).await,
        (Step::Later, Content::Text(text)) => later::moment(ctx, draft, &text).await,
        (Step::What | Step::Preview, Content::Place(_) | Content::File { .. })
            if draft.leaves_at().is_some() =>
        {
            ctx.explain(Reply::DrillWordsOnly).await
        }
        (Step::Preview, Content::Place(spot)) => {
            draft.place = Some(spot.point);
            go(ctx, draft, Step::Preview).await
        }
        (Step::What | Step::Preview, file @ Content::File { .. }) => {
            attach(&mut draft, file);
            let step = match draft.text.is_some() || draft.protocol.is_some() {
                true => Step::Preview,
                false => Step::What,
            };
            go(ctx, draft, step).await
        }
        (Step::Word, Content::Text(text)) => leave(ctx, draft, Some(text)).await,
        (Step::Around, _) => ctx.explain(Reply::SharePlace).await,
        (Step::Later | Step::Word, _) => ctx.explain(Reply::Write).await,
        _ => ctx.explain(Reply::Choose).await,
    }
}

fn attach(draft: &mut BroadcastDraft, content: Content) {
    let media = content.attached();
    if let Content::File { caption, .. } = content {
        draft.media = media;
        draft.text = draft.text.take().or(caption);
    }
}

/// What has to be typed before it leaves.
fn needs_word(draft: &BroadcastDraft) -> Option<String> {
    let protocol = broadcast::protocol(draft.protocol.as_deref()?)?;
    protocol.confirm_word
}

async fn leave(ctx: &Ctx, draft: BroadcastDraft, typed: Option<String>) -> Result<()> {
    let Some(audience) = draft.audience.clone() else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    if let Some(at) = draft.leaves_at() {
        return later::plan(ctx, draft, (audience, at), typed).await;
    }
    let (drill, ack) = (draft.is_drill(), draft.ack());
    let hours = draft.hours().map(|hours| TimeDelta::hours(hours.into()));
    let new = NewBroadcast {
        protocol: draft.protocol,
        text: draft.text,
        audience,
        drill,
        ack,
        expires_at: hours.map(|hours| ctx.store.now() + hours),
        confirm_word: typed,
        place: draft.place,
        media: draft.media,
        ..NewBroadcast::default()
    };
    let inner = ctx.clone();
    let sent = ctx
        .write(move |tx| {
            Box::pin(async move {
                let id = broadcast::send(tx, &inner.actor, new).await?;
                let sent = broadcast::find_in(tx, &inner.actor, id).await?;
                if sent.status != BroadcastStatus::Draft {
                    return inner.end(tx, Reply::BroadcastLeaves { drill }).await;
                }
                let told = broadcast::who_may_confirm(tx, &inner.actor).await? > 0;
                inner.end(tx, Reply::BroadcastAwaits { told }).await
            })
        })
        .await;
    match sent {
        Err(Error::Refused(refusal)) => explain(ctx, *refusal).await,
        done => done.map(drop),
    }
}

/// The step stays: what was wrong is said, and it is asked again.
async fn explain(ctx: &Ctx, refusal: Refusal) -> Result<()> {
    let problem = match &refusal {
        Refusal::Invalid { errors } => errors.first().map(|one| one.field.clone()),
        _ => None,
    };
    match problem.as_deref() {
        Some("confirm_word") => ctx.explain(Reply::BroadcastWord).await,
        Some("audience") => ctx.explain(Reply::BroadcastNobody).await,
        Some("text") => ctx.explain(Reply::BroadcastText).await,
        _ => ctx.refuse(refusal, None).await,
    }
}
