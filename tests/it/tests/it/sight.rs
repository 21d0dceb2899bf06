//! What somebody did with thumbs, and what the newest card on the phone shows.

use anyhow::Result;
use it::{Somebody, TestApp, until::DEADLINE};
use telegram::{ChatView, Seen};

/// What a person did, by kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Did {
    pub presses: usize,
    pub commands: usize,
    pub texts: usize,
    pub places: usize,
    pub others: usize,
}

impl Did {
    /// Nothing but these presses.
    pub fn presses(presses: usize) -> Self {
        Self {
            presses,
            ..Self::default()
        }
    }
}

/// What somebody did since Telegram had this many updates.
pub fn did(app: &TestApp, person: &Somebody, since: usize) -> Did {
    let mut did = Did::default();
    for update in app.paper.updates().iter().skip(since) {
        let (message, press) = (&update["message"], &update["callback_query"]);
        let by = |one: &serde_json::Value| one["from"]["id"] == person.phone.id();
        if by(press) {
            did.presses += 1;
        } else if by(message) {
            let kind = match message["text"].as_str() {
                Some(text) if text.starts_with('/') => &mut did.commands,
                Some(_) => &mut did.texts,
                None if message["location"].is_object() => &mut did.places,
                None => &mut did.others,
            };
            *kind += 1;
        }
    }
    did
}

/// Waits until the newest card of a task on somebody's phone shows this state, and exactly these buttons in this order.
pub async fn until_card(
    person: &Somebody,
    code: &str,
    state: &str,
    buttons: &[&str],
) -> Result<()> {
    let state = format!("Estado: {state}");
    let shows = |chat: &ChatView| {
        newest_card(chat, code).is_some_and(|card| {
            let labels = card.keyboard.iter().flatten();
            let labels: Vec<&str> = labels.map(|button| button.label.as_str()).collect();
            labels == buttons && card.text.lines().any(|line| line.starts_with(&state))
        })
    };
    person.until(shows, DEADLINE).await?;
    Ok(())
}

/// Only cards have a line for the state.
fn newest_card<'a>(chat: &'a ChatView, code: &str) -> Option<&'a Seen> {
    chat.messages.iter().rev().find(|message| {
        let states = |line: &str| line.starts_with("Estado: ");
        message.from_bot && message.text.contains(code) && message.text.lines().any(states)
    })
}
