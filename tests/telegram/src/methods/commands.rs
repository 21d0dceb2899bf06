//! Command lists per scope and language, and the menu button.

use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    menu,
    params::Params,
    state::CommandSet,
};

fn scope(desk: &Desk<'_>, params: &Params) -> Result<Value, Refusal> {
    let scope = params
        .json("scope")?
        .unwrap_or_else(|| json!({"type": "default"}));
    if let Some(chat) = scope["chat_id"].as_i64()
        && !desk.bot.chats.contains_key(&chat)
    {
        return Err(Refusal::bad("chat not found"));
    }
    Ok(scope)
}

fn language(params: &Params) -> Result<String, Refusal> {
    let code = params.text("language_code").unwrap_or_default();
    let fits =
        code.is_empty() || (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()));
    if fits {
        Ok(code)
    } else {
        Err(Refusal::bad("invalid language code specified"))
    }
}

fn check(command: &Value) -> Result<(), Refusal> {
    let name = command["command"].as_str().unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !(1..=32).contains(&name.len()) || !name.bytes().all(fits) {
        return Err(Refusal::bad("BOT_COMMAND_INVALID"));
    }
    let description = command["description"].as_str().unwrap_or_default();
    if !(1..=256).contains(&description.chars().count()) {
        return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(())
}

pub(super) fn set(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (scope, language) = (scope(desk, params)?, language(params)?);
    let commands = params
        .json("commands")?
        .and_then(|list| list.as_array().cloned());
    let commands =
        commands.ok_or_else(|| Refusal::bad("can't parse commands: expected an Array"))?;
    if commands.len() > 100 {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in &commands {
        check(command)?;
    }
    forget(desk, &scope, &language);
    if !commands.is_empty() {
        desk.bot.commands.push(CommandSet {
            scope,
            language,
            commands,
        });
    }
    desk.touch(0);
    Ok(json!(true))
}

fn forget(desk: &mut Desk<'_>, scope: &Value, language: &str) {
    desk.bot
        .commands
        .retain(|set| set.scope != *scope || set.language != language);
}

pub(super) fn get(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (scope, language) = (scope(desk, params)?, language(params)?);
    let set = desk
        .bot
        .commands
        .iter()
        .find(|set| set.scope == scope && set.language == language);
    Ok(json!(
        set.map(|set| set.commands.clone()).unwrap_or_default()
    ))
}

pub(super) fn delete(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (scope, language) = (scope(desk, params)?, language(params)?);
    forget(desk, &scope, &language);
    desk.touch(0);
    Ok(json!(true))
}

pub(super) fn set_menu_button(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let button = params
        .json("menu_button")?
        .unwrap_or_else(|| json!({"type": "default"}));
    let address = button["web_app"]["url"].as_str();
    if button["type"] == "web_app"
        && !address.is_some_and(|address| address.starts_with("https://"))
    {
        let address = address.unwrap_or_default();
        return Err(Refusal::bad(format!(
            "menu button Web App URL '{address}' is invalid: Only HTTPS links are allowed"
        )));
    }
    desk.bot
        .menu_buttons
        .insert(params.int("chat_id").unwrap_or_default(), button);
    desk.touch(0);
    Ok(json!(true))
}

pub(super) fn get_menu_button(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let chat = params.int("chat_id").unwrap_or_default();
    Ok(menu::button(desk.bot, chat))
}
