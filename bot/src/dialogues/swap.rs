//! A proposal to exchange shifts: which one, with whom, for which of his.

use domain::{
    Result,
    shift::{self, Shift, ShiftStatus},
    swap::{self, NewSwap},
};
use locales::Sentence;
use serde::{Deserialize, Serialize};

use crate::{
    ctx::Ctx,
    dialogues::{choice, with_cancel},
    duty::shifts::when,
    keyboards::{Button, Rows},
    lists,
    reply::Reply,
    screen::Screen,
    state::Stage,
    view::{View, headed, plain, with},
};

/// The most shifts to choose from.
const MOST: u64 = 60;

/// A proposal on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SwapDraft {
    pub step: Step,
    pub shift_id: i64,
    pub mate: Option<(i64, String)>,
    pub other_shift_id: Option<i64>,
    /// The page of colleagues or shifts that is shown.
    pub page: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    #[default]
    Shift,
    Mate,
    Return,
    Preview,
}

impl SwapDraft {
    /// The same at the step that leads to the present one.
    pub fn before(&self) -> Option<Self> {
        let step = match self.step {
            Step::Shift => return None,
            Step::Mate => Step::Shift,
            Step::Return => Step::Mate,
            Step::Preview => Step::Return,
        };
        Some(Self {
            step,
            page: 0,
            ..self.clone()
        })
    }
}

pub fn help(draft: &SwapDraft) -> Sentence {
    match draft.step {
        Step::Shift => Sentence::HelpStepSwapShift,
        Step::Mate => Sentence::HelpStepSwapMate,
        Step::Return => Sentence::HelpStepSwapReturn,
        Step::Preview => Sentence::HelpStepSwapPreview,
    }
}

/// Asks which shift when there are several; colleagues are asked for then. The list that was pressed may be old.
pub async fn begin(ctx: &Ctx) -> Result<()> {
    let Some(agent_id) = ctx.actor.agent_id else {
        return ctx.reply(Reply::NoAgent).await;
    };
    if swap::mates(&ctx.store, agent_id).await?.is_empty() {
        return ctx.reply(Reply::NoMates).await;
    }
    let (step, shift_id) = match &future(&ctx.store, agent_id).await?[..] {
        [] => return ctx.reply(Reply::MyShifts).await,
        [only] => (Step::Mate, only.id),
        _ => (Step::Shift, 0),
    };
    let draft = SwapDraft {
        step,
        shift_id,
        ..SwapDraft::default()
    };
    let inner = ctx.clone();
    ctx.write(move |tx| {
        Box::pin(async move { inner.enter(tx, Stage::Swap(Box::new(draft))).await })
    })
    .await
    .map(drop)
}

async fn future(store: &domain::Store, agent_id: i64) -> Result<Vec<Shift>> {
    let mut shifts = shift::coming(store, agent_id, MOST).await?;
    shifts.retain(|one| one.status == ShiftStatus::Planned);
    Ok(shifts)
}

pub async fn prompt(view: &View, serial: i64, draft: &SwapDraft) -> Result<Screen> {
    let Some(agent_id) = view.reader.as_ref().and_then(|reader| reader.agent_id) else {
        return Ok(plain(view.say(&Sentence::StateNoAgent)));
    };
    let mine = future(&view.store, agent_id).await?;
    let theirs = match &draft.mate {
        Some((id, _)) => future(&view.store, *id).await?,
        None => Vec::new(),
    };
    let step = Prompt {
        view,
        serial,
        draft,
    };
    Ok(match draft.step {
        Step::Shift => step.ask(&Sentence::SwapAskShift, step.shifts(&mine)),
        Step::Mate => {
            let mates = swap::mates(&view.store, agent_id).await?;
            let when = given(&mine, draft.shift_id).into();
            step.ask(&Sentence::SwapAskMate { when }, step.mates(&mates))
        }
        Step::Return => {
            let nothing = choice(view, serial, &Sentence::ButtonNothingInReturn, "none");
            let rows = step.shifts(&theirs).row([nothing]);
            step.ask(&Sentence::SwapAskReturn { name: step.name() }, rows)
        }
        Step::Preview => step.preview(&mine, &theirs),
    })
}

fn given(shifts: &[Shift], id: i64) -> String {
    shifts
        .iter()
        .find(|one| one.id == id)
        .map(when)
        .unwrap_or_default()
}

struct Prompt<'a> {
    view: &'a View,
    serial: i64,
    draft: &'a SwapDraft,
}

impl Prompt<'_> {
    fn name(&self) -> locales::Arg {
        let name = self.draft.mate.as_ref().map(|(_, name)| name.clone());
        name.unwrap_or_default().into()
    }

    fn labelled(&self, label: String, choice: String) -> (String, Button) {
        let serial = self.serial;
        (label, Button::Step { serial, choice })
    }

    fn ask(&self, question: &Sentence, rows: Rows) -> Screen {
        with(
            with_cancel(self.view, self.serial, rows),
            plain(self.view.say(question)),
        )
    }

    fn shifts(&self, shifts: &[Shift]) -> Rows {
        self.paged(shifts, |one| {
            self.labelled(when(one), format!("s:{:x}", one.id))
        })
    }

    fn mates(&self, mates: &[(i64, String)]) -> Rows {
        self.paged(mates, |(id, name)| {
            self.labelled(name.clone(), format!("m:{id:x}"))
        })
    }

    fn paged<T>(&self, all: &[T], button: impl Fn(&T) -> (String, Button)) -> Rows {
        let (shown, pages) = lists::slice(all, self.draft.page);
        let page = self.draft.page.min(pages - 1);
        let turn = |label: &Sentence, page: u32| {
            choice(self.view, self.serial, label, format!("page:{page:x}"))
        };
        let back = page
            .checked_sub(1)
            .map(|page| turn(&Sentence::ButtonPrevious, page));
        let next = (page + 1 < pages).then(|| turn(&Sentence::ButtonNext, page + 1));
        Rows::default()
            .column(shown.iter().map(button))
            .row(back.into_iter().chain(next))
    }

    fn preview(&self, mine: &[Shift], theirs: &[Shift]) -> Screen {
        let head = Sentence::SwapPreview {
            name: self.name(),
            given: given(mine, self.draft.shift_id).into(),
        };
        let mut lines = vec![self.view.say(&head)];
        lines.extend(self.draft.other_shift_id.map(|id| {
            let taken = given(theirs, id).into();
            self.view.say(&Sentence::SwapPreviewReturn { taken })
        }));
        let confirm = choice(self.view, self.serial, &Sentence::ButtonConfirm, "ok");
        let rows = Rows::default().row([confirm]);
        with(with_cancel(self.view, self.serial, rows), headed(&lines))
    }
}

/// A button of the present step.
pub async fn pressed(ctx: &Ctx, mut draft: SwapDraft, choice: &str) -> Result<()> {
    let (word, value) = choice.split_once(':').unwrap_or((choice, ""));
    let number = i64::from_str_radix(value, 16).ok();
    match (draft.step, word, number) {
        (Step::Shift, "s", Some(id)) => {
            draft.shift_id = id;
            go(ctx, draft, Step::Mate).await
        }
        (Step::Shift | Step::Mate | Step::Return, "page", Some(page)) => {
            draft.page = page.try_into().unwrap_or(0);
            stay(ctx, draft).await
        }
        (Step::Mate, "m", Some(id)) => mate(ctx, draft, id).await,
        (Step::Return, "s", Some(id)) => {
            draft.other_shift_id = Some(id);
            go(ctx, draft, Step::Preview).await
        }
        (Step::Return, "none", _) => {
            draft.other_shift_id = None;
            go(ctx, draft, Step::Preview).await
        }
        (Step::Preview, "ok", _) => propose(ctx, draft).await,
        _ => ctx.explain(Reply::ButtonGone).await,
    }
}

async fn mate(ctx: &Ctx, mut draft: SwapDraft, id: i64) -> Result<()> {
    let own = ctx.actor.agent_id.unwrap_or_default();
    let mates = swap::mates(&ctx.store, own).await?;
    let Some(found) = mates.into_iter().find(|(mate, _)| *mate == id) else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    draft.mate = Some(found);
    go(ctx, draft, Step::Return).await
}

async fn go(ctx: &Ctx, draft: SwapDraft, step: Step) -> Result<()> {
    let page = 0;
    let stage = Stage::Swap(Box::new(SwapDraft {
        step,
        page,
        ..draft
    }));
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage).await }))
        .await
        .map(drop)
}

/// Turns a page: the buttons stay good.
async fn stay(ctx: &Ctx, draft: SwapDraft) -> Result<()> {
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.stay(tx, Stage::Swap(Box::new(draft))).await }))
        .await
        .map(drop)
}

async fn propose(ctx: &Ctx, draft: SwapDraft) -> Result<()> {
    let Some((to_agent_id, name)) = draft.mate else {
        return ctx.explain(Reply::ButtonGone).await;
    };
    let new = NewSwap {
        shift_id: draft.shift_id,
        to_agent_id,
        other_shift_id: draft.other_shift_id,
        reason: None,
    };
    let inner = ctx.clone();
    ctx.attempt_ending(None, move |tx| {
        Box::pin(async move {
            swap::propose(tx, &inner.actor, new).await?;
            inner.end(tx, Reply::SwapSent { name }).await
        })
    })
    .await
    .map(drop)
}
