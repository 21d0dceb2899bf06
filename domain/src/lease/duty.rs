//! Work that one instance does at a time: taken, prolonged while it goes on, and given back.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{Store, lease};

/// How long a lease lasts without being prolonged: what a killed holder did is taken over after that, by whoever asks next.
const SPAN: Duration = Duration::from_secs(5);

const PROLONG: Duration = Duration::from_millis(1500);

/// How soon to ask again while somebody else holds it.
const ASK: Duration = Duration::from_secs(1);

/// What is done under a lease.
pub trait Duty: Sync {
    /// Works until the term says stop.
    fn work(&self, term: Term) -> impl Future<Output = ()> + Send;
}

/// A lease as its holder has it; cheap to clone.
#[derive(Clone)]
pub struct Term {
    /// Proves to the database that the lease is still held.
    pub fence: lease::Fence,
    /// Says that the work shall end.
    pub stop: CancellationToken,
    until: watch::Receiver<Instant>,
}

impl Term {
    /// Returns when the lease may be somebody else's, also after this process was frozen for a while.
    pub async fn ran_out(&self) {
        loop {
            let until = *self.until.borrow();
            if until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }
}

/// Does the duty whenever this instance holds the lease, until `stop`.
pub async fn while_held(
    store: &Store,
    name: &str,
    holder: &str,
    stop: &CancellationToken,
    duty: &impl Duty,
) {
    while !stop.is_cancelled() {
        let asked = Instant::now();
        match lease::take(store, name.into(), holder.into(), SPAN).await {
            Ok(Some(fence)) => hold(store, fence, asked, stop, duty).await,
            Ok(None) => tracing::debug!(lease.name = name, "another instance does this"),
            Err(error) => {
                tracing::warn!(lease.name = name, %error, "the lease cannot be asked for");
            }
        }
        // Both a lost lease and a database that is away want a pause.
        let _ = stop.run_until_cancelled(tokio::time::sleep(ASK)).await;
    }
}

async fn hold(
    store: &Store,
    fence: lease::Fence,
    asked: Instant,
    stop: &CancellationToken,
    duty: &impl Duty,
) {
    let (good, until) = watch::channel(asked + SPAN);
    let term = Term {
        fence: fence.clone(),
        stop: stop.child_token(),
        until,
    };
    tokio::join!(
        async {
            // A panic or an early end of the duty must not leave the prolonging behind.
            let _ends = term.stop.clone().drop_guard();
            duty.work(term.clone()).await;
        },
        prolong(store, &term, &good)
    );
    if let Err(error) = lease::release(store, fence).await {
        tracing::warn!(%error, "a lease could not be given back; it ends by itself");
    }
}

/// Ends the term when the lease is lost, or could not be prolonged for as long as it lasts.
async fn prolong(store: &Store, term: &Term, good: &watch::Sender<Instant>) {
    let stop = &term.stop;
    while stop
        .run_until_cancelled(tokio::time::sleep(PROLONG))
        .await
        .is_some()
    {
        let asked = Instant::now();
        match lease::prolong(store, term.fence.clone(), SPAN).await {
            Ok(true) => drop(good.send_replace(asked + SPAN)),
            Ok(false) => stop.cancel(),
            Err(_) if *good.borrow() <= Instant::now() => stop.cancel(),
            Err(error) => {
                tracing::warn!(lease.name = term.fence.name, %error, "the lease could not be prolonged");
            }
        }
    }
}
