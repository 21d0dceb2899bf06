//! What the sender of a broadcast sees: who has answered, who is silent, and whom to call.

use domain::{
    Error, Result,
    broadcast::{self, Broadcast, BroadcastStatus, RecipientState, Silent},
    card::Subject,
    user,
};
use locales::Sentence;

use super::ending;
use crate::{
    ctx::Ctx,
    keyboards::{Button, Ending, Rows},
    screen::{Rendered, Screen},
    text,
    view::{View, headed, with},
};

/// The most people that are named in one message.
const NAMED: u64 = 20;

/// The live card of who has answered; nothing for whoever may not see it.
pub async fn card(view: &View, id: i64, ring: bool) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let broadcast = match broadcast::find(&view.store, reader, id).await {
        Ok(broadcast) => broadcast,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let silent = broadcast::silent(&view.store, id, None, NAMED).await?;
    let rows = match broadcast::is_open(broadcast.status) {
        true => Rows::default().row([
            end(view, &Sentence::ButtonBroadcastClose, Ending::Close, id),
            end(view, &Sentence::ButtonBroadcastCancel, Ending::Cancel, id),
        ]),
        false => Rows::default(),
    };
    Ok(Screen {
        subject: Some(Subject::RollCall(id)),
        ring,
        ..with(rows, headed(&lines(view, &broadcast, &silent)))
    }
    .into())
}

fn end(view: &View, label: &Sentence, how: Ending, id: i64) -> (String, Button) {
    (view.say(label), Button::BroadcastEnd { how, id })
}

fn lines(view: &View, broadcast: &Broadcast, silent: &[Silent]) -> Vec<String> {
    let counts = &broadcast.counts;
    let of = |state| counts.of(state).into();
    let mut lines = vec![view.say(&Sentence::BroadcastRollCall {
        people: counts.all().into(),
        text: text::cut(&broadcast.text, 60).into(),
    })];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(ending(view, broadcast).unwrap_or_else(|| {
        view.say(&match broadcast.status {
            BroadcastStatus::Acknowledged => Sentence::BroadcastRollEnough,
            _ => Sentence::BroadcastRollActive,
        })
    }));
    lines.push(view.say(&Sentence::BroadcastRollAnswers {
        acknowledged: of(RecipientState::Acknowledged),
        coming: of(RecipientState::OnTheWay),
        help: of(RecipientState::NeedsHelp),
        declined: of(RecipientState::Declined),
    }));
    lines.push(view.say(&Sentence::BroadcastRollDeliveries {
        queued: of(RecipientState::Queued),
        sent: of(RecipientState::Sent),
        unreachable: of(RecipientState::Unreachable),
        escalated: counts.escalated.into(),
    }));
    if !silent.is_empty() {
        lines.push(view.say(&Sentence::BroadcastRollSilent));
        lines.extend(silent.iter().map(|one| named(view, one, false)));
    }
    lines
}

fn named(view: &View, one: &Silent, phones: bool) -> String {
    let state = view.say(&match one.state {
        RecipientState::Queued => Sentence::BroadcastQueuedWord,
        RecipientState::Unreachable => Sentence::BroadcastUnreachableWord,
        _ => Sentence::BroadcastSentWord,
    });
    let name = one.name.clone().into();
    view.say(&match one.phone.clone().filter(|_| phones) {
        Some(phone) => Sentence::BroadcastSilentPhone {
            name,
            state: state.into(),
            phone: phone.into(),
        },
        None => Sentence::BroadcastSilentOne {
            name,
            state: state.into(),
        },
    })
}

/// Somebody needs help; for whoever sent it.
pub async fn help(view: &View, id: i64, user_id: i64) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let note = broadcast::note_of(&view.store, id, user_id).await?;
    let sentence = Sentence::BroadcastHelp {
        name: name(view, user_id).await?.into(),
        text: about(&broadcast),
    };
    let mut lines = vec![view.say(&sentence)];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(note);
    Ok(headed(&lines).into())
}

/// What somebody wrote beside his answer; for whoever sent it.
pub async fn said(view: &View, id: i64, user_id: i64) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let Some(note) = broadcast::note_of(&view.store, id, user_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let sentence = Sentence::BroadcastSaid {
        name: name(view, user_id).await?.into(),
        note: note.into(),
        text: about(&broadcast),
    };
    let mut lines = vec![view.say(&sentence)];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}

async fn name(view: &View, user_id: i64) -> Result<String> {
    let system = domain::Actor::system(domain::actor::Channel::Bot);
    Ok(user::find(&view.store, &system, user_id).await?.name)
}

fn about(broadcast: &Broadcast) -> locales::Arg {
    text::cut(&broadcast.text, 60).into()
}

/// Who has not answered: all of them for the sender, those of his units for a supervisor; nothing once all have.
pub async fn silent(view: &View, id: i64, phones: bool) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let broadcast = broadcast::show(&view.store, id).await?;
    let own = broadcast.created_by == reader.user_id;
    let units = (!own).then_some(&reader.unit_ids[..]);
    let silent = broadcast::silent(&view.store, id, units, NAMED).await?;
    if silent.is_empty() || broadcast.status == BroadcastStatus::Cancelled {
        return Ok(Rendered::Nothing);
    }
    let mut lines = vec![view.say(&Sentence::BroadcastSilent {
        count: silent.len().into(),
        text: text::cut(&broadcast.text, 60).into(),
    })];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(silent.iter().map(|one| named(view, one, phones)));
    Ok(headed(&lines).into())
}

/// A press that ends it.
pub async fn pressed(ctx: &Ctx, how: Ending, id: i64) -> Result<()> {
    let actor = ctx.actor.clone();
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            match how {
                Ending::Close => broadcast::close(tx, &actor, id, None).await,
                Ending::Cancel => broadcast::cancel(tx, &actor, id).await,
            }
        })
    })
    .await
    .map(drop)
}
