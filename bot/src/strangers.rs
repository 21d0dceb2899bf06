//! People we do not know: one polite sentence, unless they bring a link.

use domain::{
    Actor, Error, Refusal, Result, Store,
    enrolment::{self, Caller},
    inbox, outbox,
};
use teloxide::types::{CallbackQuery, Message, User};

use crate::{
    inflight::InboxId,
    keyboards::Button,
    reply::{Place, Reply},
};

/// A stranger wrote: with a good link he is asked for his consent.
pub async fn says(store: &Store, inbox: InboxId, message: &Message) -> Result<()> {
    let lang = message
        .from
        .as_ref()
        .and_then(|user| user.language_code.clone());
    let reply = match code(message.text().unwrap_or_default()) {
        Some(code) => invited(store, code, lang).await?,
        None => unknown(store, message.chat.id.0, lang).await?,
    };
    answer(store, inbox, message.chat.id.0, reply).await
}

/// Whoever was switched off is told so; everybody else hears the same sentence.
async fn unknown(store: &Store, chat_id: i64, lang: Option<String>) -> Result<Reply> {
    Ok(match Actor::was_switched_off(store, chat_id).await? {
        true => Reply::Disabled { lang },
        false => Reply::Stranger { lang },
    })
}

/// The code of `/start CODE`.
fn code(text: &str) -> Option<&str> {
    let (command, rest) = text.split_at_checked("/start".len())?;
    if !command.eq_ignore_ascii_case("/start") {
        return None;
    }
    let code = rest.split_once(' ').map(|(_, code)| code.trim())?;
    (!code.is_empty()).then_some(code)
}

async fn invited(store: &Store, code: &str, lang: Option<String>) -> Result<Reply> {
    match enrolment::invited(store, code).await {
        Ok(name) => Ok(Reply::Consent {
            code: code.to_owned(),
            name,
            lang,
        }),
        Err(Error::Refused(refusal)) => Ok(refused(&refusal, lang)),
        Err(error) => Err(error),
    }
}

fn refused(refusal: &Refusal, lang: Option<String>) -> Reply {
    match refusal {
        Refusal::Link { problem } => Reply::Link {
            problem: *problem,
            lang,
        },
        Refusal::Inactive => Reply::Disabled { lang },
        _ => Reply::Stranger { lang },
    }
}

/// A stranger pressed: Acepto enrols, everything else changes nothing.
pub async fn presses(store: &Store, inbox: InboxId, query: &CallbackQuery) -> Result<()> {
    let lang = query.from.language_code.clone();
    let chat_id = query.from.id.0.cast_signed();
    match query.data.as_deref().and_then(Button::parse) {
        Some(Button::Accept { code }) => match enrol(store, inbox, code, &query.from).await {
            Err(Error::Refused(refusal)) => {
                answer(store, inbox, chat_id, refused(&refusal, lang)).await
            }
            done => done,
        },
        Some(Button::Refuse) => {
            answer(store, inbox, chat_id, Reply::ConsentDeclined { lang }).await
        }
        _ => {
            let reply = unknown(store, chat_id, lang).await?;
            answer(store, inbox, chat_id, reply).await
        }
    }
}

/// Links the account and shows the menu, in one transaction.
pub async fn enrol(store: &Store, inbox: InboxId, code: String, user: &User) -> Result<()> {
    let chat_id = user.id.0.cast_signed();
    let caller = Caller {
        telegram_id: chat_id,
        username: user.username.clone(),
        lang: user.language_code.clone(),
    };
    store
        .write(move |tx| {
            Box::pin(async move {
                if !inbox::done(tx, inbox.0).await? {
                    return Ok(());
                }
                let enrolled = enrolment::enrol(tx, &code, caller).await?;
                let menu = Reply::Menu { enrolled: true };
                let message = menu.message(chat_id, Some(enrolled.user_id), Place::Plain)?;
                outbox::push(tx, vec![message]).await
            })
        })
        .await
}

async fn answer(store: &Store, inbox: InboxId, chat_id: i64, reply: Reply) -> Result<()> {
    store
        .write(move |tx| {
            Box::pin(async move {
                if !inbox::done(tx, inbox.0).await? {
                    return Ok(());
                }
                outbox::push(tx, vec![reply.message(chat_id, None, Place::Plain)?]).await
            })
        })
        .await
}
