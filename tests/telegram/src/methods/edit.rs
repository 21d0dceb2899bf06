//! Editing and deleting messages.

use serde_json::{Map, Value, json};

use super::{
    media::content,
    send::{place, put_caption, text_body},
};
use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    keyboard,
    message::Message,
    params::Params,
};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly \
     the same as a current content and reply markup of the message";

/// Chat and id of the message a call names, and the message itself.
fn target(desk: &mut Desk<'_>, params: &Params) -> Result<((i64, i64), Message), Refusal> {
    if params.text("inline_message_id").is_some() {
        return Err(Refusal::bad("message to edit not found"));
    }
    let chat = desk.writable(params)?;
    let id = params
        .int("message_id")
        .ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    let message = desk
        .chat(chat)?
        .find(id)
        .cloned()
        .ok_or_else(|| Refusal::bad("message to edit not found"))?;
    if message.sender() != desk.bot.id {
        return Err(Refusal::bad("message can't be edited"));
    }
    Ok(((chat, id), message))
}

/// Replaces the message by `json` unless nothing would change.
fn replace(
    desk: &mut Desk<'_>,
    place: (i64, i64),
    old: &Message,
    json: Map<String, Value>,
) -> Answer {
    let mut new = Message { revision: 0, json };
    if new.content() == old.content() {
        return Err(Refusal::bad(NOT_MODIFIED));
    }
    new.json
        .insert("edit_date".into(), json!(desk.now.timestamp()));
    desk.change(place, |json| *json = new.json)
}

/// Puts the new keyboard in, or takes the old one away when there is none.
fn put_markup(json: &mut Map<String, Value>, params: &Params) -> Result<(), Refusal> {
    json.remove("reply_markup");
    if let Some(markup) = keyboard::read_inline(params)? {
        json.insert("reply_markup".into(), markup);
    }
    Ok(())
}

pub(super) fn text(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (place, old) = target(desk, params)?;
    if !old.json.contains_key("text") {
        return Err(Refusal::bad("there is no text in the message to edit"));
    }
    let mut json = old.json.clone();
    for part in ["text", "entities", "link_preview_options"] {
        json.remove(part);
    }
    json.extend(text_body(params)?);
    put_markup(&mut json, params)?;
    replace(desk, place, &old, json)
}

pub(super) fn caption(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (place, old) = target(desk, params)?;
    if old.json.contains_key("text") || old.json.contains_key("location") {
        return Err(Refusal::bad("there is no caption in the message to edit"));
    }
    let mut json = old.json.clone();
    put_caption(&mut json, params)?;
    put_markup(&mut json, params)?;
    replace(desk, place, &old, json)
}

pub(super) fn media(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (place, old) = target(desk, params)?;
    let input = params
        .json("media")?
        .ok_or_else(|| Refusal::bad("input media is not specified"))?;
    let kind = input["type"]
        .as_str()
        .filter(|kind| crate::message::MEDIA.contains(kind));
    let kind = kind.ok_or_else(|| Refusal::bad("unsupported input media type"))?;
    let mut inner = params.clone();
    inner
        .fields
        .extend(input.as_object().cloned().unwrap_or_default());
    let mut json = old.json.clone();
    for part in crate::message::MEDIA
        .iter()
        .copied()
        .chain(["text", "entities"])
    {
        json.remove(part);
    }
    let content = content(
        desk,
        &inner,
        kind,
        input["media"].as_str().map(str::to_owned),
    )?;
    json.insert(kind.to_owned(), content);
    put_caption(&mut json, &inner)?;
    put_markup(&mut json, params)?;
    replace(desk, place, &old, json)
}

pub(super) fn markup(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (place, old) = target(desk, params)?;
    let mut json = old.json.clone();
    put_markup(&mut json, params)?;
    replace(desk, place, &old, json)
}

/// The live location of a message, if it still runs.
fn running(desk: &Desk<'_>, message: &Message) -> Result<Value, Refusal> {
    let location = message.json.get("location").cloned().unwrap_or(Value::Null);
    let period = location["live_period"].as_i64().unwrap_or(0);
    if period == 0 || message.date() + period <= desk.now.timestamp() {
        return Err(Refusal::bad("message can't be edited"));
    }
    Ok(location)
}

pub(super) fn live_location(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (at, old) = target(desk, params)?;
    let period = running(desk, &old)?["live_period"].clone();
    let mut location = place(params)?;
    location["live_period"] = params
        .int("live_period")
        .map_or(period, |period| json!(period));
    let mut json = old.json.clone();
    json.insert("location".into(), location);
    put_markup(&mut json, params)?;
    replace(desk, at, &old, json)
}

pub(super) fn stop_live_location(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (at, old) = target(desk, params)?;
    let mut location = running(desk, &old)?;
    location
        .as_object_mut()
        .map(|location| location.remove("live_period"));
    let mut json = old.json.clone();
    json.insert("location".into(), location);
    put_markup(&mut json, params)?;
    replace(desk, at, &old, json)
}

pub(super) fn delete(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let id = params
        .int("message_id")
        .ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    let message = desk.chat(chat)?.find(id).map(Message::date);
    let date = message.ok_or_else(|| Refusal::bad("message to delete not found"))?;
    let two_days = 48 * 60 * 60;
    if desk.now.timestamp() - date > two_days {
        return Err(Refusal::bad("message can't be deleted"));
    }
    desk.remove((chat, id));
    Ok(json!(true))
}

pub(super) fn delete_many(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let ids = params.json("message_ids")?.unwrap_or(Value::Null);
    let ids = ids.as_array().filter(|ids| (1..=100).contains(&ids.len()));
    for id in ids.ok_or_else(|| Refusal::bad("message identifiers are not specified"))? {
        desk.remove((chat, id.as_i64().unwrap_or_default()));
    }
    Ok(json!(true))
}
