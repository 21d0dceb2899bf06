//! What the sender of a broadcast sees: who has answered, who is silent, and whom to call.

use domain::{
    Actor, Error, Result,
    broadcast::{self, AckMode, Broadcast, BroadcastStatus, RecipientState, Silent, Unheard},
    card::Subject,
    user,
};
use locales::Sentence;

use super::{ending, needing};
use crate::{
    keyboards::{Button, Ending, Rows},
    screen::{Rendered, Screen},
    text,
    view::{View, headed, plain, with},
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
    if broadcast.status == BroadcastStatus::Draft {
        return draft(view, reader, &broadcast, ring).await;
    }
    let silent = unheard(view, reader, &broadcast, 0).await?;
    let needs = needing::names(view, reader, &broadcast).await?;
    let calling = needing::calling(view, reader, &broadcast).await?;
    let needs = needs.into_iter().chain(calling).collect();
    let rows = match broadcast::is_open(broadcast.status) {
        true => Rows::default().row([
            end(view, &Sentence::ButtonBroadcastClose, Ending::Close, id),
            end(view, &Sentence::ButtonBroadcastCancel, Ending::Cancel, id),
        ]),
        false => Rows::default(),
    };
    let rows = rows.row(more(view, &silent, id, 0));
    Ok(Screen {
        subject: Some(Subject::RollCall(id)),
        ring,
        ..with(rows, headed(&lines(view, &broadcast, &silent, needs)))
    }
    .into())
}

/// What waits for somebody who confirms it: what it says, who put it in, and whom it would reach now.
async fn draft(view: &View, reader: &Actor, broadcast: &Broadcast, ring: bool) -> Result<Rendered> {
    let mut lines = vec![view.say(&Sentence::BroadcastDraft {
        text: broadcast.text.clone().into(),
    })];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(view.say(&put_in_by(view, broadcast).await?));
    let may = broadcast::may_send(reader).is_ok();
    if may {
        let seen = broadcast::preview(&view.store, reader, &broadcast.audience, None).await?;
        let seen = seen.practised(broadcast.drill);
        lines.push(super::reaches(view, &seen));
        lines.extend(super::open_calls(view, &seen, broadcast.drill));
        lines.extend(super::first_wave(view, &seen.groups));
    }
    let own = broadcast.created_by == reader.user_id;
    let confirm = end(
        view,
        &Sentence::ButtonConfirm,
        Ending::Confirm,
        broadcast.id,
    );
    let cancel = end(
        view,
        &Sentence::ButtonBroadcastCancel,
        Ending::Cancel,
        broadcast.id,
    );
    let confirm = (may && !own).then_some(confirm);
    let rows = Rows::default().row(confirm.into_iter().chain(may.then_some(cancel)));
    Ok(Screen {
        subject: Some(Subject::RollCall(broadcast.id)),
        ring,
        ..with(rows, headed(&lines))
    }
    .into())
}

async fn put_in_by(view: &View, broadcast: &Broadcast) -> Result<Sentence> {
    if let Some(source) = &broadcast.source {
        let sender = source.split(',').next().unwrap_or_default();
        return Ok(Sentence::BroadcastDraftFrom {
            sender: text::cut(sender, 60).into(),
        });
    }
    let name = match broadcast.created_by {
        Some(id) => name(view, id).await?,
        None => "GAD".into(),
    };
    Ok(Sentence::BroadcastDraftSecond { name: name.into() })
}

async fn unheard(view: &View, reader: &Actor, broadcast: &Broadcast, page: u32) -> Result<Unheard> {
    match broadcast::silent(&view.store, reader, broadcast, (page, NAMED)).await {
        Err(Error::Refused(_)) => Ok(Unheard::default()),
        found => found,
    }
}

/// The button to those who are not named here.
fn more(view: &View, silent: &Unheard, id: i64, page: u32) -> Option<(String, Button)> {
    let count = silent.more();
    let label = Sentence::ButtonBroadcastMore {
        count: count.into(),
    };
    let page = page.saturating_add(1);
    (count > 0).then(|| (view.say(&label), Button::Silent { id, page }))
}

fn end(view: &View, label: &Sentence, how: Ending, id: i64) -> (String, Button) {
    (view.say(label), Button::BroadcastEnd { how, id })
}

fn lines(view: &View, broadcast: &Broadcast, silent: &Unheard, needs: Vec<String>) -> Vec<String> {
    let counts = &broadcast.counts;
    let of = |state| counts.of(state).into();
    let mut lines = vec![view.say(&Sentence::BroadcastRollCall {
        people: counts.all().into(),
        text: text::cut(&broadcast.text, 60).into(),
    })];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(ending(view, broadcast).unwrap_or_else(|| view.say(&standing(broadcast))));
    lines.push(view.say(&Sentence::BroadcastRollAnswers {
        acknowledged: of(RecipientState::Acknowledged),
        coming: of(RecipientState::OnTheWay),
        help: of(RecipientState::NeedsHelp),
        declined: of(RecipientState::Declined),
    }));
    lines.extend(needs);
    lines.push(view.say(&Sentence::BroadcastRollDeliveries {
        queued: of(RecipientState::Queued),
        sent: of(RecipientState::Sent),
        unreachable: of(RecipientState::Unreachable),
    }));
    lines.extend((counts.anew > 0).then(|| {
        view.say(&Sentence::BroadcastRollAnew {
            count: counts.anew.into(),
        })
    }));
    lines.extend((counts.escalated > 0).then(|| {
        view.say(&Sentence::BroadcastRollEscalated {
            count: counts.escalated.into(),
        })
    }));
    if silent.total > 0 {
        lines.push(view.say(&Sentence::BroadcastRollSilent));
        lines.extend(names(view, silent, false));
    }
    lines
}

/// Whose answers are waited for, and that those who only have it do not end that for good.
fn standing(broadcast: &Broadcast) -> Sentence {
    match broadcast.status {
        BroadcastStatus::Acknowledged if broadcast.is_under_way() => Sentence::BroadcastRollEnough,
        BroadcastStatus::Acknowledged => Sentence::BroadcastRollHeld,
        _ => Sentence::BroadcastRollActive,
    }
}

/// Those of this page, and how many there are beside them.
fn names(view: &View, silent: &Unheard, phones: bool) -> Vec<String> {
    let people = silent.people.iter();
    let mut lines: Vec<String> = people.map(|one| named(view, one, phones)).collect();
    let more = silent.more();
    lines.extend(
        (more > 0).then(|| view.say(&Sentence::BroadcastSilentMore { count: more.into() })),
    );
    lines
}

fn named(view: &View, one: &Silent, phones: bool) -> String {
    let state = view.say(&match (one.state, one.anew()) {
        (_, Some(anew)) => Sentence::BroadcastAnewWord {
            asked: view.clock(anew.asked_at).into(),
            answered: view.clock(anew.answered_at).into(),
        },
        (RecipientState::Queued, None) => Sentence::BroadcastQueuedWord,
        (RecipientState::Unreachable, None) => Sentence::BroadcastUnreachableWord,
        (_, None) => Sentence::BroadcastSentWord,
    });
    let state = match one.escalated_at {
        Some(_) => view.say(&Sentence::BroadcastEscalatedWord {
            state: state.into(),
        }),
        None => state,
    };
    let (name, state) = (one.name.clone().into(), state.into());
    view.say(&match (phones, one.phone.clone()) {
        (true, Some(phone)) => Sentence::BroadcastSilentPhone {
            name,
            state,
            phone: phone.into(),
        },
        (true, None) => Sentence::BroadcastSilentNoPhone { name, state },
        (false, _) => Sentence::BroadcastSilentOne { name, state },
    })
}

/// Somebody needs help, with what he wrote beside this answer and where he was last; for whoever sent it. What he writes after he
/// asked for it need not ask for it again: it stands as what he said since.
pub async fn help(view: &View, id: i64, user_id: i64, answer_id: Option<i64>) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let note = broadcast::note_of(&view.store, id, user_id, answer_id).await?;
    let asked_at = broadcast::asked_for_help_at(&view.store, id, user_id, answer_id).await?;
    let name = name(view, user_id).await?.into();
    let (sentence, note) = match (asked_at, note) {
        (Some(at), Some(note)) => {
            let said = Sentence::BroadcastHelpSaid {
                name,
                time: view.clock(at).into(),
                note: note.into(),
                text: about(&broadcast),
            };
            (said, None)
        }
        (_, note) => {
            let text = about(&broadcast);
            (Sentence::BroadcastHelp { name, text }, note)
        }
    };
    let mut lines = vec![view.say(&sentence)];
    let part = broadcast::is_answer_practised(&view.store, &broadcast, answer_id).await?;
    lines.extend(view.practised(broadcast.drill, part));
    lines.extend(note);
    lines.extend(needing::last_place(view, user_id).await?);
    Ok(headed(&lines).into())
}

/// What somebody wrote beside this answer; for whoever sent it.
pub async fn said(view: &View, id: i64, user_id: i64, answer_id: Option<i64>) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let Some(note) = broadcast::note_of(&view.store, id, user_id, answer_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let sentence = Sentence::BroadcastSaid {
        name: name(view, user_id).await?.into(),
        note: note.into(),
        text: about(&broadcast),
    };
    let mut lines = vec![view.say(&sentence)];
    let part = broadcast::is_answer_practised(&view.store, &broadcast, answer_id).await?;
    lines.extend(view.practised(broadcast.drill, part));
    Ok(headed(&lines).into())
}

pub(super) async fn name(view: &View, user_id: i64) -> Result<String> {
    let system = Actor::system(domain::actor::Channel::Bot);
    Ok(user::find(&view.store, &system, user_id).await?.name)
}

pub(super) fn about(broadcast: &Broadcast) -> locales::Arg {
    text::cut(&broadcast.text, 60).into()
}

/// Somebody took back what he had said, and too few are left; nothing where enough have answered since.
pub async fn short(view: &View, id: i64, user_id: i64) -> Result<Rendered> {
    let system = Actor::system(domain::actor::Channel::Bot);
    let broadcast = broadcast::find(&view.store, &system, id).await?;
    let wanted = match broadcast.ack {
        AckMode::Quorum(wanted) => wanted,
        AckMode::First | AckMode::All => 1,
    };
    if broadcast.status != BroadcastStatus::Active {
        return Ok(Rendered::Nothing);
    }
    let counts = &broadcast.counts;
    let left = counts.of(RecipientState::Acknowledged) + counts.of(RecipientState::OnTheWay);
    let sentence = Sentence::BroadcastShort {
        name: name(view, user_id).await?.into(),
        count: left.into(),
        wanted: wanted.into(),
        text: about(&broadcast),
    };
    let mut lines = vec![view.say(&sentence)];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}

/// Who has not answered, and whom to call: all of them for the sender and for admins, those of his units for a supervisor; nothing
/// once all have.
pub async fn silent(view: &View, id: i64) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let broadcast = broadcast::show(&view.store, id).await?;
    let silent = unheard(view, reader, &broadcast, 0).await?;
    if silent.total == 0 || broadcast.status == BroadcastStatus::Cancelled {
        return Ok(Rendered::Nothing);
    }
    Ok(called(view, &broadcast, &silent, 0).into())
}

/// A further page of those who have not answered, with their phones.
pub async fn page(view: &View, id: i64, page: u32) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(plain(view.say(&Sentence::RefusalNotAllowed)));
    };
    let found = match broadcast::show(&view.store, id).await {
        Ok(broadcast) => broadcast::silent(&view.store, reader, &broadcast, (page, NAMED))
            .await
            .map(|silent| called(view, &broadcast, &silent, page)),
        Err(error) => Err(error),
    };
    match found {
        Err(Error::Refused(_)) => Ok(plain(view.say(&Sentence::RefusalNotAllowed))),
        found => found,
    }
}

fn called(view: &View, broadcast: &Broadcast, silent: &Unheard, page: u32) -> Screen {
    let mut lines = vec![view.say(&Sentence::BroadcastSilent {
        count: silent.total.into(),
        text: text::cut(&broadcast.text, 60).into(),
    })];
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let phones = silent.people.len() < 2 || silent.people.iter().any(|one| one.phone.is_some());
    lines.extend((!phones).then(|| view.say(&Sentence::BroadcastSilentNoPhones)));
    lines.extend(names(view, silent, phones));
    let rows = Rows::default().row(more(view, silent, broadcast.id, page));
    with(rows, headed(&lines))
}
