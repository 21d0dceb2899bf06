//! When every connection to the database is in use and none comes free, whoever comes next is told so at once instead
//! of waiting with all the others.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{app::App, error::Problem};

/// No request and no transaction was finished for so long: connections do not come free by turns any more.
const STANDSTILL: Duration = Duration::from_millis(100);

/// How long a connection is waited for then.
const PATIENCE: Duration = Duration::from_millis(100);

/// Remembers when a request was last finished.
pub(crate) struct Crowd {
    since: Instant,
    /// In milliseconds.
    moved: AtomicU64,
}

impl Default for Crowd {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            moved: AtomicU64::new(0),
        }
    }
}

impl Crowd {
    fn moves(&self) {
        self.moved.store(self.millis(), Ordering::Relaxed);
    }

    fn stands_still(&self) -> bool {
        let idle = self
            .millis()
            .saturating_sub(self.moved.load(Ordering::Relaxed));
        Duration::from_millis(idle) > STANDSTILL
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Lets a request in unless it would only wait.
pub(crate) async fn turn_away(State(app): State<App>, request: Request, next: Next) -> Response {
    if stands_still(&app) && !comes_free(&app).await {
        return Problem::away().into_response();
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::SERVICE_UNAVAILABLE {
        app.crowd.moves();
    }
    response
}

/// What runs beside requests uses connections too: a burst of it is no standstill.
fn stands_still(app: &App) -> bool {
    app.store.is_exhausted() && app.crowd.stands_still() && app.store.stillness() > STANDSTILL
}

async fn comes_free(app: &App) -> bool {
    let answered = tokio::time::timeout(PATIENCE, app.store.ping()).await;
    answered.is_ok_and(|answer| answer.is_ok())
}
