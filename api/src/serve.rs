//! Listens, and ends in order: clients are told to go elsewhere, no new connections, requests finish, sockets are told to
//! come back.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Version, header},
    middleware::{self, Next},
    response::Response,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::Hub;

/// How long a client may take to send its headers; idle connections end after it too.
const HEADERS: Duration = Duration::from_secs(15);

/// The most bytes of headers; it is looked at between two reads, so that nearly twice as many may come at once.
const HEADER_BYTES: usize = 16 * 1024;

/// How serving ends.
#[derive(Clone, Copy, Debug)]
pub struct Goodbye {
    /// How long a balancer is given to see that nobody shall be sent here any more; everything is answered meanwhile.
    pub notice: Duration,
    /// The longest time after that for requests and sockets to end.
    pub drain: Duration,
}

/// Serves until the shutdown, then says goodbye. Runs the hub besides.
///
/// # Errors
/// When the listener has no address, and when the hub ends.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    hub: Hub,
    shutdown: CancellationToken,
    goodbye: Goodbye,
) -> io::Result<()> {
    tracing::info!(address = %listener.local_addr()?, "listening");
    let mut reading = tokio::spawn({
        let hub = hub.clone();
        async move { hub.run().await }
    });
    let leaving = Arc::new(AtomicBool::new(false));
    let router = router.layer(middleware::from_fn_with_state(Arc::clone(&leaving), tell));
    let gone = async {
        shutdown.cancelled().await;
        leaving.store(true, Ordering::Relaxed);
        tokio::time::sleep(goodbye.notice).await;
    };
    tokio::pin!(gone);
    let (connections, closing) = (TaskTracker::new(), CancellationToken::new());
    loop {
        tokio::select! {
            () = &mut gone => break,
            _ = &mut reading => return Err(io::Error::other("the reader of the event log ended")),
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(converse(stream, peer, router.clone(), closing.clone()));
                }
                Err(error) => pause(&error).await,
            },
        }
    }
    drop(listener);
    closing.cancel();
    connections.close();
    let ended = async { tokio::join!(connections.wait(), hub.close()) };
    if tokio::time::timeout(goodbye.drain, ended).await.is_err() {
        tracing::warn!(
            seconds = goodbye.drain.as_secs(),
            "some connections did not end in time"
        );
    }
    reading.abort();
    Ok(())
}

/// Asks clients who keep their connection to come on another one, so that none is cut when they use it again.
async fn tell(State(leaving): State<Arc<AtomicBool>>, request: Request, next: Next) -> Response {
    let keeps = request.version() <= Version::HTTP_11;
    let mut response = next.run(request).await;
    let upgraded = response.headers().contains_key(header::UPGRADE);
    if keeps && !upgraded && leaving.load(Ordering::Relaxed) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// Answers one client until he goes, or until the request in hand is answered once everything closes. HTTP/1.1 only: who
/// may speak either version can keep a connection without a word.
async fn converse(stream: TcpStream, peer: SocketAddr, router: Router, closing: CancellationToken) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let router = router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Out of file descriptors: waiting is better than spinning.
async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}
