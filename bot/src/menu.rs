//! What Telegram offers beside the text field: the list of commands, and the board.

use serde::de::IgnoredAny;
use teloxide::{
    payloads::{
        DeleteMyCommands, DeleteMyCommandsSetters, SetChatMenuButton, SetMyCommands,
        SetMyCommandsSetters,
    },
    types::{BotCommand, BotCommandScope, ChatId, MenuButton, Recipient},
};

use crate::{client::Client, errors::CallError};

/// What strangers are offered, for those whose Telegram speaks `lang`, or for all others.
#[derive(Clone, Debug)]
pub struct Strangers {
    /// Two letters.
    pub lang: Option<String>,
    pub commands: Vec<BotCommand>,
}

/// What one chat is offered.
#[derive(Clone, Debug, Default)]
pub struct Menu {
    /// With none, those of strangers.
    pub commands: Vec<BotCommand>,
    /// The button beside the text field; without one it stays as it is.
    pub button: Option<MenuButton>,
}

impl Menu {
    /// For whoever is not, or no longer, one of ours.
    pub fn of_strangers() -> Self {
        Self {
            commands: Vec::new(),
            button: Some(MenuButton::Default),
        }
    }
}

/// Offers this in one chat.
pub async fn publish(client: &Client, chat: ChatId, menu: Menu) -> Result<(), CallError> {
    offer(client, chat, menu.commands).await?;
    let Some(button) = menu.button else {
        return Ok(());
    };
    let mut payload = SetChatMenuButton::new();
    payload.chat_id = Some(chat);
    payload.menu_button = Some(button);
    client.call::<IgnoredAny, _>(&payload).await.map(drop)
}

async fn offer(client: &Client, chat: ChatId, commands: Vec<BotCommand>) -> Result<(), CallError> {
    let scope = BotCommandScope::Chat {
        chat_id: Recipient::Id(chat),
    };
    if commands.is_empty() {
        client
            .call::<IgnoredAny, _>(&DeleteMyCommands::new().scope(scope))
            .await?;
    } else {
        client
            .call::<IgnoredAny, _>(&SetMyCommands::new(commands).scope(scope))
            .await?;
    }
    Ok(())
}

/// Offers commands to everybody who has no list of his own.
pub async fn publish_to_strangers(
    client: &Client,
    strangers: &[Strangers],
) -> Result<(), CallError> {
    for list in strangers {
        let mut payload = SetMyCommands::new(list.commands.clone());
        payload.language_code.clone_from(&list.lang);
        client
            .call::<IgnoredAny, _>(&payload.scope(BotCommandScope::Default))
            .await?;
    }
    Ok(())
}
