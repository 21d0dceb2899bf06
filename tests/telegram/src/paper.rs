//! The paper Telegram as a value: start, bots, people, faults, logs, stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use patience::Deadline;
use serde_json::Value;
use thiserror::Error;
use tokio::{net::TcpListener, sync::Mutex, task::JoinSet};
use tokio_util::sync::DropGuard;

use crate::{
    calls::Call,
    config::{Config, Rates},
    deliver, door,
    faults::Fault,
    menu,
    perform::Place,
    person::Person,
    phone,
    queue::{Line, Queue},
    shared::Shared,
    state::{Bot, Chat, Human, World},
    store,
    wire::{Cut, Wire},
};

/// How long open connections may take to end at the stop.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// A running paper Telegram; cheap to clone. Without [`Paper::stop`] it ends, unsaved, with its
/// last clone.
#[derive(Clone)]
pub struct Paper {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    running: Arc<Running>,
}

/// What ends with the last clone.
struct Running {
    tasks: Mutex<JoinSet<()>>,
    _stop: DropGuard,
}

/// Why a paper Telegram did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be used, or the folder cannot be read.
    #[error("paper Telegram: {0}")]
    Io(#[from] io::Error),
    /// The HTTP client for webhooks cannot be made.
    #[error("paper Telegram: {0}")]
    Client(#[from] reqwest::Error),
}

/// No call fulfilled the condition in time.
#[derive(Debug, Error)]
#[error("not called within {waited:?}; the last calls: {last:?}")]
pub struct NotCalled {
    waited: Duration,
    last: Vec<String>,
}

impl Paper {
    /// Starts on an address (port 0: any) with the default settings.
    pub async fn start(address: SocketAddr) -> Result<Self, StartError> {
        Self::start_with(address, Config::default()).await
    }

    /// Starts on an address with these settings.
    pub async fn start_with(address: SocketAddr, config: Config) -> Result<Self, StartError> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let world = match &config.folder {
            Some(folder) => store::load(folder).await?,
            None => World::default(),
        };
        let folder = config.folder.clone();
        let shared = Arc::new(Shared::new(config, world)?);
        let running = Arc::new(Running {
            tasks: Mutex::default(),
            _stop: shared.stop.clone().drop_guard(),
        });
        let paper = Self {
            shared,
            address,
            running,
        };
        let mut tasks = paper.running.tasks.lock().await;
        tasks.spawn(deliver::run(Arc::clone(&paper.shared)));
        if let Some(folder) = folder {
            tasks.spawn(store::run(Arc::clone(&paper.shared), folder));
        }
        tasks.spawn(serve(listener, paper.router(), Arc::clone(&paper.shared)));
        drop(tasks);
        Ok(paper)
    }

    /// The routes, to serve them elsewhere; there, faults break the body off instead of the connection.
    pub fn router(&self) -> Router {
        let page = phone::routes(Arc::clone(&self.shared));
        phone::only_here(door::routes(Arc::clone(&self.shared)).merge(page))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base address for a bot's `set_api_url`.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Address of the phone page.
    pub fn phone_url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Ends deliveries, long polls and connections.
    pub async fn stop(&self) {
        self.shared.stop.cancel();
        let mut tasks = self.running.tasks.lock().await;
        let ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
            tasks.shutdown().await;
        }
    }

    /// Registers a bot, once; its id is the number before the colon of the token.
    pub fn add_bot(&self, token: &str, username: &str) {
        let id = token
            .split(':')
            .next()
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(1);
        self.shared.with(|world| {
            if world.first.is_empty() {
                token.clone_into(&mut world.first);
            }
            world.bots.entry(token.to_owned()).or_insert_with(|| Bot {
                id,
                username: username.to_owned(),
                name: username.to_owned(),
                chats: Default::default(),
                queue: Queue::default(),
                webhook: None,
                commands: Vec::new(),
                menu_buttons: Default::default(),
                last_message_id: 0,
                presses: Default::default(),
                inline: Default::default(),
            });
            world.announce();
        });
    }

    /// A person with a Telegram account, new or known, in the private chat with the first bot.
    pub fn person(&self, telegram_id: i64, first_name: &str, language_code: &str) -> Person {
        let token = self.shared.with(|world| {
            world.people.entry(telegram_id).or_insert_with(|| Human {
                id: telegram_id,
                first_name: first_name.to_owned(),
                last_name: None,
                username: None,
                language_code: language_code.to_owned(),
                note: None,
                deleted: false,
                place: None,
            });
            world.announce();
            world.first.clone()
        });
        let place = Place {
            token,
            person: telegram_id,
            chat: telegram_id,
            topic: None,
        };
        Person {
            shared: Arc::clone(&self.shared),
            place,
        }
    }

    /// Everybody, by Telegram id.
    pub fn people(&self) -> Vec<Person> {
        let (ids, token) = self.shared.with(|world| {
            let ids: Vec<i64> = world.people.keys().copied().collect();
            (ids, world.first.clone())
        });
        ids.into_iter()
            .map(|id| Person {
                shared: Arc::clone(&self.shared),
                place: Place {
                    token: token.clone(),
                    person: id,
                    chat: id,
                    topic: None,
                },
            })
            .collect()
    }

    /// A small group (negative id) in which every bot and these people are; somebody may make a supergroup of it.
    pub fn small_group(&self, chat: i64, title: &str, members: &[&Person]) {
        self.group(chat, title, false, members);
        self.shared.with(|world| {
            for bot in world.bots.values_mut() {
                if let Some(group) = bot.chats.get_mut(&chat) {
                    group.basic = true;
                }
            }
        });
    }

    /// A supergroup (negative id) in which every bot and these people are.
    pub fn group(&self, chat: i64, title: &str, forum: bool, members: &[&Person]) {
        self.shared.with(|world| {
            for bot in world.bots.values_mut() {
                let group = bot.chats.entry(chat).or_insert_with(Chat::default);
                group.title = Some(title.to_owned());
                group.forum = forum;
                group
                    .members
                    .extend(members.iter().map(|member| member.id()));
            }
            world.announce();
        });
    }

    /// Makes calls fail.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults().add(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Brings every update to any of these servers, as a balancer in front of the webhook does; none: to the webhook.
    pub fn balance(&self, bases: Vec<String>) {
        self.shared.balancer().open(bases);
    }

    /// Changes the sending limits; `None` lets everything pass.
    pub fn set_rates(&self, rates: Option<Rates>) {
        self.shared.set_rates(rates);
    }

    /// The Bot API calls so far, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls().all()
    }

    /// The calls with higher numbers, oldest first.
    pub fn calls_after(&self, number: u64) -> Vec<Call> {
        self.shared.calls().after(number)
    }

    /// The calls of one method so far, oldest first.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        self.calls()
            .into_iter()
            .filter(|call| call.method.eq_ignore_ascii_case(method))
            .collect()
    }

    /// Waits until the calls fulfil a condition; returns them as they were then.
    pub async fn until_calls(
        &self,
        mut condition: impl FnMut(&[Call]) -> bool,
        deadline: Duration,
    ) -> Result<Vec<Call>, NotCalled> {
        let mut end = Deadline::after(deadline);
        let mut called = self.shared.called.subscribe();
        loop {
            let calls = self.calls();
            if condition(&calls) {
                return Ok(calls);
            }
            if end.bound(called.changed()).await.is_none() {
                let last = calls
                    .iter()
                    .rev()
                    .take(10)
                    .map(|call| format!("{} {}", call.method, call.params));
                return Err(NotCalled {
                    waited: deadline,
                    last: last.collect(),
                });
            }
        }
    }

    fn on_bot<R>(&self, token: &str, work: impl FnOnce(&mut Bot) -> R) -> Option<R> {
        self.shared.with(|world| {
            let result = world.bots.get_mut(token).map(work);
            world.bump();
            result
        })
    }

    fn first_token(&self) -> String {
        self.shared.with(|world| world.first.clone())
    }

    /// Puts an update of any make into the first bot's queue, such as
    /// `{"message": {…}}`; returns its id.
    pub fn push_update(&self, update: &Value) -> Option<i64> {
        let (kind, body) = update
            .as_object()?
            .iter()
            .find(|(name, _)| *name != "update_id")?;
        let expires = self.shared.config.clock.now() + self.shared.config.message_life;
        let keep = self.shared.config.log_entries;
        let (chat, from) = (body["chat"]["id"].as_i64(), body["from"]["id"].as_i64());
        let line = match (chat, from) {
            (Some(chat), _) => Line::Chat(chat),
            (None, Some(person)) if kind == "callback_query" => Line::Presses(person),
            (None, person) => Line::Other(person.unwrap_or(0)),
        };
        self.on_bot(&self.first_token(), |bot| {
            if let Some(id) = update["update_id"].as_i64() {
                bot.queue.jump_to(id);
            }
            bot.queue.push(kind, body.clone(), line, expires, keep)
        })?
    }

    /// Delivers an update of the past `times` more, whatever the bot confirmed; false when unknown.
    pub fn repeat_update(&self, id: i64, times: usize) -> bool {
        let again = |bot: &mut Bot| bot.queue.repeat(id, times, bot.webhook.is_some());
        self.on_bot(&self.first_token(), again).unwrap_or(false)
    }

    /// Holds the next `count` updates back and then delivers them in another order.
    pub fn shuffle_next(&self, count: usize) {
        self.on_bot(&self.first_token(), |bot| bot.queue.shuffle_next(count));
    }

    /// Delivers now what `shuffle_next` still holds back.
    pub fn release_updates(&self) {
        self.on_bot(&self.first_token(), |bot| bot.queue.release());
    }

    /// Gives the next update this id; Telegram restarts at random after an idle week.
    pub fn next_update_id(&self, id: i64) {
        self.on_bot(&self.first_token(), |bot| bot.queue.jump_to(id));
    }

    /// Updates that the first bot has got or will get, oldest first.
    pub fn updates(&self) -> Vec<Value> {
        self.on_bot(&self.first_token(), |bot| bot.queue.past())
            .unwrap_or_default()
    }

    /// Updates that wait for the first bot.
    pub fn pending_updates(&self) -> usize {
        self.on_bot(&self.first_token(), |bot| bot.queue.len())
            .unwrap_or(0)
    }

    /// The command list the first bot published for exactly this scope
    /// (such as `{"type": "default"}`) and language (empty: all others).
    pub fn commands(&self, scope: &Value, language: &str) -> Vec<Value> {
        self.on_bot(&self.first_token(), |bot| {
            menu::published(bot, scope, language)
        })
        .flatten()
        .unwrap_or_default()
    }
}

async fn serve(listener: TcpListener, router: Router, shared: Arc<Shared>) {
    let service = router.into_make_service_with_connect_info::<Cut>();
    let stop = shared.stop.clone();
    let served = axum::serve(Wire(listener), service)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the paper Telegram stopped serving");
    }
}
