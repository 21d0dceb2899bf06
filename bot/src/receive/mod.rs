//! Updates come in here, by polling or by webhook, and are kept before anything else happens. What people say to each other in
//! groups is not kept at all, although Telegram brings it to a bot that is an administrator there; nor is what somebody types
//! behind the bot's name in another chat, which is answered at once or never.

mod keeper;
pub mod polling;
pub mod webhook;

use domain::inbox::Arrival;
use serde_json::Value;

use crate::{inline::Question, schema::Command};

/// The kinds of updates that GAD asks for.
pub const ALLOWED_UPDATES: [&str; 5] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "inline_query",
];

/// The kind of an update as a label, which must not take values that others invent.
pub(crate) fn label(kind: &str) -> &'static str {
    let known = ALLOWED_UPDATES.into_iter().find(|known| *known == kind);
    known.unwrap_or("other")
}

/// What came in.
pub(crate) enum Incoming {
    /// To be kept.
    Ours(Arrival),
    /// To be answered now, and not kept.
    Asked(Question),
    /// None of our business: it is confirmed, and nothing of it stays.
    Foreign,
    /// No update at all.
    Nonsense,
}

fn incoming(update: &Value) -> Incoming {
    match (arrival(update), Question::of(update)) {
        (None, _) => Incoming::Nonsense,
        (Some(_), Some(question)) => Incoming::Asked(question),
        (Some(arrival), None) if is_wanted(update) => Incoming::Ours(arrival),
        (Some(_), None) => Incoming::Foreign,
    }
}

/// Whether an update is to be kept: of all that is written in a group only `/grupo`, and that the group has another number; of
/// questions in text fields none.
pub fn is_wanted(update: &Value) -> bool {
    let asked = update.get("inline_query").is_some();
    let edited = update.get("edited_message").is_some_and(is_in_group);
    let said = update
        .get("message")
        .is_some_and(|message| is_in_group(message) && !moves(message) && !registers(message));
    !asked && !edited && !said
}

fn is_in_group(message: &Value) -> bool {
    let kind = message.pointer("/chat/type").and_then(Value::as_str);
    matches!(kind, Some("group" | "supergroup"))
}

fn moves(message: &Value) -> bool {
    ["migrate_to_chat_id", "migrate_from_chat_id"]
        .iter()
        .any(|field| message.get(*field).is_some())
}

/// The command, to whichever bot.
fn registers(message: &Value) -> bool {
    let text = message.get("text").and_then(Value::as_str);
    let command = text.and_then(|text| text.strip_prefix('/'));
    command
        .and_then(|rest| rest.split(|c: char| c == '@' || c.is_whitespace()).next())
        .is_some_and(|word| word.to_lowercase() == Command::Group.name())
}

/// Reads just enough of an update to keep it; `None` when it is none.
fn arrival(update: &Value) -> Option<Arrival> {
    let fields = update.as_object()?;
    let update_id = fields.get("update_id")?.as_i64()?;
    let (kind, body) = fields.iter().find(|(name, _)| *name != "update_id")?;
    let actor = actor(body).unwrap_or_default();
    Some(Arrival {
        update_id,
        actor,
        kind: kind.replace('\0', ""),
        payload: update.to_string(),
    })
}

/// The person, or the chat where there is none.
fn actor(body: &Value) -> Option<i64> {
    ["/from/id", "/user/id", "/chat/id"]
        .iter()
        .find_map(|path| body.pointer(path)?.as_i64())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn actor_of(kind: &str, body: &Value) -> Option<i64> {
        arrival(&json!({"update_id": 1, kind: body})).map(|arrival| arrival.actor)
    }

    #[test]
    fn messages_and_presses_of_one_person_share_a_turn() {
        assert_eq!(
            actor_of("message", &json!({"from": {"id": 7}, "chat": {"id": -100}})),
            Some(7)
        );
        assert_eq!(
            actor_of("callback_query", &json!({"id": "x", "from": {"id": 7}})),
            Some(7)
        );
        assert_eq!(
            actor_of(
                "channel_post",
                &json!({"chat": {"id": -1_001_234_567_890_i64}})
            ),
            Some(-1_001_234_567_890)
        );
    }

    #[test]
    fn unknown_kinds_are_kept_as_they_came() {
        let update = json!({"update_id": 5, "brand_new": {"x": "é\u{0}"}});
        let kept = arrival(&update).expect("it has an id");
        assert_eq!((kept.kind.as_str(), kept.actor), ("brand_new", 0));
        assert_eq!(
            serde_json::from_str::<Value>(&kept.payload).ok(),
            Some(update)
        );
        assert!(!kept.payload.contains('\u{0}'));
        assert_eq!((label(&kept.kind), label("message")), ("other", "message"));
    }

    #[test]
    fn of_what_is_written_in_groups_only_our_command_and_moves_are_kept() {
        let said = |kind: &str, chat: &str, what: (&str, Value)| {
            let mut message = json!({"from": {"id": 7}, "chat": {"id": -100, "type": chat}});
            message[what.0] = what.1;
            is_wanted(&json!({"update_id": 1, kind: message}))
        };
        let text = |text: &str| said("message", "supergroup", ("text", json!(text)));
        for ours in ["/grupo", "/Grupo", "/GRUPO@gad_bot", "/grupo Norte"] {
            assert!(text(ours), "{ours}");
        }
        for foreign in [
            "",
            "hola",
            "grupo",
            "/grupos",
            "/tareas",
            "/sos",
            "mira /grupo",
            "/",
        ] {
            assert!(!text(foreign), "{foreign}");
        }
        for field in ["migrate_to_chat_id", "migrate_from_chat_id"] {
            assert!(said("message", "group", (field, json!(-5))));
        }
        for kind in ["group", "supergroup"] {
            assert!(!said("message", kind, ("photo", json!([]))));
            assert!(!said("edited_message", kind, ("text", json!("/grupo"))));
        }
        for kind in ["message", "edited_message"] {
            assert!(said(kind, "private", ("text", json!("hola"))));
        }
        assert!(said("my_chat_member", "supergroup", ("x", json!(1))));
        assert!(said("callback_query", "supergroup", ("data", json!("x"))));
    }

    #[test]
    fn what_is_asked_in_a_text_field_is_not_kept() {
        let query = json!({"id": "5", "from": {"id": 7}, "query": "PAT-1"});
        let asked = json!({"update_id": 1, "inline_query": query});
        assert!(matches!(incoming(&asked), Incoming::Asked(_)));
        let broken = json!({"update_id": 1, "inline_query": {"query": "PAT-1"}});
        assert!(matches!(incoming(&broken), Incoming::Foreign));
        assert!(!is_wanted(&asked) && !is_wanted(&broken));
        let unnumbered = json!({ "inline_query": query });
        assert!(matches!(incoming(&unnumbered), Incoming::Nonsense));
    }

    proptest! {
        #[test]
        fn hostile_updates_are_kept_as_they_came_or_refused(
            number in any::<i64>(),
            kind in junk::text(),
            body in junk::document(),
            anything in junk::document(),
        ) {
            let update = json!({ "update_id": number, kind: body });
            if let Some(kept) = arrival(&update) {
                prop_assert_eq!(kept.update_id, number);
                // PostgreSQL keeps no NUL in a text.
                prop_assert!(!kept.kind.contains('\0') && !kept.payload.contains('\0'));
                prop_assert_eq!(kept.payload, update.to_string());
            }
            let no_number = anything.get("update_id").is_none_or(|number| !number.is_i64());
            prop_assert!(!no_number || arrival(&anything).is_none());
        }
    }

    #[test]
    fn what_is_no_update_is_refused() {
        for wrong in [
            json!(null),
            json!([]),
            json!({}),
            json!({"update_id": "5", "message": {}}),
            json!({"update_id": 5}),
        ] {
            assert!(arrival(&wrong).is_none(), "{wrong}");
        }
    }
}
