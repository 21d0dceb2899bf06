//! PostgreSQL and Redis of the rig's own, which it starts, stops, kills, freezes and starts again.

mod child;
mod home;
mod postgres;
mod redis;

use anyhow::Result;

use self::home::Home;
pub use self::{child::free_port, postgres::Postgres, redis::Redis};

/// Both servers, in a folder that goes away with them.
pub struct Services {
    pub postgres: Postgres,
    pub redis: Redis,
    _home: Home,
}

impl Services {
    /// Makes and starts both on free ports of loopback.
    pub async fn start() -> Result<Self> {
        let home = Home::make()?;
        let postgres = Postgres::create(home.path()).await?;
        let redis = Redis::create(home.path())?;
        tokio::try_join!(postgres.start(), redis.start())?;
        Ok(Self {
            postgres,
            redis,
            _home: home,
        })
    }

    /// Brings back what a row has left stopped.
    pub async fn mend(&self) -> Result<()> {
        self.redis.thaw().await?;
        tokio::try_join!(self.postgres.start(), self.redis.start())?;
        Ok(())
    }

    /// Stops both.
    pub async fn stop(&self) -> Result<()> {
        tokio::try_join!(self.postgres.stop(), self.redis.kill())?;
        Ok(())
    }
}
