//! Redis, which joins instances and may vanish at any moment: whoever asks is answered or let go within [`PATIENCE`].

mod counter;
mod line;
pub mod presence;
mod small;

use std::{sync::Arc, time::Duration};

use redis::{
    Client, Cmd, FromRedisValue, IntoConnectionInfo, ProtocolVersion, RedisResult, TlsCertificates,
    aio,
};
use secrecy::ExposeSecret;
use tokio::sync::{Notify, watch};

use crate::config::RedisAccess;

pub use counter::Shared;
pub use line::visit;
pub use small::Small;

/// The longest anybody waits for an answer: whoever is the first to wait in vain shall not notice more than 100 ms in all.
pub const PATIENCE: Duration = Duration::from_millis(60);

/// One line to Redis for everything; cheap to clone. Somebody must keep it: see [`Redis::run`].
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    client: Client,
    /// What everything of this installation is called by: several may share a Redis.
    prefix: String,
    line: watch::Sender<Option<aio::MultiplexedConnection>>,
    /// Somebody got no answer, or the line was cut.
    trouble: Arc<Notify>,
}

impl Redis {
    /// Nothing is connected yet.
    pub fn new(place: &RedisAccess, epoch: &str) -> RedisResult<Self> {
        Ok(Self(Arc::new(Inner {
            client: client(place)?,
            prefix: format!("gad:{epoch}"),
            line: watch::Sender::new(None),
            trouble: Arc::default(),
        })))
    }

    /// Whether it answers at present.
    pub fn is_up(&self) -> bool {
        self.0.line.borrow().is_some()
    }

    fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.0.prefix)
    }

    /// The answer to a command; `None` at once while Redis is away, or when none comes in time.
    ///
    /// One who waits in vain ends the waiting of all, also of those who wait already: until Redis has answered again,
    /// nobody else is kept.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let mut open = self.0.line.subscribe();
        let mut line = open.borrow_and_update().clone()?;
        let answer = tokio::time::timeout(PATIENCE, command.query_async::<T>(&mut line));
        let answer = tokio::select! {
            biased;
            answer = answer => answer,
            () = hung_up(&mut open) => return None,
        };
        match answer {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) if error.kind() != redis::ErrorKind::Io => {
                tracing::debug!(%error, "Redis refused a command");
                None
            }
            _ => {
                self.hang_up();
                None
            }
        }
    }

    fn hang_up(&self) {
        self.0.line.send_replace(None);
        self.0.trouble.notify_one();
    }
}

/// Returns once somebody has waited in vain.
async fn hung_up(open: &mut watch::Receiver<Option<aio::MultiplexedConnection>>) {
    let _ = open.wait_for(Option::is_none).await;
}

/// RESP3, so that words of others come over the same line.
fn client(place: &RedisAccess) -> RedisResult<Client> {
    let info = place.url.expose_secret().into_connection_info()?;
    let settings = info
        .redis_settings()
        .clone()
        .set_protocol(ProtocolVersion::RESP3);
    let info = info.set_redis_settings(settings);
    let Some(authority) = &place.authority else {
        return Client::open(info);
    };
    // Refuses an address without encryption.
    let vouching = TlsCertificates {
        client_tls: None,
        root_cert: Some(authority.clone().into_bytes()),
    };
    Client::build_with_tls(info, vouching)
}
