//! Small answers that instances share for seconds.

use std::time::Duration;

use api::Cache;
use futures::future::BoxFuture;
use redis::cmd;

use super::Redis;

/// Nothing is found, and nothing kept, while Redis is away.
pub struct Small(Redis);

impl Small {
    pub fn new(redis: Redis) -> Self {
        Self(redis)
    }

    fn key(&self, name: &str) -> String {
        self.0.key(&format!("answer:{name}"))
    }
}

impl Cache for Small {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<String>> {
        let mut get = cmd("GET");
        get.arg(self.key(key));
        Box::pin(async move { self.0.ask::<Option<String>>(&get).await.flatten() })
    }

    fn put<'a>(&'a self, key: &'a str, text: &'a str, keep: Duration) -> BoxFuture<'a, ()> {
        let mut set = cmd("SET");
        let keep = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
        set.arg(self.key(key)).arg(text).arg("PX").arg(keep);
        Box::pin(async move {
            // Whoever finds nothing makes it himself.
            let _: Option<String> = self.0.ask(&set).await;
        })
    }
}
