//! Which commands Telegram suggests in a chat: the most special list in the person's language; and the button beside the text field.

use serde_json::{Value, json};

use crate::state::Bot;

/// The commands suggested in a chat to somebody with this language.
pub(crate) fn suggested(bot: &Bot, chat: i64, language: Option<&str>) -> Vec<Value> {
    let wide = if chat < 0 {
        "all_group_chats"
    } else {
        "all_private_chats"
    };
    let scopes = [
        json!({"type": "chat", "chat_id": chat}),
        json!({ "type": wide }),
        json!({"type": "default"}),
    ];
    let language = language.and_then(|code| code.get(..2)).unwrap_or_default();
    scopes
        .iter()
        .flat_map(|scope| [(scope, language), (scope, "")])
        .find_map(|(scope, language)| published(bot, scope, language))
        .unwrap_or_default()
}

/// The list published for exactly this scope and language.
pub(crate) fn published(bot: &Bot, scope: &Value, language: &str) -> Option<Vec<Value>> {
    let set = bot
        .commands
        .iter()
        .find(|set| set.scope == *scope && set.language == language)?;
    Some(set.commands.clone())
}

/// The button beside the text field of a chat: its own, else the bot's.
pub(crate) fn button(bot: &Bot, chat: i64) -> Value {
    let default = json!({"type": "default"});
    let own = bot.menu_buttons.get(&chat).filter(|own| **own != default);
    let button = own.or_else(|| bot.menu_buttons.get(&0)).cloned();
    button.unwrap_or(default)
}
