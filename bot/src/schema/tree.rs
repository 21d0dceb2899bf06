//! The tree that says who handles which update.

use std::sync::Arc;

use domain::{Actor, Store};
use locales::{Lang, Sentence};
use teloxide::{
    dispatching::{UpdateFilterExt, UpdateHandler},
    dptree,
    types::{CallbackQuery, ChatMemberUpdated, Me, Message, Update, UpdateKind},
};

use super::Command;
use crate::{
    commands,
    ctx::Ctx,
    errors::HandlerError,
    groups,
    inflight::{InboxId, Marked},
    meter::Meter,
    presence, presses, says,
    state::State,
    storage, strangers,
    toasts::Toasts,
};

/// Who an update comes from.
#[derive(Clone)]
enum Who {
    Known(Box<Ctx>),
    /// Linked, but switched off or never linked.
    Stranger,
    /// The database could not say.
    Unclear(Arc<domain::Error>),
}

/// Every update goes down this tree; what no branch wants is done with.
pub fn tree() -> UpdateHandler<HandlerError> {
    dptree::entry()
        .branch(Update::filter_my_chat_member().endpoint(presence_changed))
        .branch(
            // What is said in groups is none of ours, but for the little that `groups` takes.
            dptree::filter(|update: Update| groups::is_group(&update))
                .branch(Update::filter_message().endpoint(group_says))
                .branch(Update::filter_callback_query().endpoint(group_presses)),
        )
        .branch(
            dptree::filter(|update: Update| {
                update.chat().is_some_and(teloxide::types::Chat::is_private)
            })
            .chain(storage::enter::<State>())
            .chain(dptree::map_async(who))
            .branch(dptree::filter_map(unclear).endpoint(give_up))
            .branch(known_people())
            .branch(Update::filter_message().endpoint(stranger_says))
            .branch(Update::filter_callback_query().endpoint(stranger_presses)),
        )
}

fn known_people() -> UpdateHandler<HandlerError> {
    dptree::filter_map(known)
        .branch(
            Update::filter_message()
                .branch(
                    dptree::filter_map(|message: Message, me: Me| {
                        let text = message.text().or_else(|| message.caption());
                        text.and_then(|text| Command::typed(text, me.username()))
                    })
                    .endpoint(command),
                )
                .branch(dptree::endpoint(message)),
        )
        .branch(Update::filter_edited_message().endpoint(edited))
        .branch(Update::filter_callback_query().endpoint(press))
}

async fn who(
    update: Update,
    store: Store,
    toasts: Toasts,
    inbox: InboxId,
    marked: Marked,
    state: State,
) -> Who {
    let inbox = (inbox, marked);
    let Some(user) = update.from() else {
        return Who::Stranger;
    };
    match Actor::of_telegram(&store, user.id.0.cast_signed()).await {
        Ok(Some(actor)) => Who::Known(Box::new(ctx(&update, actor, store, toasts, inbox, state))),
        Ok(None) => Who::Stranger,
        Err(error) => Who::Unclear(Arc::new(error)),
    }
}

fn ctx(
    update: &Update,
    actor: Actor,
    store: Store,
    toasts: Toasts,
    (inbox, marked): (InboxId, Marked),
    mut state: State,
) -> Ctx {
    if matches!(update.kind, UpdateKind::EditedMessage(_)) {
        // A live location moves by itself: nobody has come back to a step that is too old.
        state.expired = None;
    }
    let (query, at) = match &update.kind {
        UpdateKind::CallbackQuery(query) => (Some(query.id.clone()), None),
        UpdateKind::Message(message) => (None, Some(message.date)),
        _ => (None, None),
    };
    let words = match &update.kind {
        UpdateKind::Message(message) => message.text().or(message.caption()),
        _ => None,
    };
    let cries = words.is_some_and(|words| locales::within(&Sentence::WordCry, words));
    Ctx {
        chat_id: actor.telegram_id.unwrap_or_default(),
        lang: Lang::from_tag(actor.lang.as_deref()),
        inbox_id: inbox.0,
        at: at.unwrap_or_else(|| store.now()).min(store.now()),
        query,
        cries,
        actor,
        store,
        toasts,
        state,
        meter: Meter::default(),
        marked,
    }
}

fn known(who: Who) -> Option<Ctx> {
    match who {
        Who::Known(ctx) => Some(*ctx),
        _ => None,
    }
}

fn unclear(who: Who) -> Option<Arc<domain::Error>> {
    match who {
        Who::Unclear(error) => Some(error),
        _ => None,
    }
}

async fn give_up(error: Arc<domain::Error>) -> Result<(), HandlerError> {
    Err(domain::Error::Away(error.to_string()).into())
}

async fn command(ctx: Ctx, command: Command, message: Message) -> Result<(), HandlerError> {
    Ok(commands::run(&ctx, command, &message).await?)
}

async fn message(ctx: Ctx, message: Message) -> Result<(), HandlerError> {
    Ok(says::run(&ctx, &message).await?)
}

async fn edited(ctx: Ctx, message: Message) -> Result<(), HandlerError> {
    Ok(presence::moved(&ctx, &message).await?)
}

async fn press(ctx: Ctx, query: CallbackQuery) -> Result<(), HandlerError> {
    Ok(presses::run(&ctx, query.data.as_deref().unwrap_or_default()).await?)
}

async fn stranger_says(message: Message, store: Store, inbox: InboxId) -> Result<(), HandlerError> {
    Ok(strangers::says(&store, inbox, &message).await?)
}

async fn stranger_presses(
    query: CallbackQuery,
    store: Store,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(strangers::presses(&store, inbox, &query).await?)
}

async fn group_says(
    message: Message,
    me: Me,
    store: Store,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(groups::says(&store, inbox, &message, &me).await?)
}

async fn group_presses(
    query: CallbackQuery,
    store: Store,
    toasts: Toasts,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(groups::presses(&store, &toasts, inbox, &query).await?)
}

async fn presence_changed(
    change: ChatMemberUpdated,
    store: Store,
    inbox: InboxId,
) -> Result<(), HandlerError> {
    Ok(presence::changed(&store, inbox, &change).await?)
}
