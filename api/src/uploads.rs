//! Files on their way in: bounded together in one process, nobody has all of its room, and none of them that hardly moves.

use std::{
    collections::HashMap,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use locales::Sentence;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{
    app::App, auth::Signed, error::Problem, extract::content_type, routes::evidence::UPLOAD_MOST,
};

/// The fewest bytes that must come in a second while they are waited for: a poor line in the street brings more.
const LEAST: u64 = 2 * 1024;

/// How long it may take after the last of it came: it is put into the file store.
const LONG: Duration = Duration::from_secs(180);

/// When it is worth asking again, in seconds.
const AGAIN: i64 = 5;

/// What room is counted in, in bytes.
const UNIT: usize = 1024;

/// One person has at most this part of the room, but always enough for one upload.
const SHARES: u32 = 4;

/// Room for the bodies of all uploads that are under way.
pub(crate) struct Room {
    free: Semaphore,
    /// The most that one person has of it.
    share: u32,
    /// What whoever is sending has of it.
    held: Mutex<HashMap<i64, u32>>,
}

impl Room {
    pub fn new(bytes: usize) -> Self {
        let all = u32::try_from(bytes / UNIT).unwrap_or(u32::MAX);
        Self {
            free: Semaphore::new(all as usize),
            share: all.min(units(UPLOAD_MOST).max(all / SHARES)),
            held: Mutex::default(),
        }
    }

    /// Nothing when there is not enough left, or this person has his share. What is larger than that takes all of it.
    fn take(&self, user_id: i64, bytes: usize) -> Option<Taken<'_>> {
        let wanted = units(bytes).min(self.share);
        let mut held = self.held();
        let has = held.get(&user_id).copied().unwrap_or_default();
        if wanted > self.share - has {
            return None;
        }
        let permit = self.free.try_acquire_many(wanted).ok()?;
        held.insert(user_id, has + wanted);
        Some(Taken {
            room: self,
            user_id,
            units: wanted,
            _permit: permit,
        })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<i64, u32>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes as they are counted.
fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

/// Room that somebody has until this goes.
struct Taken<'a> {
    room: &'a Room,
    user_id: i64,
    units: u32,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut held = self.room.held();
        let left = held.get(&self.user_id).copied().unwrap_or_default() - self.units;
        if left > 0 {
            held.insert(self.user_id, left);
        } else {
            held.remove(&self.user_id);
        }
    }
}

/// How many bytes may come, when it is an upload: a form, a file of lines, or more than an ordinary body may have. Nobody reads the body
/// of what only asks.
fn size(app: &App, request: &Request) -> Option<usize> {
    if request.method().is_safe() {
        return None;
    }
    let told = request.body().size_hint().exact();
    let told = told.and_then(|bytes| usize::try_from(bytes).ok());
    let bytes = told.map_or(UPLOAD_MOST, |bytes| bytes.min(UPLOAD_MOST));
    let is_file = content_type(request.headers()) == "multipart/form-data"
        || request.uri().path().ends_with("/import");
    let large = bytes > app.config.body_bytes;
    (large || (is_file && bytes > 0)).then_some(bytes)
}

pub(crate) fn is_one(app: &App, request: &Request) -> bool {
    size(app, request).is_some()
}

/// Takes room for an upload before any of it is read, until it is answered; refuses at once where there is none.
pub(crate) async fn take_room(
    State(app): State<App>,
    signed: Signed,
    request: Request,
    next: Next,
) -> Response {
    let Some(bytes) = size(&app, &request) else {
        return next.run(request).await;
    };
    let Some(_taken) = app.room.take(signed.user_id, bytes) else {
        return Problem::away().retry_after(AGAIN).into_response();
    };
    next.run(request).await
}

/// Ends an upload that hardly moves; one that does may take its time.
pub(crate) async fn in_time(app: &App, request: Request, next: Next) -> Response {
    let flow = Arc::new(Flow::default());
    let request = request.map(|body| {
        Body::new(Arriving {
            body,
            flow: Arc::clone(&flow),
        })
    });
    within(LONG, app.config.upload_window, &flow, next.run(request)).await
}

/// Looks after each `window` at what came in it, and gives up `limit` after the last of it.
async fn within(
    limit: Duration,
    window: Duration,
    flow: &Flow,
    work: impl Future<Output = Response>,
) -> Response {
    let mut work = pin!(work);
    let mut quiet = Duration::ZERO;
    loop {
        let (before, waited) = (flow.bytes(), flow.is_waited_for());
        if let Ok(answer) = timeout(window, work.as_mut()).await {
            return answer;
        }
        let came = flow.bytes() - before;
        if waited && flow.is_waited_for() && came < least(window) {
            return too_slow().into_response();
        }
        quiet = if came > 0 {
            Duration::ZERO
        } else {
            quiet + window
        };
        if quiet >= limit {
            return Problem::away().into_response();
        }
    }
}

fn least(window: Duration) -> u64 {
    LEAST * window.as_millis() as u64 / 1000
}

fn too_slow() -> Problem {
    let title = "The file came too slowly";
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", title)
        .saying(|lang| Sentence::ErrorUploadSlow.to(lang))
}

/// How a body comes in.
#[derive(Default)]
struct Flow {
    bytes: AtomicU64,
    waits: AtomicBool,
}

impl Flow {
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether it is the client that is slow.
    fn is_waited_for(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }
}

/// A body that tells how it comes in.
struct Arriving {
    body: Body,
    flow: Arc<Flow>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.flow
            .waits
            .store(polled.is_pending(), Ordering::Relaxed);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            self.flow.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.flow.waits.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Instant};

    use super::*;

    const WINDOW: Duration = Duration::from_millis(10);
    const LIMIT: Duration = Duration::from_millis(40);

    #[test]
    fn room_ends_and_comes_back() {
        let room = Room::new(10 * UNIT);
        let first = room.take(1, 9 * UNIT + 1).expect("there is room");
        assert!(room.take(2, 1).is_none());
        drop(first);
        assert!(room.take(1, 100 * UNIT).is_some(), "more than all is all");
    }

    #[test]
    fn one_person_has_a_share_of_the_room() {
        let room = Room::new(8 * UPLOAD_MOST);
        let first = room.take(1, UPLOAD_MOST).expect("there is room");
        let second = room.take(1, UPLOAD_MOST).expect("there is room");
        assert!(room.take(1, 1).is_none(), "a quarter is his");
        assert!(room.take(2, UPLOAD_MOST).is_some());
        drop(first);
        assert!(room.take(1, UPLOAD_MOST).is_some());
        drop(second);
        assert!(room.held().is_empty());
        let small = Room::new(2 * UPLOAD_MOST);
        assert!(small.take(1, UPLOAD_MOST).is_some(), "one always fits");
    }

    #[tokio::test]
    async fn what_moves_may_take_its_time() {
        let (flow, begun) = (Flow::default(), Instant::now());
        let work = async {
            flow.waits.store(true, Ordering::Relaxed);
            while begun.elapsed() < LIMIT * 5 {
                flow.bytes.fetch_add(LEAST, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
            StatusCode::CREATED.into_response()
        };
        let answer = within(LIMIT, WINDOW, &flow, work).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
    }

    #[tokio::test]
    async fn whoever_sends_nothing_is_not_waited_for() {
        let flow = Flow::default();
        flow.waits.store(true, Ordering::Relaxed);
        let long = Duration::from_secs(600);
        let answer = within(long, WINDOW, &flow, pending()).await;
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn a_client_is_not_blamed_for_what_takes_long_here() {
        let answer = within(LIMIT, WINDOW, &Flow::default(), pending()).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
