//! The way back. Which step leads to a step is told by the step alone: what was gathered stays, and what an older release
//! stored has a way back too.

use domain::Result;
use locales::Sentence;

use super::choice;
use crate::{
    ctx::Ctx,
    keyboards,
    screen::Screen,
    state::{Ask, FinishStep, Stage},
    view::View,
};

/// The choice that leads to the step before.
pub const BACK: &str = "back";

/// The step that leads to this one; none for the first of a dialogue.
pub fn before(stage: &Stage) -> Option<Stage> {
    match stage {
        Stage::Create(draft) | Stage::Assign(draft) => Some(draft.before()?.stage()),
        Stage::Leave(draft) => Some(Stage::Leave(Box::new(draft.before()?))),
        Stage::Swap(draft) => Some(Stage::Swap(Box::new(draft.before()?))),
        Stage::Broadcast(draft) => Some(Stage::Broadcast(Box::new(draft.before()?))),
        Stage::Away { .. } => Some(Stage::Reason {
            ask: Ask::Unavailable,
            task_id: None,
        }),
        Stage::Finish {
            task_id,
            step,
            reason,
            ..
        } => before_the_end(*task_id, *step, reason.as_deref()),
        Stage::Reassign {
            leave_id,
            task_id,
            off_shift,
            ..
        } => off_shift.map(|_| Stage::Reassign {
            leave_id: *leave_id,
            task_id: *task_id,
            page: 0,
            off_shift: None,
            unavailable: false,
        }),
        // A dialogue of one step, or none at all.
        _ => None,
    }
}

/// Whoever gave a reason can give another one.
fn before_the_end(task_id: i64, step: FinishStep, reason: Option<&str>) -> Option<Stage> {
    match step {
        FinishStep::Outcome => reason.map(|_| Stage::Reason {
            ask: Ask::ForceFinish,
            task_id: Some(task_id),
        }),
        FinishStep::Report | FinishStep::Started | FinishStep::Began | FinishStep::Sure => {
            Some(Stage::Finish {
                task_id,
                step: FinishStep::Outcome,
                reason: reason.map(str::to_owned),
                started_at: None,
            })
        }
    }
}

/// Asks the step before again. False when there is none.
pub async fn go(ctx: &Ctx) -> Result<bool> {
    let Some(stage) = before(&ctx.state.stage) else {
        return Ok(false);
    };
    let inner = ctx.clone();
    ctx.write(move |tx| Box::pin(async move { inner.go(tx, stage).await }))
        .await
        .map(|_| true)
}

/// The prompt of a step with the way back beside the way out.
pub fn offered(view: &View, serial: i64, screen: Screen) -> Screen {
    let back = choice(view, serial, &Sentence::ButtonBack, BACK);
    Screen {
        keyboard: keyboards::in_front(screen.keyboard, back),
        ..screen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogues::{
        broadcast::{self, BroadcastDraft},
        create::{Draft, Step},
        leave::{self, LeaveDraft},
        swap::{self, SwapDraft},
    };

    /// How many steps lead back to the first one.
    fn steps(mut stage: Stage) -> usize {
        let mut steps = 0;
        while let Some(earlier) = before(&stage) {
            stage = earlier;
            steps += 1;
            assert!(steps < 20, "the way back has no end: {stage:?}");
        }
        steps
    }

    fn create(step: Step, editing: bool) -> Stage {
        let title = Some("Una ronda".to_owned());
        Stage::Create(Box::new(Draft {
            step,
            editing,
            title,
            ..Draft::default()
        }))
    }

    #[test]
    fn every_step_of_a_new_task_leads_back_to_its_kind() {
        let way = [
            (Step::Kind, 0, 7),
            (Step::Title, 1, 7),
            (Step::Place, 2, 7),
            (Step::When, 3, 7),
            (Step::Date, 4, 8),
            (Step::People, 4, 7),
            (Step::Lead, 5, 8),
            (Step::OffShift, 5, 8),
            (Step::Preview, 5, 5),
            (Step::Field, 6, 6),
            (Step::Priority, 7, 7),
            (Step::Description, 7, 7),
        ];
        for (step, first, editing) in way {
            assert_eq!(steps(create(step, false)), first, "{step:?}");
            assert_eq!(steps(create(step, true)), editing, "{step:?}");
        }
    }

    #[test]
    fn what_was_gathered_stays() {
        let Some(Stage::Create(draft)) = before(&create(Step::When, false)) else {
            panic!("another dialogue");
        };
        assert_eq!(
            (draft.step, draft.title.as_deref()),
            (Step::Place, Some("Una ronda"))
        );
    }

    #[test]
    fn the_other_dialogues_lead_back_to_their_first_step() {
        let leave = |step| {
            Stage::Leave(Box::new(LeaveDraft {
                step,
                ..LeaveDraft::default()
            }))
        };
        assert_eq!(steps(leave(leave::Step::From)), 0);
        assert_eq!(steps(leave(leave::Step::Preview)), 4);
        let swap = |step| {
            Stage::Swap(Box::new(SwapDraft {
                step,
                ..SwapDraft::default()
            }))
        };
        assert_eq!(steps(swap(swap::Step::Preview)), 3);
        let sent = |step| {
            let mut draft = BroadcastDraft::default();
            draft.step = step;
            Stage::Broadcast(Box::new(draft))
        };
        assert_eq!(steps(sent(broadcast::Step::Audience)), 0);
        assert_eq!(steps(sent(broadcast::Step::Radius)), 2);
        assert_eq!(steps(sent(broadcast::Step::Word)), 3);
        assert_eq!(steps(sent(broadcast::Step::Answers)), 3);
        assert_eq!(steps(sent(broadcast::Step::Until)), 3);
        let reason = "Comida".into();
        assert_eq!(steps(Stage::Away { reason }), 1);
    }

    #[test]
    fn a_supervisor_can_give_another_reason_for_the_end() {
        let end = |reason: Option<&str>| Stage::Finish {
            task_id: 7,
            step: FinishStep::Report,
            reason: reason.map(str::to_owned),
            started_at: None,
        };
        assert_eq!(steps(end(None)), 1);
        assert_eq!(steps(end(Some("Sin señal"))), 2);
    }
}
