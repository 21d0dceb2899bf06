//! What every handler shares; cheap to clone.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    Actor, Store,
    bell::{Listener, Topic},
    files::Files,
    session,
};
use moka::future::Cache as Memory;

use crate::{
    Cache, Checks, Config, Hub, Limiter, auth::token::Tokens, cache::Answers, error::Problem,
    uploads::Room,
};

/// How long an answer about a session is believed when no bell rings: it ends for a client within this time.
const BELIEVED: Duration = Duration::from_millis(500);

/// The most sessions that are remembered at once.
const REMEMBERED: u64 = 10_000;

/// What this crate needs from the rest of the program.
pub struct Api {
    pub store: Store,
    pub files: Arc<dyn Files>,
    pub hub: Hub,
    pub limiter: Arc<dyn Limiter>,
    pub cache: Arc<dyn Cache>,
    pub checks: Arc<dyn Checks>,
    pub config: Config,
}

#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub api: Api,
    pub tokens: Tokens,
    pub answers: Answers,
    pub room: Room,
    sessions: Memory<String, Option<Arc<Actor>>>,
    /// Rings when a session ended, on whichever instance.
    ended: Mutex<Listener>,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Deref for Inner {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl App {
    pub fn new(api: Api) -> Self {
        let tokens = Tokens::new(&api.config, api.store.clock().clone());
        let sessions = Memory::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(BELIEVED)
            .build();
        let room = Room::new(api.config.upload_bytes);
        let ended = Mutex::new(api.store.bell().listen(Topic::Sessions));
        Self(Arc::new(Inner {
            api,
            tokens,
            answers: Answers::default(),
            room,
            sessions,
            ended,
        }))
    }

    /// The person behind a session; many requests at once ask the database once.
    pub async fn actor(&self, session_id: &str) -> Result<Option<Arc<Actor>>, Problem> {
        if self.some_ended() {
            self.sessions.invalidate_all();
        }
        let look = async {
            session::authenticate(&self.store, session_id)
                .await
                .map(|found| found.map(Arc::new))
        };
        self.sessions
            .try_get_with_by_ref(session_id, look)
            .await
            .map_err(|error| Problem::from(&*error))
    }

    fn some_ended(&self) -> bool {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rang()
    }
}
