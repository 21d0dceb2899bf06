//! What the page reads: the list of people with their chats, and one chat since a revision.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    menu,
    message::Message,
    perform::Place,
    state::{Bot, Chat, Human, World},
};

/// Characters of the newest message that the list shows.
const PREVIEW: usize = 80;

/// Everybody with their chats.
pub(super) fn people(world: &World) -> Value {
    let list = world.people.values().map(|person| {
        let chats = world.bots.values().flat_map(|bot| chats_of(bot, person));
        json!({
            "id": person.id, "first_name": person.first_name, "last_name": person.last_name,
            "username": person.username, "language_code": person.language_code, "note": person.note,
            "deleted": person.deleted, "place": person.place, "chats": chats.collect::<Vec<_>>(),
        })
    });
    json!(list.collect::<Vec<_>>())
}

fn chats_of(bot: &Bot, person: &Human) -> Vec<Value> {
    let inside = |id: i64, chat: &Chat| id == person.id || chat.members.contains(&person.id);
    let chats = bot.chats.iter().filter(|(id, chat)| inside(**id, chat));
    chats
        .map(|(id, chat)| {
            json!({
                "bot": bot.username, "chat": id, "title": chat.title, "unread": chat.unread,
                "blocked": chat.blocked, "last": chat.messages.back().map(|message| preview(message, bot.id)),
            })
        })
        .collect()
}

fn preview(message: &Message, bot: i64) -> Value {
    let text = message
        .json
        .get("text")
        .or_else(|| message.json.get("caption"))
        .and_then(Value::as_str);
    let text: String = text.unwrap_or_default().chars().take(PREVIEW).collect();
    json!({"text": text, "media": message.media(), "date": message.date(), "from_bot": message.sender() == bot})
}

/// One chat of a person: everything that changed after the revision `since`.
pub(super) fn chat(world: &World, place: &Place, since: u64, now: DateTime<Utc>) -> Option<Value> {
    let person = world.people.get(&place.person)?;
    let bot = world.bots.get(&place.token)?;
    let empty = Chat::default();
    let chat = match bot.chats.get(&place.chat) {
        Some(chat) => chat,
        None if place.chat == place.person => &empty,
        None => return None,
    };
    let messages = chat
        .messages
        .iter()
        .filter(|message| message.revision > since);
    let gone = chat
        .gone
        .iter()
        .filter(|(revision, _)| *revision > since)
        .map(|(_, id)| *id);
    let toasts = chat
        .toasts
        .iter()
        .filter(|toast| toast.revision > since && toast.person == place.person);
    let typing = chat.typing.as_ref().filter(|(_, until)| *until > now);
    Some(json!({
        "revision": world.revision,
        "bot": {"id": bot.id, "username": bot.username, "name": bot.name},
        "title": chat.title,
        "messages": messages.map(Message::value).collect::<Vec<_>>(),
        "gone": gone.collect::<Vec<_>>(),
        "toasts": toasts.collect::<Vec<_>>(),
        "keyboard": chat.keyboard,
        "force_reply": chat.force_reply,
        "typing": typing.map(|(action, _)| action),
        "blocked": chat.blocked,
        "deleted": person.deleted,
        "unread": chat.unread,
        "pinned": chat.pinned,
        "started": !chat.messages.is_empty(),
        "commands": menu::suggested(bot, place.chat, Some(&person.language_code)),
        "menu_button": bot.menu_buttons.get(&place.chat).or_else(|| bot.menu_buttons.get(&0)),
    }))
}
