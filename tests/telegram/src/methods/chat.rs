//! Methods about a chat: typing, pins, members, description.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    params::Params,
};

pub(super) fn action(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.writable(params)?;
    let action = params.text("action").filter(|action| !action.is_empty());
    let action = action.ok_or_else(|| Refusal::bad("wrong parameter action in request"))?;
    let until = desk.now + TimeDelta::seconds(5);
    desk.chat(id)?.typing = Some((action, until));
    desk.touch(id);
    Ok(json!(true))
}

pub(super) fn pin(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.writable(params)?;
    let chat = desk.chat(id)?;
    let message = params
        .int("message_id")
        .filter(|message| chat.find(*message).is_some());
    let message = message.ok_or_else(|| Refusal::bad("message to pin not found"))?;
    chat.pinned.retain(|pinned| *pinned != message);
    chat.pinned.push(message);
    desk.touch(id);
    Ok(json!(true))
}

pub(super) fn unpin(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.writable(params)?;
    let chat = desk.chat(id)?;
    match params.int("message_id") {
        Some(message) if !chat.pinned.contains(&message) => {
            return Err(Refusal::bad("message to unpin not found"));
        }
        Some(message) => chat.pinned.retain(|pinned| *pinned != message),
        None => {
            chat.pinned.pop();
        }
    }
    desk.touch(id);
    Ok(json!(true))
}

pub(super) fn unpin_all(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.writable(params)?;
    desk.chat(id)?.pinned.clear();
    desk.touch(id);
    Ok(json!(true))
}

pub(super) fn get(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.named(params)?;
    let mut chat = desk.chat_json(id);
    chat["accent_color_id"] = json!(0);
    chat["max_reaction_count"] = json!(11);
    chat["accepted_gift_types"] = json!({
        "unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true,
    });
    let pinned = desk
        .bot
        .chats
        .get(&id)
        .and_then(|chat| chat.find(*chat.pinned.last()?));
    if let Some(message) = pinned {
        chat["pinned_message"] = message.quoted();
    }
    Ok(chat)
}

pub(super) fn member(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.named(params)?;
    let user = params
        .int("user_id")
        .ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
    if user == desk.bot.id {
        return Ok(json!({"status": "member", "user": desk.bot.user()}));
    }
    let person = desk
        .people
        .get(&user)
        .ok_or_else(|| Refusal::bad("user not found"))?;
    let inside = id == user
        || desk
            .bot
            .chats
            .get(&id)
            .is_some_and(|chat| chat.members.contains(&user));
    Ok(json!({"status": if inside { "member" } else { "left" }, "user": person.user()}))
}

pub(super) fn member_count(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.named(params)?;
    let people = if id > 0 {
        1
    } else {
        desk.chat(id)?.members.len()
    };
    Ok(json!(people + 1))
}

pub(super) fn leave(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = desk.writable(params)?;
    if id > 0 {
        return Err(Refusal::bad(
            "chat member status can't be changed in private chats",
        ));
    }
    desk.chat(id)?.blocked = true;
    desk.touch(id);
    Ok(json!(true))
}

pub(super) fn reaction(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let id = params.int("message_id").unwrap_or_default();
    let reactions = params.json("reaction")?.unwrap_or(Value::Null);
    desk.change((chat, id), |json| {
        json.insert("paper_reactions".into(), reactions);
    })
    .map_err(|_| Refusal::bad("message to react not found"))?;
    Ok(json!(true))
}
