//! More instances of the same GAD: on the same database, beside the same Telegram.

use std::sync::Arc;

use anyhow::Result;
use domain::{Clock, Store};
use gad::{App, config::Config};

use crate::{app::TestApp, board::Board, http::Http, people::Somebody};

/// One more instance; it runs as long as its [`TestApp`], unless it is stopped.
pub struct Mate(Arc<App>);

impl TestApp {
    /// Starts one more instance, with some settings of its own.
    pub async fn another(&self, settings: &[(&str, &str)]) -> Result<Mate> {
        let own = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::from_parts(None, self.variables().iter().cloned().chain(own))?;
        let clock = self.clock.clone().unwrap_or_else(Clock::running);
        let started = self.spawn(async move { App::start_with(config, clock).await });
        Ok(Mate(Arc::new(started.await??)))
    }
}

impl Mate {
    pub fn store(&self) -> &Store {
        self.0.store()
    }

    /// The address of its board, without a slash at its end.
    pub fn base(&self) -> String {
        format!("http://{}", self.0.addr())
    }

    /// Somebody's browser, signed in here.
    pub async fn http(&self, somebody: &Somebody) -> Result<Http> {
        Http::login(&self.base(), &somebody.username, &somebody.password).await
    }

    /// Somebody's open board, subscribed to everything.
    pub async fn board(&self, somebody: &Somebody) -> Result<Board> {
        Board::open(&self.http(somebody).await?).await
    }

    /// Stops it as a signal would.
    pub async fn stop(self) {
        self.0.stop().await;
    }
}
