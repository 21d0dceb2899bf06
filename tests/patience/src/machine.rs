//! How much of its processors a machine had, after `/proc/stat` (proc_stat(5)); elsewhere it had them all.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How often the machine is looked at, so that quiet times and busy ones are told apart. One thread looks for all who
/// wait: thousands of them, each looking for himself, would be the load that they measure.
const LOOK: Duration = Duration::from_millis(50);

/// Nanoseconds that do not count, since the first look.
static TAKEN: LazyLock<AtomicU64> = LazyLock::new(|| {
    thread::spawn(look);
    AtomicU64::new(0)
});

/// How much time was taken away since the first time that this was asked.
pub(crate) fn taken() -> Duration {
    Duration::from_nanos(TAKEN.load(Ordering::Relaxed))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a thread of its own, which holds nobody up"
)]
fn look() {
    let (mut at, mut reading) = (Instant::now(), Reading::now());
    loop {
        thread::sleep(LOOK);
        let (now, later) = (Instant::now(), Reading::now());
        let passed = now - at;
        let lost = passed.saturating_sub(reading.counted(later, passed));
        let lost = u64::try_from(lost.as_nanos()).unwrap_or(u64::MAX);
        TAKEN.fetch_add(lost, Ordering::Relaxed);
        (at, reading) = (now, later);
    }
}

/// The kernel counts in hundredths of a second for every program (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Processor time since the machine started, all processors together.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    /// Ticks of work.
    given: u64,
    /// Ticks in which there was work, and the host had other guests.
    stolen: u64,
}

impl Reading {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/stat");
        stat.ok()
            .and_then(|stat| Self::of(stat.lines().next()?))
            .unwrap_or_default()
    }

    /// `cpu user nice system idle iowait irq softirq steal …`
    fn of(line: &str) -> Option<Self> {
        let ticks: Option<Vec<u64>> = line
            .strip_prefix("cpu ")?
            .split_whitespace()
            .map(|ticks| ticks.parse().ok())
            .collect();
        let [user, nice, system, _, _, irq, softirq, stolen, ..] = ticks?[..] else {
            return None;
        };
        let given = user + nice + system + irq + softirq;
        Some(Self { given, stolen })
    }

    /// How much of the time between two readings counts: nothing counts less than the machine's share of the work, and
    /// no more is taken off than was stolen.
    fn counted(self, later: Self, passed: Duration) -> Duration {
        let given = later.given.saturating_sub(self.given);
        let stolen = later.stolen.saturating_sub(self.stolen);
        if stolen == 0 {
            return passed;
        }
        let share = as_share(given, given + stolen);
        let ticks = u32::try_from(stolen).unwrap_or(u32::MAX);
        passed
            .saturating_sub(TICK.saturating_mul(ticks))
            .max(passed.mul_f64(share))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
fn as_share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(given: u64, stolen: u64) -> Reading {
        Reading { given, stolen }
    }

    #[test]
    fn a_line_of_the_kernel_is_understood() {
        let read = Reading::of("cpu  100 20 30 4000 50 6 7 800 0 0").map(|r| (r.given, r.stolen));
        assert_eq!(read, Some((163, 800)));
        assert!(Reading::of("cpu0 1 2 3 4 5 6 7 8").is_none());
        assert!(Reading::of("cpu  1 2 3").is_none());
    }

    #[test]
    fn time_that_was_stolen_does_not_count() {
        let passed = Duration::from_secs(10);
        let begun = reading(500, 40);
        assert_eq!(begun.counted(reading(9_500, 40), passed), passed);
        assert_eq!(
            begun.counted(reading(1_500, 3_040), passed),
            passed.mul_f64(0.25)
        );
    }

    #[test]
    fn a_little_that_was_stolen_from_an_idle_machine_changes_little() {
        let passed = Duration::from_secs(10);
        let counted = reading(0, 0).counted(reading(1, 20), passed);
        assert_eq!(counted, Duration::from_millis(9_800));
    }
}
