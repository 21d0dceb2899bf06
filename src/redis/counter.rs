//! Counts requests for all instances at once; alone when Redis is away.

use api::{Hit, Limiter, Local, Quota};
use futures::future::BoxFuture;
use redis::{Cmd, cmd};

use super::Redis;

/// One window for all instances. Each counts for itself besides, so that it knows enough when Redis goes.
pub struct Shared {
    redis: Redis,
    local: Local,
}

/// Counts, begins a minute with the first, and says how long it lasts; a key that never ends is given an end.
const COUNT: &str = "local n = redis.call('INCR', KEYS[1]) \
    local left = redis.call('PTTL', KEYS[1]) \
    if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) left = tonumber(ARGV[1]) end \
    return {n, left}";

const MINUTE_MS: u32 = 60_000;

impl Shared {
    pub fn new(redis: Redis) -> Self {
        Self {
            redis,
            local: Local::default(),
        }
    }

    fn count(&self, client: &str, quota: Quota) -> Cmd {
        let key = self.redis.key(&format!("limit:{}:{client}", quota.name));
        let mut count = cmd("EVAL");
        count.arg(COUNT).arg(1).arg(key).arg(MINUTE_MS);
        count
    }
}

impl Limiter for Shared {
    fn hit<'a>(&'a self, client: &'a str, quota: Quota) -> BoxFuture<'a, Hit> {
        Box::pin(async move {
            let alone = self.local.hit(client, quota).await;
            let joint: Option<(u32, u32)> = self.redis.ask(&self.count(client, quota)).await;
            joint.map_or(alone, |(used, left_ms)| {
                quota.after(used, std::time::Duration::from_millis(left_ms.into()))
            })
        })
    }
}
