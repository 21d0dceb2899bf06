//! Topics of a forum.

use serde_json::{Map, json};

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    params::Params,
    state::Topic,
};

pub(super) fn create(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    if !desk.chat(chat)?.forum {
        return Err(Refusal::bad("the chat is not a forum"));
    }
    let name = params
        .text("name")
        .filter(|name| (1..=128).contains(&name.chars().count()));
    let name = name.ok_or_else(|| Refusal::bad("TOPIC_TITLE_EMPTY"))?;
    let notice = json!({"name": name, "icon_color": 7_322_096});
    let body = Map::from_iter([("forum_topic_created".to_owned(), notice)]);
    let from = desk.bot.user();
    let id = desk.post(chat, from, body)?["message_id"]
        .as_i64()
        .unwrap_or_default();
    desk.chat(chat)?.topics.insert(
        id,
        Topic {
            name: name.clone(),
            closed: false,
        },
    );
    Ok(json!({"message_thread_id": id, "name": name, "icon_color": 7_322_096}))
}

fn change(
    desk: &mut Desk<'_>,
    params: &Params,
    edit: impl FnOnce(&mut Topic) -> Result<(), Refusal>,
) -> Answer {
    let chat = desk.writable(params)?;
    let thread = params.int("message_thread_id").unwrap_or_default();
    let topic = desk.chat(chat)?.topics.get_mut(&thread);
    edit(topic.ok_or_else(|| Refusal::bad("message thread not found"))?)?;
    desk.touch(chat);
    Ok(json!(true))
}

pub(super) fn edit(desk: &mut Desk<'_>, params: &Params) -> Answer {
    change(desk, params, |topic| {
        topic.name = params.text("name").unwrap_or_else(|| topic.name.clone());
        Ok(())
    })
}

fn switch(topic: &mut Topic, closed: bool) -> Result<(), Refusal> {
    if topic.closed == closed {
        return Err(Refusal::bad("TOPIC_NOT_MODIFIED"));
    }
    topic.closed = closed;
    Ok(())
}

pub(super) fn close(desk: &mut Desk<'_>, params: &Params) -> Answer {
    change(desk, params, |topic| switch(topic, true))
}

pub(super) fn reopen(desk: &mut Desk<'_>, params: &Params) -> Answer {
    change(desk, params, |topic| switch(topic, false))
}

pub(super) fn delete(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = desk.writable(params)?;
    let thread = params.int("message_thread_id").unwrap_or_default();
    if desk.chat(chat)?.topics.remove(&thread).is_none() {
        return Err(Refusal::bad("message thread not found"));
    }
    let inside = desk.chat(chat)?.messages.iter().filter(|message| {
        message.id() == thread || message.json.get("message_thread_id") == Some(&json!(thread))
    });
    for id in inside.map(crate::message::Message::id).collect::<Vec<_>>() {
        desk.remove((chat, id));
    }
    Ok(json!(true))
}
