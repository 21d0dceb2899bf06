//! /licencia: from which day to which, why, a certificate, and whether it shall really be asked for.

mod doubt;
mod reject;

use chrono::{Datelike, Days, NaiveDate};
use domain::{
    Result, consent,
    leave::{self, NewLeave},
    report::ReportKind,
    zone,
};
use locales::Sentence;
use serde::{Deserialize, Serialize};

pub use reject::{ask_why, reject, usual_why};

use crate::{
    content::Content,
    ctx::Ctx,
    dialogues::{calendar, choice, permitted, with_cancel},
    keyboards::Rows,
    reply::Reply,
    screen::Screen,
    state::Stage,
    text::cut,
    view::{View, headed, plain, with},
};

/// The longest reason, in characters.
const REASON: usize = 500;

/// A request on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeaveDraft {
    pub step: Step,
    /// The first day of the month that is shown; the present one when nothing was turned.
    pub month: Option<NaiveDate>,
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    pub reason: Option<String>,
    pub certificate: Option<Content>,
    /// A bare answer was given for the reason, and he was asked once more.
    #[serde(default)]
    pub doubted: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    #[default]
    From,
    To,
    Reason,
    Certificate,
    Preview,
}

impl LeaveDraft {
    /// The same at the step that leads to the present one.
    pub fn before(&self) -> Option<Self> {
        let step = match self.step {
            Step::From => return None,
            Step::To => Step::From,
            Step::Reason => Step::To,
            Step::Certificate => Step::Reason,
            Step::Preview => Step::Certificate,
        };
        Some(Self {
            step,
            ..self.clone()
        })
    }
}

/// The first is that of sick days.
const REASONS: [Sentence; 4] = [
    Sentence::LeaveReasonHealth,
    Sentence::LeaveReasonFamily,
    Sentence::LeaveReasonHoliday,
    Sentence::LeaveReasonStudy,
];

pub async fn begin(ctx: &Ctx) -> Result<()> {
    if ctx.actor.agent_id.is_none() {
        return ctx.reply(Reply::NoAgent).await;
    }
    let inner = ctx.clone();
    let stage = Stage::Leave(Box::default());
    ctx.write(move |tx| Box::pin(async move { inner.enter(tx, stage).await }))
        .await
        .map(drop)
}

pub fn help(draft: &LeaveDraft) -> Sentence {
    match draft.step {
        Step::From | Step::To => Sentence::HelpStepLeaveDates,
        Step::Reason => Sentence::HelpStepLeaveReason,
        Step::Certificate => Sentence::HelpStepLeaveCertificate,
        Step::Preview => Sentence::HelpStepLeavePreview,
    }
}

/// The first day that can be asked for: one before today only for having been ill.
fn earliest(today: NaiveDate) -> NaiveDate {
    let back = Days::new(leave::SICK_DAYS_BACK);
    today.checked_sub_days(back).unwrap_or(today)
}

fn shown(day: Option<NaiveDate>) -> String {
    day.map(|day| day.format("%d/%m/%Y").to_string())
        .unwrap_or_default()
}

pub fn prompt(view: &View, serial: i64, draft: &LeaveDraft) -> Screen {
    let pick = |label: &Sentence, word: &str| choice(view, serial, label, word);
    let ask = |question: &Sentence, rows| {
        with(with_cancel(view, serial, rows), plain(view.say(question)))
    };
    let today = zone::to_local(view.now, view.zone).date();
    match draft.step {
        Step::From => {
            let month = draft.month.or(Some(today));
            let rows = calendar::rows(view, serial, month, earliest(today), today);
            ask(&Sentence::LeaveAskFrom, rows)
        }
        Step::To => {
            let first = draft.from.unwrap_or(today);
            let question = Sentence::LeaveAskTo {
                from: shown(draft.from).into(),
            };
            let month = draft.month.or(draft.from);
            ask(&question, calendar::rows(view, serial, month, first, today))
        }
        Step::Reason => {
            let past = draft.from.is_some_and(|from| from < today);
            let question = match past {
                true => Sentence::LeaveAskSick,
                false => Sentence::LeaveAskReason,
            };
            let offered = if past { 1 } else { REASONS.len() };
            let reasons: Vec<_> = REASONS
                .iter()
                .take(offered)
                .enumerate()
                .map(|(i, reason)| pick(reason, &format!("r:{i}")))
                .collect();
            ask(&question, Rows::default().pairs(&reasons))
        }
        Step::Certificate => ask(
            &Sentence::LeaveAskCertificate,
            Rows::default().row([pick(&Sentence::ButtonSkip, "skip")]),
        ),
        Step::Preview => preview(view, serial, draft),
    }
}

fn preview(view: &View, serial: i64, draft: &LeaveDraft) -> Screen {
    let head = Sentence::LeavePreview {
        from: shown(draft.from).into(),
        to: shown(draft.to).into(),
        reason: draft.reason.clone().unwrap_or_default().into(),
    };
    let certificate = match draft.certificate {
        Some(_) => Sentence::LeavePreviewFile,
        None => Sentence::LeavePreviewNoFile,
    };
    let rows = Rows::default().row([choice(view, serial, &Sentence::ButtonConfirm, "ok")]);
    with(
        with_cancel(view, serial, rows),
        headed(&[view.say(&head), view.say(&certificate)]),
    )
}

/// A button of the present step.
pub async fn pressed(ctx: &Ctx, draft: LeaveDraft, choice: &str) -> Result<()> {
    let (word, value) = choice.split_once(':').unwrap_or((choice, ""));
    match (draft.step, word) {
        (Step::From | Step::To, "day") => day(ctx, draft, value.parse().ok()).await,
        (Step::From | Step::To, "today") => {
            let today = zone::to_local(ctx.store.now(), ctx.store.rules().zone).date();
            day(ctx, draft, Some(today)).await
        }
        (Step::From | Step::To, "month") => {
            let month = value
                .parse::<NaiveDate>()
                .ok()
                .and_then(|day| day.with_day(1));
            stay(ctx, LeaveDraft { month, ..draft }).await
        }
        (Step::From | Step::To, calendar::NOTHING) => stay(ctx, draft).await,
        (Step::Reason, "r") => match value.parse::<usize>().ok().and_then(|i| REASONS.get(i)) {
            Some(reason) => because(ctx, draft, reason.to(ctx.lang)).await,
            None => ctx.explain(Reply::ButtonGone).await,
        },
        (Step::Certificate, "skip") => {
            let certificate = None;
            let draft = LeaveDraft {
                certificate,
                ..draft
            };
            go(ctx, draft, Step::Preview).await
        }
        (Step::Preview, "ok") => confirm(ctx, draft).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

/// A day was tapped: the first one, or the last.
async fn day(ctx: &Ctx, draft: LeaveDraft, day: Option<NaiveDate>) -> Result<()> {
    let today = zone::to_local(ctx.store.now(), ctx.store.rules().zone).date();
    let first = draft
        .from
        .filter(|_| draft.step == Step::To)
        .unwrap_or_else(|| earliest(today));
    let Some(day) = day.filter(|day| *day >= first) else {
        return ctx.explain(Reply::LeavePast).await;
    };
    match draft.step {
        Step::From => {
            let draft = LeaveDraft {
                from: Some(day),
                ..draft
            };
            go(ctx, draft, Step::To).await
        }
        _ => {
            let draft = LeaveDraft {
                to: Some(day),
                ..draft
            };
            go(ctx, draft, Step::Reason).await
        }
    }
}

async fn because(ctx: &Ctx, draft: LeaveDraft, reason: String) -> Result<()> {
    let draft = LeaveDraft {
        reason: Some(cut(reason.trim(), REASON)),
        ..draft
    };
    go(ctx, draft, Step::Certificate).await
}

/// A reason in words, or the certificate.
pub async fn said(ctx: &Ctx, draft: LeaveDraft, content: Content) -> Result<()> {
    match (draft.step, content) {
        (Step::Reason, Content::Text(text)) if !draft.doubted && doubt::is_answer(&text) => {
            doubt::ask(ctx, draft).await
        }
        (Step::Reason, Content::Text(text)) => because(ctx, draft, text).await,
        (Step::Certificate, file @ Content::File { .. })
            if matches!(file.kind(), ReportKind::Photo | ReportKind::Document) =>
        {
            certificate(ctx, draft, file).await
        }
        (Step::Reason, _) => ctx.explain(Reply::Write).await,
        _ => ctx.explain(Reply::Choose).await,
    }
}

/// A picture only of whoever agrees that his are kept; the request can go on without.
async fn certificate(ctx: &Ctx, draft: LeaveDraft, file: Content) -> Result<()> {
    let shows = matches!(&file, Content::File { mime, .. } if consent::is_media(mime));
    if shows && !permitted::media(ctx).await? {
        return Ok(());
    }
    let certificate = Some(file);
    let draft = LeaveDraft {
        certificate,
        ..draft
    };
    go(ctx, draft, Step::Preview).await
}

async fn go(ctx: &Ctx, draft: LeaveDraft, step: Step) -> Result<()> {
    let stage = Stage::Leave(Box::new(LeaveDraft { step, ..draft }));
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage).await }))
        .await
        .map(drop)
}

async fn stay(ctx: &Ctx, draft: LeaveDraft) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move { inner.stay(tx, Stage::Leave(Box::new(draft))).await })
    })
    .await
    .map(drop)
}

/// Whole days, from the first midnight to the one after the last day.
async fn confirm(ctx: &Ctx, draft: LeaveDraft) -> Result<()> {
    let (Some(agent_id), Some(from), Some(to)) = (ctx.actor.agent_id, draft.from, draft.to) else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    let zone = ctx.store.rules().zone;
    let after = to.checked_add_days(Days::new(1)).unwrap_or(to);
    let today = zone::to_local(ctx.store.now(), zone).date();
    let certificate = draft.certificate.map(|file| file.report(ctx.at).file);
    let new = NewLeave {
        agent_id,
        starts_at: zone::midnight(from, zone),
        ends_at: zone::midnight(after, zone),
        reason: draft.reason,
        sick: from < today,
        certificate: certificate.flatten(),
    };
    let inner = ctx.clone();
    ctx.attempt_ending(None, move |tx| {
        Box::pin(async move {
            leave::request(tx, &inner.actor, new).await?;
            let heard = leave::is_heard(tx, agent_id).await?;
            inner.end(tx, Reply::LeaveSent { heard }).await
        })
    })
    .await
    .map(drop)
}
