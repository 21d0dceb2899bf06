//! The sockets that are open: who hears what as it happens, and who makes up for what he has missed.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use domain::{
    Actor, Store,
    bell::Topic as Bell,
    event::{self, Topic},
};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

mod log;
mod present;
mod recent;
mod sessions;
pub(crate) mod wire;

use recent::Recent;

/// Messages that wait for one reader; whoever lets more pile up looks for them by himself, at what was handed out lately
/// or in the log.
const QUEUE: usize = 64;

/// Sockets that catch up may use a quarter of the connections to the database: when all come back at once, they wait
/// for each other, and requests do not wait for them.
const READING: u32 = 4;

/// How long the log is not looked at when no bell rings.
const POLL: Duration = Duration::from_millis(500);

/// How often a client that is ahead of this instance looks whether it has caught up.
const LAG: Duration = Duration::from_millis(5);

/// Events that are read at once.
pub(crate) const BATCH: u64 = 500;

/// Hands events to sockets; cheap to clone. Somebody must run it: see [`Hub::run`].
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    store: Store,
    epoch: OnceCell<String>,
    connections: Mutex<Connections>,
    told: Mutex<present::Told>,
    next_id: AtomicU64,
    closing: CancellationToken,
    sockets: TaskTracker,
    /// So many sockets may read the log at once.
    reading: Semaphore,
}

/// Both under one lock: a connection that goes live knows exactly which event comes next.
struct Connections {
    /// The last event that was handed out; nothing before the first look at the log.
    seq: Option<i64>,
    by_id: HashMap<u64, Connection>,
    recent: Recent,
}

struct Connection {
    session_id: String,
    actor: Arc<Actor>,
    topics: HashSet<Topic>,
    state: State,
    queue: mpsc::Sender<Utf8Bytes>,
    end: watch::Sender<Option<End>>,
}

/// Who brings a connection its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The hub, by the queue.
    Live,
    /// The connection itself, from the log: it is owed everything after this event.
    Off(i64),
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    SessionOver,
    Restart,
}

/// What a connection holds of the hub.
pub(crate) struct Line {
    pub id: u64,
    pub queue: mpsc::Receiver<Utf8Bytes>,
    pub end: watch::Receiver<Option<End>>,
    hub: Hub,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.hub.lock().by_id.remove(&self.id);
        metrics::gauge!("gad_ws_connections").decrement(1.0);
    }
}

impl Hub {
    pub fn new(store: Store) -> Self {
        Self(Arc::new(Inner {
            epoch: OnceCell::new(),
            connections: Mutex::new(Connections {
                seq: None,
                by_id: HashMap::new(),
                recent: Recent::default(),
            }),
            told: Mutex::default(),
            next_id: AtomicU64::new(1),
            reading: Semaphore::new(store.share(READING)),
            closing: CancellationToken::new(),
            sockets: TaskTracker::new(),
            store,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.0
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// The sockets that are open, so that a shutdown can wait for them.
    pub(crate) fn sockets(&self) -> &TaskTracker {
        &self.0.sockets
    }

    /// A socket's turn to read the log.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.0.reading.acquire().await.ok()
    }

    /// Names the log.
    pub(crate) async fn epoch(&self) -> domain::Result<String> {
        self.0
            .epoch
            .get_or_try_init(|| event::epoch(&self.0.store))
            .await
            .cloned()
    }

    /// Ends every connection, each a little later than the other, and waits for them.
    pub(crate) async fn close(&self) {
        self.0.closing.cancel();
        for connection in self.lock().by_id.values() {
            connection.end.send_replace(Some(End::Restart));
        }
        self.0.sockets.close();
        self.0.sockets.wait().await;
    }

    /// Takes a connection in; it hears nothing before [`Hub::go_live`].
    pub(crate) fn register(&self, session_id: String, actor: Arc<Actor>) -> Line {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let (queue, receiver) = mpsc::channel(QUEUE);
        let first = self.0.closing.is_cancelled().then_some(End::Restart);
        let (end, ended) = watch::channel(first);
        let connection = Connection {
            session_id,
            actor,
            topics: HashSet::new(),
            state: State::Off(0),
            queue,
            end,
        };
        self.lock().by_id.insert(id, connection);
        metrics::gauge!("gad_ws_connections").increment(1.0);
        Line {
            id,
            queue: receiver,
            end: ended,
            hub: self.clone(),
        }
    }

    /// The last event that was handed out; asks the log before the first one.
    pub(crate) async fn seq(&self) -> domain::Result<i64> {
        if let Some(seq) = self.lock().seq {
            return Ok(seq);
        }
        let seq = event::last_seq(&self.0.store).await?;
        Ok(*self.lock().seq.get_or_insert(seq))
    }

    /// Returns once this event was handed out, if the log has it: a client may have had it of an instance that is
    /// quicker.
    pub(crate) async fn reach(&self, seq: i64) -> domain::Result<()> {
        if self.seq().await? >= seq || event::last_seq(&self.0.store).await? < seq {
            return Ok(());
        }
        self.0.store.bell().ring_here(Bell::Events);
        let reached = async {
            while self.lock().seq.is_none_or(|head| head < seq) {
                tokio::time::sleep(LAG).await;
            }
        };
        // Too slow for that: the client starts anew.
        let _ = tokio::time::timeout(POLL * 4, reached).await;
        Ok(())
    }

    /// Stops handing events to a connection; the last event that it has had, its queue included.
    pub(crate) fn pause(&self, id: u64) -> i64 {
        let mut connections = self.lock();
        let head = connections.seq.unwrap_or_default();
        let Some(connection) = connections.by_id.get_mut(&id) else {
            return head;
        };
        let had = match connection.state {
            State::Off(seq) if !connection.topics.is_empty() => seq,
            _ => head,
        };
        connection.state = State::Off(had);
        had
    }

    /// After which event a connection has to read the log by itself, if it does not hear from the hub.
    pub(crate) fn behind(&self, id: u64) -> Option<i64> {
        match self.lock().by_id.get(&id)?.state {
            State::Off(seq) => Some(seq),
            State::Live => None,
        }
    }

    /// Hands a connection every event after `seq`, if `seq` is the last that was handed out to the others.
    pub(crate) fn go_live(&self, id: u64, seq: i64, topics: &HashSet<Topic>) -> bool {
        let mut connections = self.lock();
        let at_the_head = connections.seq.is_none_or(|head| head <= seq);
        if let Some(connection) = connections.by_id.get_mut(&id) {
            connection.topics.clone_from(topics);
            connection.state = if at_the_head {
                State::Live
            } else {
                State::Off(seq)
            };
        }
        at_the_head
    }

    /// Some of what was handed out after `from` up to `until` that is of these topics and concerns this connection, and the
    /// last event that was looked at; `None` when the log has to be asked.
    pub(crate) fn lately(
        &self,
        id: u64,
        (from, until): (i64, i64),
        topics: &HashSet<Topic>,
    ) -> Option<(Vec<Utf8Bytes>, i64)> {
        let connections = self.lock();
        let actor = &connections.by_id.get(&id)?.actor;
        connections.recent.after(from, until, topics, actor)
    }

    /// What a connection may see at present.
    pub(crate) fn actor(&self, id: u64) -> Option<Arc<Actor>> {
        self.lock()
            .by_id
            .get(&id)
            .map(|connection| connection.actor.clone())
    }

    /// Reads the log and watches sessions as long as it is polled.
    pub async fn run(&self) {
        tokio::join!(self.read_log(), self.watch_sessions());
    }
}
