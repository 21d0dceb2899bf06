//! Telegram's sending limits: per second over all, per chat, per minute and group.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::config::Rates;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// Times of recent sends of every bot.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    global: HashMap<i64, VecDeque<Instant>>,
    chats: HashMap<(i64, i64), VecDeque<Instant>>,
}

impl Limits {
    /// Counts a send, or says after how many seconds it may be tried again.
    pub fn pass(&mut self, rates: Rates, bot: i64, chat: i64, now: Instant) -> Result<(), u32> {
        let global = self.global.entry(bot).or_default();
        wait(global, rates.global_per_second, SECOND, now)?;
        let sends = self.chats.entry((bot, chat)).or_default();
        if chat < 0 {
            wait(sends, rates.group_per_minute, MINUTE, now)?;
        } else {
            // A burst of n, then one per second: never more than n sends in n seconds.
            wait(
                sends,
                rates.chat_burst,
                SECOND.saturating_mul(rates.chat_burst),
                now,
            )?;
        }
        global.push_back(now);
        sends.push_back(now);
        Ok(())
    }
}

fn wait(
    sends: &mut VecDeque<Instant>,
    most: u32,
    window: Duration,
    now: Instant,
) -> Result<(), u32> {
    while sends
        .front()
        .is_some_and(|time| now.duration_since(*time) >= window)
    {
        sends.pop_front();
    }
    if sends.len() < usize::try_from(most).unwrap_or(usize::MAX) {
        return Ok(());
    }
    let oldest = sends.front().copied().unwrap_or(now);
    let left = window.saturating_sub(now.duration_since(oldest));
    Err(u32::try_from(left.as_millis().div_ceil(1000))
        .unwrap_or(u32::MAX)
        .max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_takes_a_burst_and_then_one_per_second() {
        let mut limits = Limits::default();
        let start = Instant::now();
        let mut pass = |millis: u64| {
            limits.pass(
                Rates::default(),
                1,
                5,
                start + Duration::from_millis(millis),
            )
        };
        assert_eq!(
            [pass(0), pass(10), pass(20), pass(30)],
            [Ok(()), Ok(()), Ok(()), Err(3)]
        );
        assert_eq!(pass(3_001), Ok(()));
    }

    #[test]
    fn a_group_takes_20_a_minute_and_a_bot_30_a_second() {
        let mut limits = Limits::default();
        let now = Instant::now();
        let group: Vec<_> = (0..21)
            .map(|_| limits.pass(Rates::default(), 1, -5, now))
            .collect();
        assert_eq!(group.iter().filter(|pass| pass.is_ok()).count(), 20);
        assert_eq!(group[20], Err(60));
        let people: Vec<_> = (0..31)
            .map(|chat| limits.pass(Rates::default(), 2, chat + 1, now))
            .collect();
        assert_eq!(people.iter().filter(|pass| pass.is_ok()).count(), 30);
        assert_eq!(people[30], Err(1));
    }
}
