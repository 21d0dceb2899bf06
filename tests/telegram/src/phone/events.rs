//! Live changes for the page, as server-sent events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::shared::{Shared, Touched};

/// Every change of a chat; `resync` when some were missed.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = stream::unfold(shared.events.subscribe(), next).map(Ok);
    let stop = shared.stop.clone();
    let until_stop = changes.take_until(stop.cancelled_owned());
    Sse::new(until_stop).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

async fn next(mut events: Receiver<Touched>) -> Option<(Event, Receiver<Touched>)> {
    let event = match events.recv().await {
        Ok(touched) => Event::default().json_data(touched).unwrap_or_default(),
        Err(RecvError::Lagged(_)) => Event::default().event("resync").data("{}"),
        Err(RecvError::Closed) => return None,
    };
    Some((event, events))
}
