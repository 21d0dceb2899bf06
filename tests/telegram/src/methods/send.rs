//! Sending text, places and copies, and what all sending has in common.

use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    entities::{self, utf16_len},
    keyboard::{self, Markup},
    message::set_text,
    params::Params,
};

/// Longest text of a message, in UTF-16 units after entities were taken out.
pub(super) const TEXT_LIMIT: usize = 4096;
/// Longest caption, in UTF-16 units.
const CAPTION_LIMIT: usize = 1024;

/// Body of a message under construction.
pub(super) type Body = Map<String, Value>;

pub(super) fn message(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let body = text_body(params)?;
    deliver(desk, params, chat, body)
}

/// Text and entities, within Telegram's limits.
pub(super) fn text_body(params: &Params) -> Result<Body, Refusal> {
    let formatted = entities::read(params, "text", "entities")?;
    if formatted.text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if utf16_len(&formatted.text) > TEXT_LIMIT {
        return Err(Refusal::bad("message is too long"));
    }
    let mut body = Body::new();
    set_text(
        &mut body,
        ("text", "entities"),
        &formatted.text,
        &formatted.entities,
    );
    if let Some(options) = params.json("link_preview_options")? {
        body.insert("link_preview_options".into(), options);
    }
    Ok(body)
}

/// Puts caption and its entities into a body, within Telegram's limits.
pub(super) fn put_caption(body: &mut Body, params: &Params) -> Result<(), Refusal> {
    let formatted = entities::read(params, "caption", "caption_entities")?;
    if utf16_len(&formatted.text) > CAPTION_LIMIT {
        return Err(Refusal::bad("message caption is too long"));
    }
    set_text(
        body,
        ("caption", "caption_entities"),
        &formatted.text,
        &formatted.entities,
    );
    Ok(())
}

/// Completes a body with thread, reply and keyboard, and puts it into the chat.
pub(super) fn deliver(desk: &mut Desk<'_>, params: &Params, chat: i64, mut body: Body) -> Answer {
    let markup = keyboard::read(params)?;
    put_thread(desk, params, chat, &mut body)?;
    put_reply(desk, params, chat, &mut body)?;
    if params.flag("protect_content") {
        body.insert("has_protected_content".into(), json!(true));
    }
    if let Some(Markup::Inline(inline)) = &markup {
        body.insert("reply_markup".into(), inline.clone());
    }
    let from = desk.bot.user();
    let message = desk.post(chat, from, body)?;
    show_keyboard(
        desk,
        chat,
        message["message_id"].as_i64().unwrap_or_default(),
        markup,
    )?;
    Ok(message)
}

fn show_keyboard(
    desk: &mut Desk<'_>,
    chat: i64,
    message_id: i64,
    markup: Option<Markup>,
) -> Result<(), Refusal> {
    let chat = desk.chat(chat)?;
    match markup {
        Some(Markup::Reply(keyboard)) => chat.keyboard = Some(keyboard),
        Some(Markup::Remove) => chat.keyboard = None,
        Some(Markup::ForceReply) => chat.force_reply = Some(message_id),
        Some(Markup::Inline(_)) | None => {}
    }
    Ok(())
}

fn put_thread(
    desk: &mut Desk<'_>,
    params: &Params,
    chat: i64,
    body: &mut Body,
) -> Result<(), Refusal> {
    let Some(thread) = params.int("message_thread_id") else {
        return Ok(());
    };
    match desk.chat(chat)?.topics.get(&thread) {
        None => return Err(Refusal::bad("message thread not found")),
        Some(topic) if topic.closed => return Err(Refusal::bad("TOPIC_CLOSED")),
        Some(_) => {}
    }
    if let Some(first) = desk.chat(chat)?.find(thread) {
        body.insert("reply_to_message".into(), first.quoted());
    }
    body.insert("message_thread_id".into(), json!(thread));
    body.insert("is_topic_message".into(), json!(true));
    Ok(())
}

fn put_reply(
    desk: &mut Desk<'_>,
    params: &Params,
    chat: i64,
    body: &mut Body,
) -> Result<(), Refusal> {
    let wanted = params.json("reply_parameters")?.unwrap_or(Value::Null);
    let Some(id) = wanted["message_id"]
        .as_i64()
        .or_else(|| params.int("reply_to_message_id"))
    else {
        return Ok(());
    };
    let lenient = wanted["allow_sending_without_reply"]
        .as_bool()
        .unwrap_or(false)
        || params.flag("allow_sending_without_reply");
    match desk.chat(chat)?.find(id) {
        Some(message) => {
            body.insert("reply_to_message".into(), message.quoted());
            Ok(())
        }
        None if lenient => Ok(()),
        None => Err(Refusal::bad("message to be replied not found")),
    }
}

/// Latitude and longitude of the parameters, checked.
pub(super) fn place(params: &Params) -> Result<Value, Refusal> {
    let (latitude, longitude) = params
        .float("latitude")
        .zip(params.float("longitude"))
        .ok_or_else(|| Refusal::bad("latitude or longitude is empty"))?;
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return Err(Refusal::bad("wrong latitude or longitude specified"));
    }
    Ok(json!({"latitude": latitude, "longitude": longitude}))
}

pub(super) fn location(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let mut location = place(params)?;
    if let Some(period) = params.int("live_period").filter(|period| *period != 0) {
        if !(60..=86400).contains(&period) && period != 0x7fff_ffff {
            return Err(Refusal::bad("wrong live location period specified"));
        }
        location["live_period"] = json!(period);
    }
    for detail in ["horizontal_accuracy", "heading", "proximity_alert_radius"] {
        if let Some(value) = params.float(detail) {
            location[detail] = json!(value);
        }
    }
    let body = Body::from_iter([("location".to_owned(), location)]);
    deliver(desk, params, chat, body)
}

pub(super) fn venue(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let location = place(params)?;
    let title = params.text("title").filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| Refusal::bad("venue title is empty"))?;
    let address = params.text("address").unwrap_or_default();
    let venue = json!({"location": location, "title": title, "address": address});
    let body = Body::from_iter([
        ("location".to_owned(), location),
        ("venue".to_owned(), venue),
    ]);
    deliver(desk, params, chat, body)
}

pub(super) fn contact(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let phone = params
        .text("phone_number")
        .filter(|phone| !phone.is_empty());
    let phone = phone.ok_or_else(|| Refusal::bad("phone number is empty"))?;
    let name = params.text("first_name").unwrap_or_default();
    let body = Body::from_iter([(
        "contact".to_owned(),
        json!({"phone_number": phone, "first_name": name}),
    )]);
    deliver(desk, params, chat, body)
}

/// The message a copy or forward starts from.
fn original(desk: &Desk<'_>, params: &Params, what: &str) -> Result<Body, Refusal> {
    let missing = || Refusal::bad(format!("message to {what} not found"));
    let chat = params
        .int("from_chat_id")
        .ok_or_else(|| Refusal::bad("chat not found"))?;
    let chat = desk
        .bot
        .chats
        .get(&chat)
        .ok_or_else(|| Refusal::bad("chat not found"))?;
    let message = params
        .int("message_id")
        .and_then(|id| chat.find(id))
        .ok_or_else(missing)?;
    Ok(message.json.clone())
}

fn without_frame(mut body: Body) -> Body {
    for frame in [
        "reply_markup",
        "reply_to_message",
        "edit_date",
        "message_thread_id",
        "is_topic_message",
    ] {
        body.remove(frame);
    }
    body
}

pub(super) fn copy(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let mut body = without_frame(original(desk, params, "copy")?);
    body.remove("forward_origin");
    if params.text("caption").is_some() && !body.contains_key("text") {
        put_caption(&mut body, params)?;
    }
    let message = deliver(desk, params, chat, body)?;
    Ok(json!({"message_id": message["message_id"]}))
}

pub(super) fn forward(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let original = original(desk, params, "forward")?;
    let origin = json!({"type": "user", "date": original["date"], "sender_user": original["from"]});
    let mut body = without_frame(original);
    body.entry("forward_origin").or_insert(origin);
    deliver(desk, params, chat, body)
}
