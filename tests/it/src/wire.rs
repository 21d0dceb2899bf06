//! A wire between a program and a server that a test can cut or lose: nothing passes, and nobody is told.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::Result;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes bytes on while it is whole.
pub struct Wire {
    address: SocketAddr,
    state: watch::Sender<State>,
    taken: Arc<AtomicU32>,
}

#[derive(Clone, Copy)]
struct State {
    whole: bool,
    /// Connections of an earlier one are lost.
    era: u32,
}

impl Wire {
    /// A wire to a port of this machine.
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (state, watched) = watch::channel(State {
            whole: true,
            era: 0,
        });
        let taken = Arc::<AtomicU32>::default();
        let count = taken.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(connect(near, port, watched.clone()));
            }
        });
        Ok(Self {
            address,
            state,
            taken,
        })
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections it has taken.
    pub fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    /// From now on nothing passes, as in a partition.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.whole = false);
    }

    /// From now on everything passes, also what waited.
    pub fn mend(&self) {
        self.state.send_modify(|state| state.whole = true);
    }

    /// Whoever is connected hears nothing ever again, as of a host that has vanished; new connections are served, as by
    /// the one that takes its name.
    pub fn lose(&self) {
        self.state.send_modify(|state| state.era += 1);
    }
}

async fn connect(near: TcpStream, port: u16, state: watch::Receiver<State>) -> Result<()> {
    let far = TcpStream::connect(("127.0.0.1", port)).await?;
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let era = state.borrow().era;
    tokio::select! {
        done = pass(from_near, to_far, state.clone(), era) => done,
        done = pass(from_far, to_near, state, era) => done,
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<State>,
    era: u32,
) -> Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        state
            .wait_for(|state| state.whole && state.era == era)
            .await?;
        to.write_all(&bytes[..read]).await?;
    }
}
