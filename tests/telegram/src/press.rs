//! Finding a button by its label and pressing it.

use serde_json::{Map, Value, json};

use crate::{
    acts::{CannotAct, Done},
    message::Message,
    perform::Outcome,
    queue::Line,
    scene::Scene,
    state::{Chat, Press},
};

/// Unanswered presses remembered per bot.
const PRESSES_KEPT: usize = 10_000;
/// Newest messages whose buttons an error lists.
const LISTED: usize = 5;

/// A button found under a label.
enum Found {
    Inline(i64, Value),
    Reply(Value),
}

/// Taps the newest button whose label contains `label`; a label that is equal goes first.
pub(crate) fn taps(scene: &mut Scene<'_, '_>, label: &str, on: Option<i64>) -> Outcome {
    scene.enter()?;
    let found = {
        let chat = scene.desk.bot.chats.get(&scene.chat);
        let chat = chat.ok_or_else(|| CannotAct::new("the chat is empty"))?;
        find(chat, label, on)?
    };
    match found {
        Found::Inline(message_id, button) => tap_inline(scene, message_id, &button),
        Found::Reply(button) => tap_reply(scene, &button),
    }
}

fn find(chat: &Chat, label: &str, on: Option<i64>) -> Result<Found, CannotAct> {
    let equal = |button: &Value| {
        button["text"]
            .as_str()
            .is_some_and(|text| text.trim() == label.trim())
    };
    let part = |button: &Value| {
        button["text"]
            .as_str()
            .is_some_and(|text| text.contains(label))
    };
    let found = search(chat, on, &equal)?
        .map_or_else(|| search(chat, on, &part), |found| Ok(Some(found)))?;
    found.ok_or_else(|| {
        CannotAct::new(format!(
            "no button \"{label}\"; there are: {}",
            listed(chat, on)
        ))
    })
}

fn search(
    chat: &Chat,
    on: Option<i64>,
    fits: &dyn Fn(&Value) -> bool,
) -> Result<Option<Found>, CannotAct> {
    for message in chat
        .messages
        .iter()
        .rev()
        .filter(|message| on.is_none_or(|id| id == message.id()))
    {
        let fitting: Vec<&Value> = message
            .inline_buttons()
            .filter(|button| fits(button))
            .collect();
        if let Some(button) = only(&fitting)? {
            return Ok(Some(Found::Inline(message.id(), button.clone())));
        }
    }
    let reply: Vec<&Value> = if on.is_none() {
        reply_buttons(chat).collect()
    } else {
        Vec::new()
    };
    let fitting: Vec<&Value> = reply.into_iter().filter(|button| fits(button)).collect();
    Ok(only(&fitting)?.map(|button| Found::Reply(button.clone())))
}

fn only<'a>(fitting: &[&'a Value]) -> Result<Option<&'a Value>, CannotAct> {
    match fitting {
        [] => Ok(None),
        [button] => Ok(Some(button)),
        several => Err(CannotAct::new(format!(
            "several buttons fit: {}",
            labels(several.iter().copied())
        ))),
    }
}

fn reply_buttons(chat: &Chat) -> impl Iterator<Item = &Value> {
    let rows = chat
        .keyboard
        .as_ref()
        .and_then(|keyboard| keyboard["keyboard"].as_array());
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
}

fn labels<'a>(buttons: impl Iterator<Item = &'a Value>) -> String {
    let quoted: Vec<String> = buttons
        .map(|button| format!("[{}]", button["text"].as_str().unwrap_or_default()))
        .collect();
    quoted.join(" ")
}

fn listed(chat: &Chat, on: Option<i64>) -> String {
    let mut lines = vec![format!("reply keyboard {}", labels(reply_buttons(chat)))];
    let with_buttons = chat
        .messages
        .iter()
        .rev()
        .filter(|message| message.inline_buttons().next().is_some());
    let wanted = with_buttons.filter(|message| on.is_none_or(|id| id == message.id()));
    lines.extend(wanted.take(LISTED).map(line));
    lines.join("; ")
}

fn line(message: &Message) -> String {
    format!(
        "message {} {}",
        message.id(),
        labels(message.inline_buttons())
    )
}

fn tap_inline(scene: &mut Scene<'_, '_>, message_id: i64, button: &Value) -> Outcome {
    if let Some(data) = button["callback_data"].as_str() {
        return press(scene, message_id, data);
    }
    let page = button["url"]
        .as_str()
        .or_else(|| button["web_app"]["url"].as_str());
    Ok(Done {
        message_id: Some(message_id),
        opened: page.map(str::to_owned),
        ..Done::default()
    })
}

fn tap_reply(scene: &mut Scene<'_, '_>, button: &Value) -> Outcome {
    let once = hide_if_once(scene);
    if button["request_location"].as_bool() == Some(true) {
        let place = scene.me.place.unwrap_or(scene.desk.config.centre);
        return scene.shares(place, None, None);
    }
    if button["request_contact"].as_bool() == Some(true) {
        return scene.shares_contact(&format!("+54911{:08}", scene.me.id % 100_000_000));
    }
    if let Some(page) = button["web_app"]["url"].as_str() {
        return Ok(Done {
            opened: Some(page.to_owned()),
            ..Done::default()
        });
    }
    let text = button["text"].as_str().unwrap_or_default().to_owned();
    let done = scene.says(&text, None);
    if once {
        scene.desk.touch(scene.chat);
    }
    done
}

fn hide_if_once(scene: &mut Scene<'_, '_>) -> bool {
    let Some(chat) = scene.desk.bot.chats.get_mut(&scene.chat) else {
        return false;
    };
    let once = chat
        .keyboard
        .as_ref()
        .is_some_and(|keyboard| keyboard["one_time_keyboard"].as_bool() == Some(true));
    if once {
        chat.keyboard = None;
    }
    once
}

/// A fresh id for a query, as Telegram writes them: digits in a string.
pub(crate) fn query_id() -> String {
    rand::random_range(100_000_000_000_000_000..i64::MAX).to_string()
}

/// Sends callback data as if a button on the message had been pressed.
pub(crate) fn press(scene: &mut Scene<'_, '_>, message_id: i64, data: &str) -> Outcome {
    scene.enter()?;
    let chat = scene.desk.bot.chats.get(&scene.chat);
    let message = chat
        .and_then(|chat| chat.find(message_id))
        .map(Message::value);
    let message = message.unwrap_or_else(
        || json!({"message_id": message_id, "date": 0, "chat": scene.desk.chat_json(scene.chat)}),
    );
    let id = query_id();
    let query = json!({
        "id": id, "from": scene.me.user(), "message": message, "chat_instance": scene.chat.to_string(), "data": data,
    });
    remember(scene, &id, message_id);
    let update_id = scene
        .desk
        .update("callback_query", query, Line::Presses(scene.me.id));
    Ok(Done {
        message_id: Some(message_id),
        query_id: Some(id),
        update_id,
        ..Done::default()
    })
}

fn remember(scene: &mut Scene<'_, '_>, id: &str, message_id: i64) {
    let press = Press {
        chat: scene.chat,
        person: scene.me.id,
        message_id,
        at: scene.desk.now,
    };
    let presses = &mut scene.desk.bot.presses;
    while presses.len() >= PRESSES_KEPT {
        presses.pop_first();
    }
    presses.insert(id.to_owned(), press);
}

/// An inline keyboard's buttons, row by row, as a message carries them.
pub(crate) fn rows(markup: Option<&Value>, name: &str) -> Vec<Vec<Map<String, Value>>> {
    let rows = markup.and_then(|markup| markup[name].as_array());
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .map(|row| row.iter().filter_map(Value::as_object).cloned().collect())
        .collect()
}
