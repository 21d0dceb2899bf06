//! A broadcast in the chat of somebody it was sent to, and the answers to it.

use domain::{
    Result,
    broadcast::{
        self, Anew, Broadcast, BroadcastStatus, Mine, Missed, PostState, Preview, RecipientState,
        Reply as Said, Wave,
    },
    card::Subject,
};
use locales::Sentence;

use crate::{
    ctx::Ctx,
    keyboards::{Button, Rows},
    screen::{Media, Pin, Rendered, Screen},
    view::{View, headed, with},
};

pub mod end;
pub mod files;
pub mod needing;
pub mod roll_call;
pub mod spoken;
pub mod told;

/// What the buttons say, in their order.
const ANSWERS: [Said; 4] = [
    Said::Acknowledged,
    Said::OnTheWay,
    Said::NeedsHelp,
    Said::Declined,
];

pub fn label(said: Said) -> Sentence {
    match said {
        Said::Acknowledged => Sentence::ButtonAcknowledge,
        Said::OnTheWay => Sentence::ButtonEnRoute,
        Said::NeedsHelp => Sentence::ButtonNeedHelp,
        Said::Declined => Sentence::ButtonDecline,
    }
}

fn word(state: RecipientState) -> Option<Sentence> {
    Some(match state {
        RecipientState::Acknowledged => Sentence::ButtonAcknowledge,
        RecipientState::OnTheWay => Sentence::ButtonEnRoute,
        RecipientState::NeedsHelp => Sentence::ButtonNeedHelp,
        RecipientState::Declined => Sentence::ButtonDecline,
        RecipientState::Queued | RecipientState::Sent | RecipientState::Unreachable => return None,
    })
}

/// How it ended, if it did.
fn ending(view: &View, broadcast: &Broadcast) -> Option<String> {
    let sentence = match broadcast.status {
        BroadcastStatus::Draft | BroadcastStatus::Active | BroadcastStatus::Acknowledged => {
            return None;
        }
        BroadcastStatus::Cancelled => Sentence::BroadcastCancelled,
        BroadcastStatus::Expired => Sentence::BroadcastExpired,
        BroadcastStatus::Closed => Sentence::BroadcastClosed {
            text: broadcast.closing.clone().unwrap_or_default().into(),
        },
    };
    Some(view.say(&sentence).replace("  ", " "))
}

/// The message for its reader; nothing when it was called off before it left.
pub async fn card(view: &View, id: i64, ring: bool) -> Result<Rendered> {
    let Some(user_id) = view.reader.as_ref().and_then(|reader| reader.user_id) else {
        return Ok(Rendered::Nothing);
    };
    let Some(mine) = broadcast::mine(&view.store, user_id, id).await? else {
        return Ok(Rendered::Nothing);
    };
    let Mine {
        broadcast,
        state,
        anew,
    } = mine;
    let open = broadcast::is_open(broadcast.status);
    let answered = word(state);
    if !open && (ring || state == RecipientState::Queued) || ring && answered.is_some() {
        return Ok(Rendered::Nothing);
    }
    let mut lines = Vec::new();
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(format!("📣 {}", broadcast.text));
    lines.extend(ending(view, &broadcast));
    // Once enough have answered nobody is asked.
    let asks = broadcast.status == BroadcastStatus::Active;
    lines.extend(anew.filter(|_| asks).map(|anew| asked_anew(view, anew)));
    lines.extend(match &answered {
        Some(word) => Some(view.say(&Sentence::BroadcastYou {
            answer: view.say(word).into(),
        })),
        None => open.then(|| view.say(&Sentence::BroadcastAsk)),
    });
    Ok(Screen {
        subject: Some(Subject::Broadcast(id)),
        ring,
        location: broadcast.place.filter(|_| ring).map(Pin::of),
        ..with(answer_buttons(view, id, open), headed(&lines))
    }
    .into())
}

/// Why somebody who has answered is asked again.
fn asked_anew(view: &View, anew: Anew) -> String {
    view.say(&Sentence::BroadcastAnew {
        asked: view.clock(anew.asked_at).into(),
        answered: view.clock(anew.answered_at).into(),
    })
}

/// An earlier message of it: the newest one has the buttons, and says how it ends.
pub async fn earlier(view: &View, id: i64, message_id: i64) -> Result<Rendered> {
    if view.reader.is_none() {
        return Ok(Rendered::Nothing);
    }
    let broadcast = broadcast::show(&view.store, id).await?;
    let mut lines = Vec::new();
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(format!("📣 {}", broadcast.text));
    lines.push(ending(view, &broadcast).unwrap_or_else(|| view.say(&Sentence::BroadcastRepeated)));
    Ok(Screen {
        edits: Some(message_id),
        ..headed(&lines)
    }
    .into())
}

/// The message for a group: nobody is named, and whoever presses answers for himself.
pub async fn post(view: &View, id: i64, post_id: i64) -> Result<Rendered> {
    let Some((broadcast, post)) = broadcast::post(&view.store, id, post_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let open = broadcast::is_open(broadcast.status);
    let fresh = post.state == PostState::Queued;
    if !open && fresh {
        return Ok(Rendered::Nothing);
    }
    let mut lines = Vec::new();
    lines.extend(broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(format!("📣 {}", broadcast.text));
    lines.extend(ending(view, &broadcast));
    lines.extend(open.then(|| view.say(&Sentence::GroupAnswer)));
    Ok(Screen {
        subject: Some(Subject::Post(post_id)),
        thread: post.thread_id,
        ..with(answer_buttons(view, id, open), headed(&lines))
    }
    .into())
}

/// The place behind a message for a group; nothing once it is over.
pub async fn pin(view: &View, id: i64, post_id: i64) -> Result<Rendered> {
    let Some((broadcast, post)) = broadcast::post(&view.store, id, post_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let open = broadcast::is_open(broadcast.status);
    let Some(place) = broadcast.place.filter(|_| open) else {
        return Ok(Rendered::Nothing);
    };
    Ok(Screen {
        thread: post.thread_id,
        location: Some(Pin::of(place)),
        ..Screen::default()
    }
    .into())
}

/// The most groups that a preview names.
const GROUPS: usize = 5;

/// How many people it reaches, and how many not: without Telegram, or beyond its reach.
pub fn reaches(view: &View, seen: &Preview) -> String {
    let (missed, blocked): (Vec<&Missed>, Vec<&Missed>) = seen
        .unreachable
        .iter()
        .partition(|one| one.why == "not_linked");
    let reaches = view.say(&Sentence::BroadcastReaches {
        people: seen.recipients.into(),
        missed: missed.len().into(),
    });
    if blocked.is_empty() {
        return reaches;
    }
    let blocked = Sentence::BroadcastReachesBlocked {
        count: blocked.len().into(),
        total: (seen.recipients + blocked.len()).into(),
    };
    format!("{reaches} {}", view.say(&blocked))
}

/// That calls for help go on, and that a drill spares whoever raised one; nothing when none does.
pub fn open_calls(view: &View, seen: &Preview, drill: bool) -> Option<String> {
    let count = seen.open_calls.into();
    let sentence = match drill {
        true => Sentence::DrillOpenCalls { count },
        false => Sentence::BroadcastOpenCalls { count },
    };
    (seen.open_calls > 0).then(|| view.say(&sentence))
}

/// Which groups hear it first, and which may not.
pub fn first_wave(view: &View, groups: &[Wave]) -> Vec<String> {
    let titles = |some: &[&Wave]| {
        let named: Vec<&str> = some
            .iter()
            .take(GROUPS)
            .map(|one| one.title.as_str())
            .collect();
        let more = if some.len() > GROUPS { "…" } else { "" };
        format!("{}{more}", named.join(", "))
    };
    let all: Vec<&Wave> = groups.iter().collect();
    let failing: Vec<&Wave> = groups.iter().filter(|one| one.trouble.is_some()).collect();
    let first = (!all.is_empty()).then(|| Sentence::BroadcastGroups {
        count: all.len().into(),
        titles: titles(&all).into(),
    });
    let trouble = (!failing.is_empty()).then(|| Sentence::BroadcastGroupsTrouble {
        titles: titles(&failing).into(),
    });
    let lines = first.into_iter().chain(trouble);
    lines.map(|sentence| view.say(&sentence)).collect()
}

fn answer_buttons(view: &View, id: i64, open: bool) -> Rows {
    let button = |said: &Said| {
        let label = view.say(&label(*said));
        (label, Button::Broadcast { said: *said, id })
    };
    match open {
        true => Rows::default().pairs(&ANSWERS.iter().map(button).collect::<Vec<_>>()),
        false => Rows::default(),
    }
}

/// The file that goes with it; nothing once it is over.
pub async fn file(view: &View, id: i64) -> Result<Rendered> {
    let broadcast = broadcast::show(&view.store, id).await?;
    let Some(media) = broadcast
        .media
        .filter(|_| broadcast::is_open(broadcast.status))
    else {
        return Ok(Rendered::Nothing);
    };
    let drill = broadcast.drill.then(|| view.say(&Sentence::TaskCardDrill));
    Ok(Screen {
        text: drill.unwrap_or_default(),
        media: Some(Media::of(media)),
        ..Screen::default()
    }
    .into())
}

/// An answer by button, in words or by reply; whoever needs help is asked what.
pub async fn answer(ctx: &Ctx, id: i64, said: Said) -> Result<()> {
    let actor = ctx.actor.clone();
    let done = ctx
        .attempt(None, move |tx| {
            Box::pin(async move {
                let fresh = broadcast::answer(tx, &actor, id, said, None).await?;
                match fresh && said == Said::NeedsHelp {
                    true => told::ask_what(tx, &actor, id).await,
                    false => Ok(()),
                }
            })
        })
        .await?;
    if done.is_some() {
        ctx.toast(&label(said));
    }
    Ok(())
}
