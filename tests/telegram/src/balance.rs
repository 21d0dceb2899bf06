//! A balancer in front of a bot: every delivery of an update goes to any of several doors.

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// The doors that are open now.
#[derive(Debug)]
pub(crate) struct Balancer {
    bases: Vec<String>,
    random: StdRng,
}

impl Balancer {
    pub fn new(seed: u64) -> Self {
        Self {
            bases: Vec::new(),
            random: StdRng::seed_from_u64(seed),
        }
    }

    pub fn open(&mut self, bases: Vec<String>) {
        self.bases = bases;
    }

    /// The webhook's own address, or its path behind one of the doors.
    pub fn route(&mut self, url: &str) -> String {
        if self.bases.is_empty() {
            return url.to_owned();
        }
        let at = self.random.random_range(0..self.bases.len());
        let path = url
            .split_once("://")
            .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]));
        format!("{}{}", self.bases[at], path.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_spread_over_the_doors_and_keep_the_path() {
        let mut balancer = Balancer::new(1);
        assert_eq!(balancer.route("https://a/hook"), "https://a/hook");
        balancer.open(vec!["http://b:1".into(), "http://c:2".into()]);
        let routed: std::collections::BTreeSet<_> =
            (0..50).map(|_| balancer.route("https://a/hook")).collect();
        let all = ["http://b:1/hook", "http://c:2/hook"];
        assert!(routed.iter().eq(all));
    }
}
