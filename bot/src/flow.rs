//! The bot on one screen: what it is made of, what runs, and in which order it stops.

use std::{
    sync::{Arc, atomic::AtomicU32},
    time::Duration,
};

use domain::{Store, lease::while_held};
use dptree::di::DependencyMap;
use metrics::{describe_counter, describe_histogram};
use teloxide::{
    dispatching::{Dispatcher, UpdateHandler},
    error_handlers::IgnoringErrorHandlerSafe,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    client::Client,
    errands::Errands,
    errors::HandlerError,
    fence::{Fence, around},
    health::{Health, Part, State},
    inflight::InFlight,
    inline::Inline,
    limiter::{Limiter, Limits},
    listener::Inbox,
    menu::{self, Strangers},
    moves::Moves,
    receive::polling::Poller,
    screen::Render,
    sender::{Postman, Pulse, Sender},
    storage::DialogueStorage,
    toasts::Toasts,
};

/// How long handlers may finish after the stop.
const HANDLERS: Duration = Duration::from_secs(20);

/// Handlers may use half of the connections to the database, wording what is sent a quarter: the rest is for people who
/// look at the board, and for keeping leases.
const HANDLING: u32 = 2;
const WORDING: u32 = 4;

/// The pause after Telegram did not say who the bot is.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How updates come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receive {
    Polling,
    /// Telegram brings them to [`crate::receive::webhook::router`].
    Webhook,
}

/// What the bot is made of.
pub struct Flow {
    pub client: Client,
    pub store: Store,
    /// The handlers. They find in their dependencies: `Arc<Client>`, [`Store`], [`crate::InboxId`], [`Toasts`],
    /// `Arc<`[`DialogueStorage`]`>`, what teloxide gives, and what `deps` holds.
    pub tree: UpdateHandler<HandlerError>,
    pub deps: DependencyMap,
    pub render: Arc<dyn Render>,
    pub receive: Receive,
    pub limits: Limits,
    /// Differs between instances that run at once, and is the same after a restart: leases are taken back at once.
    pub instance: String,
    /// The commands that strangers are offered.
    pub strangers: Vec<Strangers>,
    pub health: Health,
    pub shutdown: CancellationToken,
}

/// Runs the bot until the shutdown: first receiving stops, then handlers finish, then the sender.
pub async fn run(flow: Flow) {
    let client = Arc::new(flow.client.clone());
    let errands = Errands::new(Arc::clone(&client));
    let stop_sending = CancellationToken::new();
    tokio::join!(
        receive(&flow, &client),
        greet_strangers(&client, &flow.strangers, &flow.shutdown),
        send(&flow, &client, &errands, &stop_sending),
        async {
            let _then = stop_sending.clone().drop_guard();
            Box::pin(handle(&flow, &client, &errands)).await;
        }
    );
    errands.finish().await;
    tracing::info!("the bot has stopped");
}

async fn receive(flow: &Flow, client: &Arc<Client>) {
    if flow.receive == Receive::Webhook {
        return;
    }
    let poller = Poller {
        client: Arc::clone(client),
        store: flow.store.clone(),
        health: flow.health.clone(),
        inline: Inline::new(Arc::clone(client), flow.store.clone()),
    };
    let name = format!("poll:{}", client.bot_id());
    while_held(&flow.store, &name, &flow.instance, &flow.shutdown, &poller).await;
}

async fn send(flow: &Flow, client: &Arc<Client>, errands: &Errands, stop: &CancellationToken) {
    let postman = Postman {
        store: flow.store.clone(),
        client: Arc::clone(client),
        render: Arc::clone(&flow.render),
        wording: Semaphore::new(flow.store.share(WORDING)),
        errands: errands.clone(),
        limiter: Arc::new(Limiter::new(flow.limits)),
        health: flow.health.clone(),
        pulse: Pulse::new(flow.store.clone()),
        unanswered: AtomicU32::new(0),
        editing: Arc::default(),
    };
    let sender = Sender {
        store: flow.store.clone(),
        postman: Arc::new(postman),
        health: flow.health.clone(),
    };
    let name = format!("send:{}", client.bot_id());
    while_held(&flow.store, &name, &flow.instance, stop, &sender).await;
}

/// Feeds the dispatcher until the stop and lets the handlers finish.
async fn handle(flow: &Flow, client: &Arc<Client>, errands: &Errands) {
    let inflight = InFlight::of(flow.store.share(HANDLING));
    let moves = Arc::new(Moves::new(flow.store.clone()));
    let inbox = || Inbox {
        store: flow.store.clone(),
        bot_id: client.bot_id(),
        inflight: inflight.clone(),
        moves: Arc::clone(&moves),
        stop: flow.shutdown.clone(),
    };
    let done = CancellationToken::new();
    let work = async {
        let _ends = done.clone().drop_guard();
        dispatch(flow, client, errands, &inflight, inbox).await;
    };
    let limit = async {
        flow.shutdown.cancelled().await;
        tokio::time::sleep(HANDLERS).await;
    };
    let prolonging = inbox();
    tokio::select! {
        ((), (), ()) = async { tokio::join!(work, prolonging.prolong(&done), moves.keep(&done)) } => {}
        () = limit => tracing::warn!("handlers did not finish in time; their updates come again"),
    }
}

async fn dispatch(
    flow: &Flow,
    client: &Arc<Client>,
    errands: &Errands,
    inflight: &InFlight,
    inbox: impl Fn() -> Inbox,
) {
    let toasts = Toasts::new(errands.clone());
    let fence = Fence {
        store: flow.store.clone(),
        inflight: inflight.clone(),
        toasts: toasts.clone(),
    };
    let mut deps = flow.deps.clone();
    deps.insert(Arc::clone(client));
    deps.insert(flow.store.clone());
    deps.insert(toasts);
    deps.insert(DialogueStorage::new(flow.store.clone()));
    let mut dispatcher = Dispatcher::builder(client.teloxide(), around(flow.tree.clone(), fence))
        .dependencies(deps)
        // The inbox gives out one update per person: all that come may run beside each other.
        .distribution_function(|_| None::<()>)
        .build();
    resume(flow, client.bot_id()).await;
    let mut pause = PAUSE;
    while !flow.shutdown.is_cancelled() {
        let dispatched =
            dispatcher.try_dispatch_with_listener(inbox(), IgnoringErrorHandlerSafe::new());
        if let Err(error) = dispatched.await {
            unknown(flow, &error);
            let _ = flow
                .shutdown
                .run_until_cancelled(tokio::time::sleep(pause))
                .await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Gives back what an earlier process of this installation had claimed.
async fn resume(flow: &Flow, bot_id: i64) {
    match domain::inbox::resume(&flow.store, bot_id).await {
        Ok(0) => {}
        Ok(updates) => tracing::warn!(updates, "updates were in work when the last process ended"),
        Err(error) => {
            tracing::warn!(%error, "updates that were in work come when their claims have run out");
        }
    }
}

fn unknown(flow: &Flow, error: &teloxide::RequestError) {
    let refused = matches!(
        error,
        teloxide::RequestError::Api(teloxide::ApiError::InvalidToken)
    );
    let state = if refused {
        State::Error
    } else {
        State::Degraded
    };
    if flow.health.set(Part::Handling, state) {
        let cure = if refused {
            "check TELEGRAM_BOT_TOKEN, then restart"
        } else {
            "trying again"
        };
        tracing::warn!(
            reason = reason(error),
            "Telegram did not say who the bot is: {cure}"
        );
    }
}

/// What went wrong, without the address, which carries the token.
fn reason(error: &teloxide::RequestError) -> String {
    match error {
        teloxide::RequestError::Network(_) => "no answer".into(),
        teloxide::RequestError::InvalidJson { .. } => "an answer that is not the Bot API's".into(),
        error => error.to_string(),
    }
}

/// Publishes the commands of strangers; Telegram keeps them, so that a failure can wait for the next start.
async fn greet_strangers(client: &Client, strangers: &[Strangers], stop: &CancellationToken) {
    let mut pause = PAUSE;
    while let Some(Err(error)) = stop
        .run_until_cancelled(menu::publish_to_strangers(client, strangers))
        .await
    {
        tracing::debug!(%error, "the commands for strangers are not published yet");
        if stop
            .run_until_cancelled(tokio::time::sleep(pause))
            .await
            .is_none()
        {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Says what the bot's metrics mean.
pub fn describe_metrics() {
    describe_counter!(
        "gad_telegram_updates_total",
        "Updates from Telegram by kind and by how their handling ended"
    );
    describe_histogram!(
        "gad_telegram_update_seconds",
        "Time from the receipt of an update to the end of its handling"
    );
    describe_counter!(
        "gad_telegram_sends_total",
        "Messages from the outbox by lane and by what became of them"
    );
    describe_counter!(
        "gad_telegram_rate_limited_total",
        "Calls that Telegram answered with 429"
    );
}
