//! The card of an exchange of shifts: for both, and for those who decide.

use domain::{
    Actor, Error, Result,
    card::Subject,
    swap::{self, Swap, SwapStatus},
};
use locales::Sentence;

use super::shifts::when;
use crate::{
    keyboards::{Button, DutyVerb, Rows},
    screen::{Rendered, Screen},
    view::{View, headed, with},
};

/// The card for its reader; nothing for whom it does not concern.
pub async fn card(view: &View, swap_id: i64, ring: bool) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let swap = match swap::find(&view.store, reader, swap_id).await {
        Ok(swap) => swap,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let screen = with(buttons(view, reader, &swap), headed(&lines(view, &swap)));
    Ok(Screen {
        subject: Some(Subject::Swap(swap_id)),
        ring,
        ..screen
    }
    .into())
}

fn lines(view: &View, swap: &Swap) -> Vec<String> {
    let (from, to) = (swap.from.clone().into(), swap.to.clone().into());
    let mut lines = match &swap.shift {
        Some(shift) => {
            let given = when(shift).into();
            vec![view.say(&Sentence::SwapCard { from, to, given })]
        }
        None => vec![
            view.say(&Sentence::SwapCardWithout { from, to }),
            view.say(&Sentence::SwapCardGone),
        ],
    };
    lines.extend(swap.other_shift.as_ref().map(|other| {
        view.say(&Sentence::SwapCardReturn {
            taken: when(other).into(),
        })
    }));
    lines.push(view.say(&status(swap)));
    lines
}

fn status(swap: &Swap) -> Sentence {
    let to = swap.to.clone().into();
    match swap.status {
        SwapStatus::Proposed => Sentence::SwapStatusProposed { to },
        SwapStatus::Accepted => Sentence::SwapStatusAccepted { to },
        SwapStatus::Approved => Sentence::SwapStatusApproved,
        SwapStatus::Declined => Sentence::SwapStatusDeclined { to },
        SwapStatus::Rejected => Sentence::SwapStatusRejected,
        SwapStatus::Cancelled => match &swap.removed {
            Some(name) => Sentence::SwapStatusRemoved {
                name: name.clone().into(),
            },
            None => Sentence::SwapStatusCancelled,
        },
    }
}

fn buttons(view: &View, reader: &Actor, swap: &Swap) -> Rows {
    let button = |label: &Sentence, verb| {
        let id = swap.id;
        (view.say(label), Button::Duty { verb, id })
    };
    let open = matches!(swap.status, SwapStatus::Proposed | SwapStatus::Accepted);
    let (from, to) = (
        reader.agent_id == Some(swap.from_agent_id),
        reader.agent_id == Some(swap.to_agent_id),
    );
    let rows = Rows::default();
    match swap.status {
        SwapStatus::Proposed if to => rows.row([
            button(&Sentence::ButtonSwapAccept, DutyVerb::AcceptSwap),
            button(&Sentence::ButtonDecline, DutyVerb::DeclineSwap),
        ]),
        SwapStatus::Accepted if reader.may_command() && !from && !to => rows.row([
            button(&Sentence::ButtonApprove, DutyVerb::ApproveSwap),
            button(&Sentence::ButtonReject, DutyVerb::RejectSwap),
        ]),
        _ if from && open => rows.row([button(&Sentence::ButtonSwapCancel, DutyVerb::CancelSwap)]),
        _ => rows,
    }
}
