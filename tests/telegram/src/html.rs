//! Telegram's HTML: a handful of tags, four named characters, and its own complaints.

use serde_json::{Value, json};

use crate::{answer::Refusal, entities::Formatted};

/// An opened tag that waits for its end.
struct Open {
    tag: String,
    offset: usize,
    entity: Option<Value>,
}

/// Turns HTML into text and entities.
pub(crate) fn parse(source: &str) -> Result<Formatted, Refusal> {
    let mut parser = Parser {
        source,
        at: 0,
        text: String::new(),
        length: 0,
        open: Vec::new(),
        entities: Vec::new(),
    };
    while let Some(character) = source[parser.at..].chars().next() {
        match character {
            '<' => parser.tag()?,
            '&' => parser.reference(),
            _ => parser.plain(character),
        }
    }
    if let Some(open) = parser.open.pop() {
        return Err(trouble(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            open.tag
        )));
    }
    Ok(Formatted {
        text: parser.text,
        entities: parser.entities,
    })
}

fn trouble(what: impl AsRef<str>) -> Refusal {
    Refusal::bad(format!("can't parse entities: {}", what.as_ref()))
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    text: String,
    length: usize,
    open: Vec<Open>,
    entities: Vec<Value>,
}

impl Parser<'_> {
    fn push(&mut self, character: char) {
        self.text.push(character);
        self.length += character.len_utf16();
    }

    fn plain(&mut self, character: char) {
        self.push(character);
        self.at += character.len_utf8();
    }

    fn reference(&mut self) {
        let rest = &self.source[self.at..];
        let found = rest
            .find(';')
            .filter(|end| *end < 12)
            .and_then(|end| Some((end, decoded(&rest[1..end])?)));
        match found {
            Some((end, character)) => {
                self.push(character);
                self.at += end + 1;
            }
            None => self.plain('&'),
        }
    }

    fn tag(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let rest = &self.source[start..];
        let Some(end) = rest.find('>') else {
            return Err(trouble(format!(
                "Unclosed start tag at byte offset {start}"
            )));
        };
        let inside = &rest[1..end];
        self.at += end + 1;
        match inside.strip_prefix('/') {
            Some(name) => self.close(name.trim(), start),
            None => self.begin(inside, start),
        }
    }

    fn begin(&mut self, inside: &str, start: usize) -> Result<(), Refusal> {
        let name = inside
            .split_whitespace()
            .next()
            .unwrap_or("")
            .to_ascii_lowercase();
        let inner_code = name == "code" && self.open.last().is_some_and(|open| open.tag == "pre");
        let entity = match entity_of(&name, inside) {
            Some(_) if inner_code => self.take_language(inside),
            Some(entity) => entity,
            None => {
                return Err(trouble(format!(
                    "Unsupported start tag \"{name}\" at byte offset {start}"
                )));
            }
        };
        self.open.push(Open {
            tag: name,
            offset: self.length,
            entity,
        });
        Ok(())
    }

    /// `<pre><code class="language-x">` is one block with a language, not two entities.
    fn take_language(&mut self, inside: &str) -> Option<Value> {
        let language = attribute(inside, "class")?
            .strip_prefix("language-")?
            .to_owned();
        if let Some(pre) = self.open.last_mut().and_then(|open| open.entity.as_mut()) {
            pre["language"] = json!(language);
        }
        None
    }

    fn close(&mut self, name: &str, start: usize) -> Result<(), Refusal> {
        let Some(open) = self.open.pop() else {
            return Err(trouble(format!(
                "Unexpected end tag at byte offset {start}"
            )));
        };
        if !name.is_empty() && !open.tag.eq_ignore_ascii_case(name) {
            return Err(trouble(format!(
                "Unmatched end tag at byte offset {start}, expected \"</{}>\", found \"</{name}>\"",
                open.tag
            )));
        }
        if let Some(mut entity) = open.entity
            && self.length > open.offset
        {
            entity["offset"] = json!(open.offset);
            entity["length"] = json!(self.length - open.offset);
            self.entities.push(entity);
        }
        Ok(())
    }
}

/// The entity of a tag; `Some(None)` is a tag without one, `None` an unknown tag.
fn entity_of(name: &str, inside: &str) -> Option<Option<Value>> {
    let kind = match name {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "span" if attribute(inside, "class").as_deref() == Some("tg-spoiler") => "spoiler",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if inside.contains(" expandable") => "expandable_blockquote",
        "blockquote" => "blockquote",
        "a" => return Some(link(&attribute(inside, "href").unwrap_or_default())),
        "tg-emoji" => {
            return Some(
                attribute(inside, "emoji-id")
                    .map(|id| json!({"type": "custom_emoji", "custom_emoji_id": id})),
            );
        }
        _ => return None,
    };
    Some(Some(json!({ "type": kind })))
}

fn link(address: &str) -> Option<Value> {
    (!address.is_empty()).then(|| json!({"type": "text_link", "url": address}))
}

fn attribute(inside: &str, name: &str) -> Option<String> {
    let rest = inside.split_once(&format!("{name}="))?.1;
    let quote = rest.chars().next()?;
    let raw = match quote {
        '"' | '\'' => rest[1..].split(quote).next()?,
        _ => rest.split_whitespace().next()?,
    };
    Some(unescaped(raw))
}

fn unescaped(raw: &str) -> String {
    raw.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

fn decoded(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_tags_become_entities_in_utf16() {
        let parsed = parse("🚨 <b>a<i>&lt;b</i></b> <a href=\"https://x.y/?a=1&amp;b=2\">z</a>")
            .expect("good HTML");
        assert_eq!(parsed.text, "🚨 a<b z");
        assert_eq!(
            parsed.entities,
            [
                json!({"type": "italic", "offset": 4, "length": 2}),
                json!({"type": "bold", "offset": 3, "length": 3}),
                json!({"type": "text_link", "url": "https://x.y/?a=1&b=2", "offset": 7, "length": 1}),
            ]
        );
    }

    #[test]
    fn a_code_block_keeps_its_language() {
        let parsed = parse("<pre><code class=\"language-rust\">x</code></pre>").expect("good HTML");
        assert_eq!(
            parsed.entities,
            [json!({"type": "pre", "language": "rust", "offset": 0, "length": 1})]
        );
    }

    #[test]
    fn bad_html_is_refused_in_telegrams_words() {
        let words = |source: &str| parse(source).expect_err("bad HTML").description;
        assert_eq!(
            words("a <x>b</x>"),
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 2"
        );
        assert!(words("<b>a").contains("Can't find end tag corresponding to start tag \"b\""));
        assert!(words("<b>a</i>").contains("expected \"</b>\", found \"</i>\""));
        assert!(words("a < b").contains("Unclosed start tag at byte offset 2"));
    }
}
