//! Checks of `reply_markup`: inline keyboards, reply keyboards, their removal, forced replies.

use serde_json::{Value, json};

use crate::{answer::Refusal, params::Params};

const MOST_BUTTONS: usize = 100;
const ACTIONS: [&str; 10] = [
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "pay",
    "callback_game",
];

/// A `reply_markup` that passed the checks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Markup {
    Inline(Value),
    Reply(Value),
    Remove,
    ForceReply,
}

/// Reads and checks the `reply_markup` parameter.
pub(crate) fn read(params: &Params) -> Result<Option<Markup>, Refusal> {
    let Some(markup) = params.json("reply_markup")? else {
        return Ok(None);
    };
    if markup.get("inline_keyboard").is_some() {
        return inline(&markup);
    }
    if let Some(rows) = markup.get("keyboard") {
        return Ok(Some(Markup::Reply(reply(&markup, rows)?)));
    }
    if markup["remove_keyboard"].as_bool() == Some(true) {
        return Ok(Some(Markup::Remove));
    }
    Ok((markup["force_reply"].as_bool() == Some(true)).then_some(Markup::ForceReply))
}

/// Reads a markup that may only be an inline keyboard, as edits require.
pub(crate) fn read_inline(params: &Params) -> Result<Option<Value>, Refusal> {
    match read(params)? {
        None => Ok(None),
        Some(Markup::Inline(markup)) => Ok(Some(markup)),
        Some(_) => Err(Refusal::bad("inline keyboard expected")),
    }
}

fn inline(markup: &Value) -> Result<Option<Markup>, Refusal> {
    let rows = rows(&markup["inline_keyboard"], "inline keyboard button")?;
    let buttons: Vec<&Value> = rows.iter().flat_map(|row| row.iter()).collect();
    if buttons.len() > MOST_BUTTONS {
        return Err(Refusal::bad("REPLY_MARKUP_TOO_LONG"));
    }
    for button in &buttons {
        check_inline(button)?;
    }
    if buttons.is_empty() {
        return Ok(None);
    }
    let full: Vec<&Vec<Value>> = rows.iter().filter(|row| !row.is_empty()).collect();
    Ok(Some(Markup::Inline(json!({ "inline_keyboard": full }))))
}

fn rows(keyboard: &Value, what: &str) -> Result<Vec<Vec<Value>>, Refusal> {
    let trouble = || Refusal::bad(format!("can't parse {what}: expected an Array of Array"));
    let rows = keyboard.as_array().ok_or_else(trouble)?;
    rows.iter()
        .map(|row| row.as_array().cloned().ok_or_else(trouble))
        .collect()
}

fn label(button: &Value) -> Result<&str, Refusal> {
    button["text"]
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| {
            Refusal::bad(
                "can't parse inline keyboard button: Field \"text\" must be a non-empty String",
            )
        })
}

fn check_inline(button: &Value) -> Result<(), Refusal> {
    label(button)?;
    if !ACTIONS.iter().any(|action| button.get(action).is_some()) {
        return Err(Refusal::bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ));
    }
    if let Some(data) = button.get("callback_data") {
        let length = data.as_str().map_or(0, str::len);
        if !(1..=64).contains(&length) {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
    }
    if let Some(address) = button.get("url") {
        check_url(address.as_str().unwrap_or_default())?;
    }
    if let Some(app) = button.get("web_app") {
        check_app(
            app["url"].as_str().unwrap_or_default(),
            "inline keyboard button",
        )?;
    }
    Ok(())
}

fn check_url(address: &str) -> Result<(), Refusal> {
    let wrong = || {
        Refusal::bad(format!(
            "inline keyboard button URL '{address}' is invalid: Wrong HTTP URL"
        ))
    };
    if address.starts_with("tg://") {
        return Ok(());
    }
    let full = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    let url: reqwest::Url = full.parse().map_err(|_| wrong())?;
    let host = url.host_str().unwrap_or_default();
    let public = host.contains('.') && !host.starts_with("127.") && !host.starts_with("0.");
    if public && matches!(url.scheme(), "http" | "https" | "ton") {
        Ok(())
    } else {
        Err(wrong())
    }
}

fn check_app(address: &str, what: &str) -> Result<(), Refusal> {
    if address.starts_with("https://") {
        return Ok(());
    }
    Err(Refusal::bad(format!(
        "{what} Web App URL '{address}' is invalid: Only HTTPS links are allowed"
    )))
}

fn reply(markup: &Value, keyboard: &Value) -> Result<Value, Refusal> {
    let mut markup = markup.clone();
    let mut clean = Vec::new();
    for row in rows(keyboard, "keyboard button")? {
        let row: Vec<Value> = row
            .into_iter()
            .map(reply_button)
            .collect::<Result<_, _>>()?;
        if !row.is_empty() {
            clean.push(row);
        }
    }
    if clean.is_empty() {
        return Err(Refusal::bad(
            "reply keyboard must contain at least one button",
        ));
    }
    if clean.iter().map(Vec::len).sum::<usize>() > 3 * MOST_BUTTONS {
        return Err(Refusal::bad("REPLY_MARKUP_TOO_LONG"));
    }
    markup["keyboard"] = json!(clean);
    Ok(markup)
}

fn reply_button(button: Value) -> Result<Value, Refusal> {
    let button = if button.is_string() {
        json!({ "text": button })
    } else {
        button
    };
    label(&button)?;
    if let Some(app) = button.get("web_app") {
        check_app(app["url"].as_str().unwrap_or_default(), "keyboard button")?;
    }
    Ok(button)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(button: &Value) -> Result<Option<Markup>, Refusal> {
        let mut params = Params::default();
        params.fields.insert(
            "reply_markup".into(),
            json!({"inline_keyboard": [[button]]}),
        );
        read(&params)
    }

    #[test]
    fn callback_data_is_1_to_64_bytes() {
        assert!(with(&json!({"text": "a", "callback_data": "x".repeat(64)})).is_ok());
        for data in [String::new(), "x".repeat(65), "ñ".repeat(33)] {
            let refusal =
                with(&json!({"text": "a", "callback_data": data})).expect_err("bad length");
            assert_eq!(refusal.description, "Bad Request: BUTTON_DATA_INVALID");
        }
    }

    #[test]
    fn links_to_this_computer_and_apps_without_https_are_refused() {
        let refusal =
            with(&json!({"text": "a", "url": "http://localhost:8080/x"})).expect_err("localhost");
        assert_eq!(
            refusal.description,
            "Bad Request: inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL"
        );
        assert!(with(&json!({"text": "a", "url": "https://t.me/gad_bot?start=x"})).is_ok());
        assert!(with(&json!({"text": "a", "web_app": {"url": "http://a.b"}})).is_err());
        assert!(with(&json!({"text": "a"})).is_err());
    }

    #[test]
    fn more_than_100_buttons_are_refused() {
        let mut params = Params::default();
        let row: Vec<Value> = (0..101)
            .map(|n| json!({"text": "a", "callback_data": n.to_string()}))
            .collect();
        params
            .fields
            .insert("reply_markup".into(), json!({"inline_keyboard": [row]}));
        assert!(read(&params).is_err());
    }
}
