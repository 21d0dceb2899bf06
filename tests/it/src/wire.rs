//! A wire between a program and a server that a test can cut: nothing passes, and nobody is told.

use std::net::SocketAddr;

use anyhow::Result;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes bytes on while it is whole.
pub struct Wire {
    address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Wire {
    /// A wire to a port of this machine.
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (whole, watched) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(connect(near, port, watched.clone()));
            }
        });
        Ok(Self { address, whole })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on nothing passes, as in a partition.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// From now on everything passes, also what waited.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn connect(near: TcpStream, port: u16, whole: watch::Receiver<bool>) -> Result<()> {
    let far = TcpStream::connect(("127.0.0.1", port)).await?;
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    tokio::select! {
        done = pass(from_near, to_far, whole.clone()) => done,
        done = pass(from_far, to_near, whole) => done,
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut whole: watch::Receiver<bool>,
) -> Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        whole.wait_for(|whole| *whole).await?;
        to.write_all(&bytes[..read]).await?;
    }
}
