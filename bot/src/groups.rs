//! Groups: a bot that is written to there says nothing but which unit the place belongs to, and takes answers to broadcasts.

use domain::{
    Actor, Error, Refusal, Result, Store,
    broadcast::{self, Reply as Said},
    group::{self, Spot},
    inbox,
    outbox::{self, Message as Outbound},
};
use futures::future::BoxFuture;
use locales::{Lang, Sentence};
use teloxide::types::{
    CallbackQuery, Chat, ChatKind, ChatMember, ChatMemberKind, ChatMemberUpdated,
    MaybeInaccessibleMessage, Me, Message, PublicChatKind, Update, User,
};

use crate::{
    broadcasts,
    inflight::InboxId,
    keyboards::Button,
    reply::{Place, Reply},
    schema::Command,
    toasts::Toasts,
    wording,
};

mod words;

pub use words::{Asked, ended, lost, mine, ownerless, shown, topics_refused};

/// Whether an update comes from where several people read.
pub fn is_group(update: &Update) -> bool {
    update.chat().is_some_and(has_several)
}

/// Not a private chat, and no channel either.
fn has_several(chat: &Chat) -> bool {
    chat.is_group() || chat.is_supergroup()
}

/// Something was written: only /grupo of somebody who may register groups is for us, and the news that the group has moved.
pub async fn says(store: &Store, inbox: InboxId, message: &Message, me: &Me) -> Result<()> {
    if let Some(to) = message.migrate_to_chat_id() {
        return moved(store, inbox, (message.chat.id.0, to.0)).await;
    }
    if let Some(from) = message.migrate_from_chat_id() {
        return moved(store, inbox, (from.0, message.chat.id.0)).await;
    }
    let text = message.text().unwrap_or_default();
    let Some(Command::Group) = Command::typed(text, me.username()) else {
        return Ok(());
    };
    let Some(actor) = known(store, message.from.as_ref()).await? else {
        return Ok(());
    };
    match group::may_register(&actor) {
        Ok(()) => {
            ask(
                store,
                inbox,
                &actor,
                (message.chat.id.0, thread_of(message)),
            )
            .await
        }
        Err(refusal) => refuse(store, inbox, &actor, refusal).await,
    }
}

async fn moved(store: &Store, inbox: InboxId, (from, to): (i64, i64)) -> Result<()> {
    once(store, inbox, move |tx| {
        Box::pin(async move { group::moved(tx, from, to).await })
    })
    .await
}

/// The bot came into a group, had to leave it, or may do something else there.
pub async fn changed(store: &Store, inbox: InboxId, change: &ChatMemberUpdated) -> Result<()> {
    let chat_id = change.chat.id.0;
    if !has_several(&change.chat) {
        return Ok(());
    }
    if !change.new_chat_member.is_present() {
        return once(store, inbox, move |tx| {
            Box::pin(async move { group::lost(tx, chat_id).await })
        })
        .await;
    }
    if change.old_chat_member.is_present() {
        return empowered(store, inbox, change).await;
    }
    match known(store, Some(&change.from)).await? {
        Some(actor) if group::may_register(&actor).is_ok() => {
            ask(store, inbox, &actor, (chat_id, None)).await
        }
        _ => Ok(()),
    }
}

/// With the right to open topics those are asked for again that were refused without it.
async fn empowered(store: &Store, inbox: InboxId, change: &ChatMemberUpdated) -> Result<()> {
    if !may_open_topics(&change.new_chat_member) {
        return Ok(());
    }
    let chat_id = change.chat.id.0;
    once(store, inbox, move |tx| {
        Box::pin(async move { group::topics_allowed(tx, chat_id).await })
    })
    .await
}

fn may_open_topics(member: &ChatMember) -> bool {
    matches!(&member.kind, ChatMemberKind::Administrator(admin) if admin.can_manage_topics)
}

async fn known(store: &Store, user: Option<&User>) -> Result<Option<Actor>> {
    match user {
        Some(user) => Actor::of_telegram(store, user.id.0.cast_signed()).await,
        None => Ok(None),
    }
}

/// The topic that a message stands in.
fn thread_of(message: &Message) -> Option<i64> {
    let thread = message.thread_id.filter(|_| message.is_topic_message);
    thread.map(|thread| i64::from(thread.0.0))
}

/// Does something in one transaction with taking notice of the update, and nothing when that was done before.
async fn once<F>(store: &Store, inbox: InboxId, work: F) -> Result<()>
where
    F: for<'a> FnOnce(&'a mut domain::Tx) -> BoxFuture<'a, Result<()>> + Clone + Send + 'static,
{
    store
        .write(move |tx| {
            Box::pin(async move {
                match inbox::done(tx, inbox.0).await? {
                    true => work(tx).await,
                    false => Ok(()),
                }
            })
        })
        .await
}

/// Which unit the place shall belong to, for whoever asked to choose.
async fn ask(
    store: &Store,
    inbox: InboxId,
    actor: &Actor,
    (chat_id, thread): (i64, Option<i64>),
) -> Result<()> {
    let asked = Some(Asked {
        page: 0,
        fresh: true,
    });
    let message = spot(actor, (chat_id, thread), asked)?;
    once(store, inbox, move |tx| {
        Box::pin(async move { outbox::push(tx, vec![message]).await })
    })
    .await
}

fn spot(
    actor: &Actor,
    (chat_id, thread): (i64, Option<i64>),
    asked: Option<Asked>,
) -> Result<Outbound> {
    let reply = Reply::Spot {
        user_id: actor.user_id.unwrap_or_default(),
        thread,
        ask: asked.is_some(),
        page: asked.map_or(0, |asked| asked.page),
        fresh: asked.is_none_or(|asked| asked.fresh),
    };
    reply.message(chat_id, None, Place::Plain)
}

/// Whoever may not learns it where nobody else reads.
async fn refuse(store: &Store, inbox: InboxId, actor: &Actor, refusal: Refusal) -> Result<()> {
    let Some(chat_id) = actor.telegram_id else {
        return Ok(());
    };
    let task_id = None;
    let reply = Reply::Refused { refusal, task_id };
    let message = reply.message(chat_id, actor.user_id, Place::Plain)?;
    once(store, inbox, move |tx| {
        Box::pin(async move { outbox::push(tx, vec![message]).await })
    })
    .await
}

/// A button was pressed: whoever is not meant gets a word over the chat, and nothing is left behind.
pub async fn presses(
    store: &Store,
    toasts: &Toasts,
    inbox: InboxId,
    query: &CallbackQuery,
) -> Result<()> {
    let Some(actor) = known(store, Some(&query.from)).await? else {
        let lang = Lang::from_tag(query.from.language_code.as_deref());
        let text = Sentence::RefusalNotAllowed.to(lang);
        toasts.show(&query.id, Some(&text), true);
        return Ok(());
    };
    let lang = Lang::from_tag(actor.lang.as_deref());
    let done = match query.data.as_deref().and_then(Button::parse) {
        Some(Button::Broadcast { said, id }) => answers(store, inbox, &actor, id, said).await,
        Some(Button::Group { on, id }) => chooses(store, inbox, &actor, query, on, id).await,
        Some(Button::Groups { page }) => turns(store, inbox, &actor, query, page).await,
        _ => Ok(Sentence::DialogueButtonGone),
    };
    let (text, alert) = match done {
        Ok(sentence) => (sentence.to(lang), false),
        Err(Error::Refused(refusal)) => {
            let zone = store.rules().zone;
            let words = wording::refusal(&refusal, "—", lang, zone, store.now());
            (words, true)
        }
        Err(error) => return Err(error),
    };
    toasts.show(&query.id, Some(&text), alert);
    Ok(())
}

/// An answer to a broadcast counts for whoever pressed; his own message shows it.
async fn answers(
    store: &Store,
    inbox: InboxId,
    actor: &Actor,
    id: i64,
    said: Said,
) -> Result<Sentence> {
    let actor = actor.clone();
    once(store, inbox, move |tx| {
        Box::pin(async move {
            let fresh = broadcast::answer(tx, &actor, id, said, None).await?;
            match fresh && said == Said::NeedsHelp {
                true => broadcasts::told::ask_what(tx, &actor, id).await,
                false => Ok(()),
            }
        })
    })
    .await?;
    Ok(broadcasts::label(said))
}

/// Another page of units to choose from, for whoever pressed.
async fn turns(
    store: &Store,
    inbox: InboxId,
    actor: &Actor,
    query: &CallbackQuery,
    page: u32,
) -> Result<Sentence> {
    group::may_register(actor)?;
    let Some(message) = pressed_on(query) else {
        return Ok(Sentence::DialogueButtonGone);
    };
    let place = (message.chat.id.0, thread_of(message));
    let fresh = false;
    let shown = spot(actor, place, Some(Asked { page, fresh }))?;
    once(store, inbox, move |tx| {
        Box::pin(async move { outbox::push(tx, vec![shown]).await })
    })
    .await?;
    Ok(Sentence::GroupPage)
}

fn pressed_on(query: &CallbackQuery) -> Option<&Message> {
    query
        .message
        .as_ref()
        .and_then(MaybeInaccessibleMessage::regular_message)
}

/// The place belongs to a unit from now on, or to none.
async fn chooses(
    store: &Store,
    inbox: InboxId,
    actor: &Actor,
    query: &CallbackQuery,
    on: bool,
    id: i64,
) -> Result<Sentence> {
    let Some(message) = pressed_on(query) else {
        return Ok(Sentence::DialogueButtonGone);
    };
    let place = Spot {
        chat_id: message.chat.id.0,
        thread_id: thread_of(message),
        title: title(&message.chat, message),
        forum: is_forum(&message.chat),
    };
    let outcome = spot(actor, (place.chat_id, place.thread_id), None)?;
    let actor = actor.clone();
    once(store, inbox, move |tx| {
        Box::pin(async move {
            if !on {
                return group::end(tx, &actor, id).await;
            }
            group::register(tx, &actor, id, place).await?;
            outbox::push(tx, vec![outcome]).await
        })
    })
    .await?;
    Ok(Sentence::GroupDone)
}

fn is_forum(chat: &Chat) -> bool {
    match &chat.kind {
        ChatKind::Public(public) => match &public.kind {
            PublicChatKind::Supergroup(group) => group.is_forum,
            _ => false,
        },
        ChatKind::Private(_) => false,
    }
}

/// What the group is called; with the name of the topic, as far as Telegram says it.
fn title(chat: &Chat, message: &Message) -> String {
    let name = chat.title().unwrap_or("—");
    let topic = message
        .reply_to_message()
        .and_then(Message::forum_topic_created);
    match topic {
        Some(topic) => format!("{name} · {}", topic.name),
        None => name.to_owned(),
    }
}
