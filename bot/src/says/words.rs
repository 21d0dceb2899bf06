//! A bare word, or a reply to a message, that answers what somebody was asked.

use domain::{
    Result,
    assignment::{self, Answer},
    broadcast::{self, Reply as Said, Standing},
    emergency,
    task::list,
};
use locales::{Lang, Sentence};
use teloxide::types::Message;

use super::{
    about::{self, Help},
    waiting::{self, Waiting, What},
};
use crate::{
    broadcasts::{self, told},
    check_ins,
    content::Content,
    ctx::Ctx,
    presses,
    reply::Reply,
    sos,
    state::Ask,
};

/// What a word by itself answers.
pub fn heard(text: &str) -> Option<Said> {
    [
        (Sentence::WordGoing, Said::OnTheWay),
        (Sentence::WordAnswer, Said::Acknowledged),
        (Sentence::WordCannot, Said::Declined),
    ]
    .into_iter()
    .find_map(|(word, said)| locales::matches(&word, text).then_some(said))
}

/// "Ayuda" by itself that was typed: the button of the menu has a sign before it.
pub fn is_cry(text: &str) -> bool {
    let button = Sentence::ButtonMenuHelp;
    let tapped = Lang::ALL.into_iter().any(|lang| button.to(lang) == text);
    !tapped && locales::matches(&button, text)
}

/// "Recibido", "voy" or "no puedo" in words answers the newest offer, or a call for help that goes before. False when there is none,
/// or he cannot because he needs help himself.
pub async fn answer_newest(ctx: &Ctx, said: Said) -> Result<bool> {
    if said == Said::Declined && emergency::open_of(&ctx.store, &ctx.actor).await?.is_some() {
        return Ok(false);
    }
    let mut waits = waits(ctx).await?;
    let newest = waits.iter().map(|one| one.at).max();
    if said == Said::Acknowledged && check_ins::acknowledged(ctx, newest).await? {
        return Ok(true);
    }
    if let Some(agent_id) = ctx.actor.agent_id {
        waits.extend(answered(ctx, agent_id).await?);
        if said == Said::Declined {
            waits.extend(waiting::accepted(&super::open(ctx).await?, agent_id));
        }
    }
    match answer_one(ctx, &waits, said).await? {
        true => Ok(true),
        false => gets_going(ctx, said).await,
    }
}

/// Answers what the word is meant for, or asks which of several. False when it is an answer to none.
pub async fn answer_one(ctx: &Ctx, waits: &[Waiting], said: Said) -> Result<bool> {
    match waiting::chosen(waits, said)[..] {
        [] => return Ok(false),
        [What::Call(id)] => sos::answers(ctx, id, said).await?,
        [What::Broadcast(id)] => broadcasts::answer(ctx, id, said).await?,
        [What::Card(id)] => answer_card(ctx, id, said, Answer::Acknowledge).await?,
        [What::Sent(id)] if said == Said::OnTheWay => {
            answer_card(ctx, id, said, Answer::EnRoute).await?;
        }
        [What::Sent(id)] => answer_card(ctx, id, said, Answer::Acknowledge).await?,
        ref several => ctx.reply(which(several, said)).await?,
    }
    Ok(true)
}

fn which(several: &[What], said: Said) -> Reply {
    let (mut calls, mut tasks, mut broadcast) = (Vec::new(), Vec::new(), None);
    for what in several {
        match *what {
            What::Call(id) => calls.push(id),
            What::Sent(id) | What::Card(id) => tasks.push(id),
            What::Broadcast(id) => broadcast = Some(id),
        }
    }
    Reply::SosWhich {
        going: said != Said::Declined,
        calls,
        tasks,
        broadcast,
    }
}

/// What waits for his answer; of what rang at once the last here counts as the newest.
async fn waits(ctx: &Ctx) -> Result<Vec<Waiting>> {
    let mut waits = Vec::new();
    if let Some(agent_id) = ctx.actor.agent_id {
        let tasks = list::open_of(&ctx.store, &ctx.actor, agent_id).await?;
        waits.extend(waiting::cards(&tasks, agent_id));
        let asked = emergency::asked_of(&ctx.store, agent_id).await?;
        waits.extend(asked.into_iter().map(Waiting::call));
    }
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let sent = broadcast::waiting_of(&ctx.store, user_id).await?;
    waits.extend(sent.map(Waiting::broadcast));
    Ok(waits)
}

/// "Voy para allá" or "no puedo, estoy lejos" of somebody whom calls for help wait for is about those: with one, the words go to its
/// people; whether he comes is his to tap. False when none waits, or the words say nothing of coming.
pub async fn speaks_of_coming(ctx: &Ctx, text: &str) -> Result<bool> {
    let Some(said) = spoken(text) else {
        return Ok(false);
    };
    let (Some(agent_id), false) = (ctx.actor.agent_id, has_called(ctx).await?) else {
        return Ok(false);
    };
    let asked = emergency::asked_of(&ctx.store, agent_id).await?;
    let calls: Vec<i64> = asked.iter().map(|one| one.id).collect();
    let named = emergency::named(&ctx.store, &calls, &[]).await?;
    let which = which_of(calls, said);
    match &named[..] {
        [] => return Ok(false),
        [one] => {
            let content = Content::Text(text.to_owned());
            sos::says_and_is_asked(ctx, one.task_id, content, which).await?;
        }
        _ => ctx.reply(which).await?,
    }
    Ok(true)
}

/// What these words say among others of coming.
pub fn spoken(text: &str) -> Option<Said> {
    if locales::within(&Sentence::WordCannot, text) {
        return Some(Said::Declined);
    }
    locales::within(&Sentence::WordGoing, text).then_some(Said::OnTheWay)
}

/// The question to which of these calls he comes, or cannot.
pub fn which_of(calls: Vec<i64>, said: Said) -> Reply {
    Reply::SosWhich {
        going: said != Said::Declined,
        calls,
        tasks: Vec::new(),
        broadcast: None,
    }
}

async fn has_called(ctx: &Ctx) -> Result<bool> {
    Ok(emergency::open_of(&ctx.store, &ctx.actor).await?.is_some())
}

/// The calls for help that a word can answer even in the middle of something else.
pub async fn calls(ctx: &Ctx, agent_id: i64) -> Result<Vec<Waiting>> {
    let asked = emergency::asked_of(&ctx.store, agent_id).await?;
    let held = emergency::held_by(&ctx.store, agent_id).await?;
    let asked = asked.into_iter().map(Waiting::call);
    Ok(asked.chain(held.into_iter().map(Waiting::held)).collect())
}

/// The calls for help that he has answered, and may answer anew.
async fn answered(ctx: &Ctx, agent_id: i64) -> Result<Vec<Waiting>> {
    let held = emergency::held_by(&ctx.store, agent_id).await?;
    let refused = emergency::refused_by(&ctx.store, agent_id).await?;
    let held = held.into_iter().map(Waiting::held);
    Ok(held
        .chain(refused.into_iter().map(Waiting::refused))
        .collect())
}

/// He has the task, or is asked why he cannot.
async fn answer_card(ctx: &Ctx, id: i64, said: Said, answer: Answer) -> Result<()> {
    if said == Said::Declined {
        return presses::ask(ctx, Ask::Decline, id).await;
    }
    let inner = ctx.clone();
    ctx.attempt(Some(id), move |tx| {
        Box::pin(async move {
            assignment::answer(tx, &inner.actor, id, answer).await?;
            presses::ring(tx, &inner, id).await
        })
    })
    .await
    .map(drop)
}

/// A reply to what somebody said about a broadcast is for him. One to its own message answers it, whatever became of its
/// buttons; whatever else he sends stands beside the answer he gave before. False when it is none, or is over, wants no report,
/// and these words are no answer.
pub async fn replied(ctx: &Ctx, message: &Message, content: &Content) -> Result<bool> {
    let text = match content {
        Content::Text(text) => text.as_str(),
        _ => "",
    };
    let Some(to) = message.reply_to_message() else {
        return Ok(false);
    };
    let quoted = to.id.0.into();
    if let Some(cry) = broadcast::cry_in(&ctx.store, &ctx.actor, ctx.chat_id, quoted).await? {
        broadcasts::spoken::passes(ctx, cry, content).await?;
        return Ok(true);
    }
    let shown = broadcast::shown_by(&ctx.store, ctx.chat_id, quoted).await?;
    let Some(id) = shown else {
        return Ok(false);
    };
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let standing = broadcast::standing(&ctx.store, id, user_id).await?;
    let buttons = [
        (Sentence::ButtonNeedHelp, Said::NeedsHelp),
        (Sentence::ButtonDecline, Said::Declined),
        (Sentence::ButtonEnRoute, Said::OnTheWay),
    ];
    let button = buttons
        .iter()
        .find(|(word, _)| locales::after(word, text).is_some());
    let bare = match button {
        Some((word, said)) => locales::matches(word, text).then_some(*said),
        None => heard(text),
    };
    let before = standing.filter(|one| one.open || one.wants_report);
    let said = bare
        .or(button.map(|(_, said)| *said))
        .or(before.map(|one| one.reply.unwrap_or(Said::Acknowledged)));
    let Some(said) = said else {
        return Ok(false);
    };
    match bare {
        Some(_) => broadcasts::answer(ctx, id, said).await?,
        None => told::tells(ctx, id, Some(said), content.clone()).await?,
    }
    Ok(true)
}

/// "Necesito ayuda" while a broadcast waits for his answer is that answer, with what stands behind it; where he is at the call of
/// another it is a report on that, too. False when none waits, or he has called for help himself: then it is about that.
pub async fn needs_help(ctx: &Ctx, text: &str) -> Result<bool> {
    let help = Sentence::ButtonNeedHelp;
    if locales::after(&help, text).is_none() {
        return Ok(false);
    }
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let own = about::help(ctx).await?;
    let own = matches!(own, Some(Help::Call(_) | Help::Ended(_)));
    let waits = broadcast::waiting_of(&ctx.store, user_id).await?;
    let Some((id, _)) = waits.filter(|_| !own) else {
        return Ok(false);
    };
    let drill = broadcast::standing(&ctx.store, id, user_id).await?;
    let drill = drill.is_some_and(|one| one.drill);
    if let Some(at) = about::at_call(&super::running(ctx).await?, id, drill) {
        let content = Content::Text(text.to_owned());
        sos::says_at(ctx, at.task_id, at.broadcast_id, content).await?;
        return Ok(true);
    }
    match locales::matches(&help, text) {
        true => broadcasts::answer(ctx, id, Said::NeedsHelp).await?,
        false => {
            let content = Content::Text(text.to_owned());
            told::tells(ctx, id, Some(Said::NeedsHelp), content).await?;
        }
    }
    Ok(true)
}

/// The same answer once more, or one after the end: he hears what he has answered, and that it is over. False when he got no
/// broadcast lately, or is at something that the word may be about.
pub async fn answered_already(ctx: &Ctx, said: Said) -> Result<bool> {
    let call = emergency::open_of(&ctx.store, &ctx.actor).await?;
    if call.is_some() || !super::running(ctx).await?.is_empty() {
        return Ok(false);
    }
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let Some((id, standing)) = broadcast::latest_of(&ctx.store, user_id).await? else {
        return Ok(false);
    };
    if said == Said::Declined {
        return takes_back(ctx, id, standing).await;
    }
    let (inner, before) = (ctx.clone(), standing.reply.is_some());
    ctx.attempt(None, move |tx| {
        Box::pin(async move {
            if !before {
                broadcast::answer(tx, &inner.actor, id, said, None).await?;
            }
            inner.say(tx, Reply::BroadcastKnown { id, before }).await
        })
    })
    .await?;
    Ok(true)
}

/// "No puedo" from somebody who had said to a broadcast that he has it or comes, while it is open. Beside any other answer, or
/// where he needs help himself, it may be about something else.
async fn takes_back(ctx: &Ctx, id: i64, standing: Standing) -> Result<bool> {
    let comes = matches!(standing.reply, Some(Said::Acknowledged | Said::OnTheWay));
    if !comes || !standing.open || about::help(ctx).await?.is_some() {
        return Ok(false);
    }
    broadcasts::answer(ctx, id, Said::Declined).await?;
    Ok(true)
}

/// "Voy" from somebody who had said "Recibido" to a broadcast, when nothing else waits for him.
async fn gets_going(ctx: &Ctx, said: Said) -> Result<bool> {
    let user_id = ctx.actor.user_id.unwrap_or_default();
    if said != Said::OnTheWay {
        return Ok(false);
    }
    let Some(id) = broadcast::acknowledged_by(&ctx.store, user_id).await? else {
        return Ok(false);
    };
    broadcasts::answer(ctx, id, said).await?;
    Ok(true)
}
