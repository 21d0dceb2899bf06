//! Text with entities: Telegram's offsets in UTF-16 units, its checks and what it finds by itself.

use serde_json::{Value, json};

use crate::{answer::Refusal, html, params::Params};

/// A text that passed Telegram's checks.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Formatted {
    pub text: String,
    pub entities: Vec<Value>,
}

/// Length as Telegram counts it.
pub(crate) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Reads text, parse mode and entities from the parameters.
pub(crate) fn read(params: &Params, text: &str, entities: &str) -> Result<Formatted, Refusal> {
    let raw = params.text(text).unwrap_or_default();
    let mode = params.text("parse_mode").unwrap_or_default();
    let formatted = match mode.to_ascii_lowercase().as_str() {
        "html" => html::parse(&raw)?,
        "" => Formatted {
            entities: checked(params.json(entities)?, &raw)?,
            text: raw,
        },
        _ => return Err(Refusal::bad("unsupported parse_mode")),
    };
    Ok(with_found(trimmed(formatted)))
}

fn checked(entities: Option<Value>, text: &str) -> Result<Vec<Value>, Refusal> {
    let Some(entities) = entities else {
        return Ok(Vec::new());
    };
    let Value::Array(list) = entities else {
        return Err(Refusal::bad("can't parse entities: expected an Array"));
    };
    let edges = edges(text);
    for entity in &list {
        check(entity, &edges)?;
    }
    Ok(list)
}

/// UTF-16 offsets at which a character starts, and the end.
fn edges(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut edges = vec![0];
    for character in text.chars() {
        at += character.len_utf16();
        edges.push(at);
    }
    edges
}

fn check(entity: &Value, edges: &[usize]) -> Result<(), Refusal> {
    let number = |name: &str| {
        entity[name]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| {
                Refusal::bad(format!(
                    "can't parse MessageEntity: Field \"{name}\" must be a Number"
                ))
            })
    };
    if entity["type"].as_str().is_none() {
        return Err(Refusal::bad(
            "can't parse MessageEntity: Can't find field \"type\"",
        ));
    }
    let (offset, length) = (number("offset")?, number("length")?);
    let end = *edges.last().expect("edges always holds the start");
    if offset > end {
        return Err(Refusal::bad(format!(
            "entity begins after the end of the text at UTF-16 offset {offset}"
        )));
    }
    if offset + length > end {
        return Err(Refusal::bad(format!(
            "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {}",
            offset + length
        )));
    }
    if edges.binary_search(&offset).is_err() {
        return Err(Refusal::bad(format!(
            "entity begins in a middle of a UTF-16 symbol at byte offset {offset}"
        )));
    }
    if edges.binary_search(&(offset + length)).is_err() {
        return Err(Refusal::bad(format!(
            "entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol"
        )));
    }
    Ok(())
}

/// Telegram cuts white space off both ends; entities move and shrink with it.
fn trimmed(formatted: Formatted) -> Formatted {
    let text = formatted.text.trim();
    let cut =
        utf16_len(&formatted.text[..formatted.text.len() - formatted.text.trim_start().len()]);
    let end = utf16_len(text);
    let mut entities: Vec<Value> = formatted
        .entities
        .into_iter()
        .filter_map(|entity| moved(entity, cut, end))
        .collect();
    entities.sort_by_key(|entity| (place(entity).0, std::cmp::Reverse(place(entity).1)));
    Formatted {
        text: text.to_owned(),
        entities,
    }
}

fn moved(mut entity: Value, cut: usize, end: usize) -> Option<Value> {
    let (offset, length) = place(&entity);
    let from = offset.saturating_sub(cut).min(end);
    let to = (offset + length).saturating_sub(cut).min(end);
    entity["offset"] = json!(from);
    entity["length"] = json!(to - from);
    (to > from).then_some(entity)
}

fn place(entity: &Value) -> (usize, usize) {
    let number = |name: &str| {
        usize::try_from(entity[name].as_u64().unwrap_or_default()).unwrap_or(usize::MAX)
    };
    (number("offset"), number("length"))
}

/// Adds the commands, links and mentions that Telegram finds by itself outside other entities.
pub(crate) fn with_found(mut formatted: Formatted) -> Formatted {
    let mut offset = 0;
    for word in formatted.text.split_inclusive(char::is_whitespace) {
        let clean = word
            .trim_end()
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let (lead, clean) = split_lead(clean);
        let start = offset + lead;
        let length = utf16_len(clean);
        let taken = formatted.entities.iter().any(|entity| {
            let (from, len) = place(entity);
            from < start + length && start < from + len
        });
        if let (Some(kind), false) = (kind_of(clean), taken) {
            formatted
                .entities
                .push(json!({"type": kind, "offset": start, "length": length}));
        }
        offset += utf16_len(word);
    }
    formatted
        .entities
        .sort_by_key(|entity| (place(entity).0, std::cmp::Reverse(place(entity).1)));
    formatted
}

fn split_lead(word: &str) -> (usize, &str) {
    let clean = word.trim_start_matches(['(', '"', '«']);
    (utf16_len(&word[..word.len() - clean.len()]), clean)
}

fn kind_of(word: &str) -> Option<&'static str> {
    let named = |rest: &str, at_least: usize| {
        rest.len() >= at_least && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if let Some(rest) = word.strip_prefix('/') {
        let mut halves = rest.splitn(2, '@');
        let fits = halves.next().is_some_and(|name| named(name, 1))
            && halves.next().is_none_or(|bot| named(bot, 3));
        return fits.then_some("bot_command");
    }
    if word.starts_with("http://") || word.starts_with("https://") || word.starts_with("t.me/") {
        return Some("url");
    }
    if let Some(rest) = word.strip_prefix('@') {
        return named(rest, 3).then_some("mention");
    }
    let tag = word.strip_prefix('#')?;
    (!tag.is_empty() && tag.chars().all(char::is_alphanumeric)).then_some("hashtag")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(offset: usize, length: usize) -> Option<Value> {
        Some(json!([{"type": "bold", "offset": offset, "length": length}]))
    }

    #[test]
    fn offsets_outside_or_inside_a_symbol_are_refused() {
        assert!(checked(entity(0, 2), "🚨").is_ok());
        assert!(checked(entity(0, 1), "🚨").is_err());
        assert!(checked(entity(1, 1), "🚨").is_err());
        assert!(checked(entity(0, 3), "🚨").is_err());
        assert!(checked(entity(9, 0), "🚨").is_err());
    }

    #[test]
    fn white_space_is_cut_and_entities_follow() {
        let formatted = Formatted {
            text: "  hola \n".to_owned(),
            entities: vec![json!({"type": "bold", "offset": 0, "length": 8})],
        };
        let formatted = trimmed(formatted);
        assert_eq!(formatted.text, "hola");
        assert_eq!(
            formatted.entities,
            [json!({"type": "bold", "offset": 0, "length": 4})]
        );
    }

    #[test]
    fn commands_and_links_are_found() {
        let found = with_found(Formatted {
            text: "🚨 /start@gad_bot (https://a.b/c).".to_owned(),
            entities: vec![],
        });
        assert_eq!(
            found.entities,
            [
                json!({"type": "bot_command", "offset": 3, "length": 14}),
                json!({"type": "url", "offset": 19, "length": 13}),
            ]
        );
    }
}
