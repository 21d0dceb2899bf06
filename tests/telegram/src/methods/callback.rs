//! Answers to button presses and inline queries.

use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal},
    desk::Desk,
    entities::utf16_len,
    params::Params,
    state::ToastRow,
};

const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";
const TOASTS_KEPT: usize = 100;

pub(super) fn answer(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.text("callback_query_id").unwrap_or_default();
    let text = params.text("text").filter(|text| !text.is_empty());
    if text.as_deref().is_some_and(|text| utf16_len(text) > 200) {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let window = desk.config.answer_window;
    let press = desk
        .bot
        .presses
        .remove(&id)
        .filter(|press| press.at + window >= desk.now);
    let press = press.ok_or_else(|| Refusal::bad(TOO_OLD))?;
    let revision = desk.touch(press.chat);
    let toast = ToastRow {
        revision,
        query_id: id,
        person: press.person,
        message_id: press.message_id,
        text,
        alert: params.flag("show_alert"),
        url: params.text("url").filter(|url| !url.is_empty()),
        at: desk.now,
    };
    let chat = desk.chat(press.chat)?;
    chat.toasts.push_back(toast);
    while chat.toasts.len() > TOASTS_KEPT {
        chat.toasts.pop_front();
    }
    Ok(json!(true))
}

pub(super) fn answer_inline(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.text("inline_query_id").unwrap_or_default();
    let results = params
        .json("results")?
        .and_then(|results| results.as_array().cloned())
        .unwrap_or_default();
    if results.len() > 50 {
        return Err(Refusal::bad("RESULTS_TOO_MUCH"));
    }
    check_ids(&results)?;
    results.iter().try_for_each(check_article)?;
    let window = desk.config.answer_window;
    let now = desk.now;
    let query = desk
        .bot
        .inline
        .get_mut(&id)
        .filter(|query| query.at + window >= now && query.results.is_none());
    query.ok_or_else(|| Refusal::bad(TOO_OLD))?.results = Some(results);
    desk.bump();
    Ok(json!(true))
}

/// Articles are what bots without files offer: a title for whoever asks, a text to be posted.
fn check_article(result: &Value) -> Result<(), Refusal> {
    if result["type"] != "article" {
        return Ok(());
    }
    if result["title"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::bad("ARTICLE_TITLE_EMPTY"));
    }
    let text = result["input_message_content"]["message_text"].as_str();
    let text = text.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if utf16_len(text) > 4096 {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(())
}

fn check_ids(results: &[Value]) -> Result<(), Refusal> {
    let mut ids: Vec<&str> = results
        .iter()
        .filter_map(|result| result["id"].as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() != results.len() || ids.iter().any(|id| id.is_empty() || id.len() > 64) {
        return Err(Refusal::bad("RESULT_ID_INVALID"));
    }
    Ok(())
}
