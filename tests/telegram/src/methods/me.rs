//! Methods about the bot itself and its files.

use serde_json::json;

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    params::Params,
};

/// The cloud Bot API hands out files up to this size.
const DOWNLOAD_LIMIT: usize = 20 * 1024 * 1024;

pub(super) fn get_me(desk: &mut Desk<'_>, _: &Params) -> Answer {
    let mut me = desk.bot.user();
    for (name, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", true),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[name] = json!(value);
    }
    Ok(me)
}

/// Settings that nobody reads back here.
pub(super) fn fine(_: &mut Desk<'_>, _: &Params) -> Answer {
    Ok(json!(true))
}

pub(super) fn set_name(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let name = params.text("name").filter(|name| !name.is_empty());
    desk.bot.name = name.unwrap_or_else(|| desk.bot.username.clone());
    desk.touch(0);
    Ok(json!(true))
}

pub(super) fn get_file(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.text("file_id").unwrap_or_default();
    let row = desk
        .files
        .get(&id)
        .ok_or_else(|| Refusal::bad("wrong file_id or the file is temporarily unavailable"))?;
    if row.size > DOWNLOAD_LIMIT {
        return Err(Refusal::bad("file is too big"));
    }
    let mut file = row.describe(&id);
    file["file_path"] = json!(row.path);
    Ok(file)
}
