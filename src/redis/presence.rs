//! Which supervisors are at a board, told among instances: each says every two seconds who is at its own, and is believed
//! for ten. Without Redis each knows of its own only.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Result;
use api::Hub;
use metrics::gauge;
use redis::{Cmd, cmd};
use tokio_util::sync::CancellationToken;

use super::Redis;

const BEAT: Duration = Duration::from_secs(2);

/// How long an instance is believed that says nothing more.
const BELIEVED: Duration = Duration::from_secs(10);

/// Writes down what this instance says and until when, by Redis's clock; takes away what is over; says what the others
/// say, and itself.
const TELL: &str = "local t = redis.call('TIME') \
    local now = t[1] * 1000 + math.floor(t[2] / 1000) \
    redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %s', now + ARGV[2], ARGV[3])) \
    redis.call('PEXPIRE', KEYS[1], ARGV[2]) \
    local said, living = redis.call('HGETALL', KEYS[1]), {} \
    for i = 1, #said, 2 do \
      local ends, ids = string.match(said[i + 1], '^(%d+) (.*)$') \
      if ends and tonumber(ends) > now then living[#living + 1] = ids \
      else redis.call('HDEL', KEYS[1], said[i]) end \
    end \
    return living";

/// Tells and listens until the stop, and says then that nobody is here any more.
pub async fn run(hub: Hub, redis: Option<Redis>, stop: CancellationToken) -> Result<()> {
    let teller = redis.map(Teller::new);
    loop {
        if let Some(teller) = &teller {
            teller.tell(&hub).await;
        }
        gauge!("gad_supervisors_online").set(hub.supervisors_online() as f64);
        let pause = tokio::time::sleep(BEAT);
        if stop.run_until_cancelled(pause).await.is_none() {
            break;
        }
    }
    if let Some(teller) = &teller {
        teller.leave().await;
    }
    Ok(())
}

struct Teller {
    redis: Redis,
    /// Names this instance.
    me: String,
}

impl Teller {
    fn new(redis: Redis) -> Self {
        let me = domain::secret::fresh();
        Self { redis, me }
    }

    async fn tell(&self, hub: &Hub) {
        let here = hub.supervisors_here();
        if let Some(said) = self.redis.ask::<Vec<String>>(&self.word(&here)).await {
            hub.learn_supervisors(ids(&said), BELIEVED);
        }
    }

    fn word(&self, here: &BTreeSet<i64>) -> Cmd {
        let ids: Vec<String> = here.iter().map(i64::to_string).collect();
        let millis = u32::try_from(BELIEVED.as_millis()).unwrap_or(u32::MAX);
        let mut tell = cmd("EVAL");
        tell.arg(TELL).arg(1).arg(self.redis.key("present"));
        tell.arg(&self.me).arg(millis).arg(ids.join(","));
        tell
    }

    async fn leave(&self) {
        let mut leave = cmd("HDEL");
        leave.arg(self.redis.key("present")).arg(&self.me);
        let _: Option<i64> = self.redis.ask(&leave).await;
    }
}

/// What instances said, together; what is no number is left out.
fn ids(said: &[String]) -> BTreeSet<i64> {
    let words = said.iter().flat_map(|ids| ids.split(','));
    words.filter_map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_at_two_boards_is_one_and_nonsense_is_nobody() {
        let said = ["7,12", "", "12,x"].map(str::to_owned);
        assert_eq!(ids(&said), BTreeSet::from([7, 12]));
    }
}
