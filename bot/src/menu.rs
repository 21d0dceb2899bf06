//! The list of commands that Telegram offers beside the text field.

use serde::de::IgnoredAny;
use teloxide::{
    payloads::{DeleteMyCommands, DeleteMyCommandsSetters, SetMyCommands, SetMyCommandsSetters},
    types::{BotCommand, BotCommandScope, ChatId, Recipient},
};

use crate::{client::Client, errors::CallError};

/// What strangers are offered, for those whose Telegram speaks `lang`, or for all others.
#[derive(Clone, Debug)]
pub struct Strangers {
    /// Two letters.
    pub lang: Option<String>,
    pub commands: Vec<BotCommand>,
}

/// Offers commands in one chat; with none, the chat is offered what strangers are.
pub async fn publish(
    client: &Client,
    chat: ChatId,
    commands: Vec<BotCommand>,
) -> Result<(), CallError> {
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
