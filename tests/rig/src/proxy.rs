//! A link over TCP that can be cut, slowed down, or swallow everything.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
};

use crate::moment;

/// How a link behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Whole,
    /// What is open is reset, and so is whatever opens.
    Cut,
    /// Connections stay and open, but nothing comes through: a partition.
    Silent,
    /// Every piece arrives this much later, in each direction.
    Slow(Duration),
}

impl Link {
    fn delay(self) -> Duration {
        match self {
            Self::Slow(delay) => delay,
            _ => Duration::ZERO,
        }
    }
}

/// A running proxy; ends with this value.
pub struct Proxy {
    address: SocketAddr,
    link: watch::Sender<Link>,
    accepting: AbortHandle,
}

impl Proxy {
    /// Begins to pass on to a port of loopback.
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let link = watch::Sender::new(Link::Whole);
        let accepting = tokio::spawn(accept(listener, port, link.clone())).abort_handle();
        Ok(Self {
            address,
            link,
            accepting,
        })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes the link for open and new connections.
    pub fn set(&self, link: Link) {
        self.link.send_replace(link);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, port: u16, link: watch::Sender<Link>) {
    // With this task its connections end.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(carry(client, port, link.subscribe()));
        while connections.try_join_next().is_some() {}
    }
}

async fn carry(mut client: TcpStream, port: u16, link: watch::Receiver<Link>) {
    let mut cut = link.clone();
    tokio::select! {
        _ = cut.wait_for(|link| *link == Link::Cut) => {}
        () = both_ways(&mut client, port, link.clone()) => {}
    }
    if *link.borrow() == Link::Cut {
        // A reset instead of an orderly end.
        let _ = client.set_zero_linger();
    }
}

async fn both_ways(client: &mut TcpStream, port: u16, link: watch::Receiver<Link>) {
    through(&mut link.clone()).await;
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    tokio::select! {
        () = pass_on(&mut from_client, &mut to_server, link.clone()) => {}
        () = pass_on(&mut from_server, &mut to_client, link) => {}
    }
}

/// Until either side ends.
async fn pass_on(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut link: watch::Receiver<Link>,
) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        through(&mut link).await;
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// Waits as long as the link holds things back.
async fn through(link: &mut watch::Receiver<Link>) {
    let now = link.wait_for(|link| *link != Link::Silent).await;
    let delay = now.map_or(Duration::ZERO, |now| now.delay());
    if !delay.is_zero() {
        moment::pass(delay).await;
    }
}
