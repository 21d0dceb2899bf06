//! Redis: where one is configured, it answers, and soon enough to be of use.

use super::Finding;
use crate::{
    config::Config,
    redis::{PATIENCE, visit},
};

pub async fn look(config: &Config) -> Option<Finding> {
    let place = config.redis.as_ref()?;
    Some(match visit(place).await {
        Ok(visit) => {
            let detail = format!("version {}, answers in {:.1?}", visit.version, visit.took);
            if visit.took < PATIENCE / 2 {
                Finding::good("redis", detail)
            } else {
                Finding::noted(
                    "redis",
                    detail,
                    "take one nearby: after 60 ms it counts as away",
                )
            }
        }
        Err(error) => Finding::bad(
            "redis",
            error.to_string(),
            "check REDIS_URL (rediss:// where it wants TLS); without it instances work on, but count requests apart",
        ),
    })
}
