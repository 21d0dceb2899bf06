//! Faults on demand: which calls fail, how, and how often.

use std::time::{Duration, Instant};

/// How a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with `retry_after` in seconds.
    TooManyRequests(u32),
    /// 500 with Telegram's JSON body.
    ServerError,
    /// 502 with an HTML page, as a proxy in front of Telegram answers.
    BadGateway,
    /// 400 with this text after `Bad Request: `.
    BadRequest(String),
    /// 401 as for a revoked token.
    Unauthorized,
    /// 403 with this text after `Forbidden: `.
    Forbidden(String),
    /// The connection is cut before anything is done.
    Reset,
    /// Nothing comes back for this long, then the connection is cut; nothing is done.
    Hang(Duration),
    /// The call is carried out and answered, but this much later.
    Slow(Duration),
    /// The call is carried out at once and answered this much later.
    AnswerHeld(Duration),
    /// The call is carried out, but the connection is cut instead of answering.
    AnswerLost,
}

/// A rule that makes calls fail until it is used up.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: FaultKind,
    methods: Vec<String>,
    chat: Option<i64>,
    skip: u32,
    times: Option<u32>,
    until: Option<Instant>,
}

impl Fault {
    /// A fault for every call of every method, until cleared.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            methods: Vec::new(),
            chat: None,
            skip: 0,
            times: None,
            until: None,
        }
    }

    /// Only for this method; may be given several times.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.methods.push(method.to_owned());
        self
    }

    /// Only for calls with this `chat_id`.
    #[must_use]
    pub fn in_chat(mut self, chat: i64) -> Self {
        self.chat = Some(chat);
        self
    }

    /// Lets this many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// Only for this many calls.
    #[must_use]
    pub fn times(mut self, calls: u32) -> Self {
        self.times = Some(calls);
        self
    }

    /// Only for this long from now.
    #[must_use]
    pub fn lasting(mut self, time: Duration) -> Self {
        self.until = Some(Instant::now() + time);
        self
    }

    fn fits(&self, method: &str, chat: Option<i64>) -> bool {
        let named = self.methods.is_empty()
            || self
                .methods
                .iter()
                .any(|name| name.eq_ignore_ascii_case(method));
        named && (self.chat.is_none() || self.chat == chat)
    }

    fn is_over(&self, now: Instant) -> bool {
        self.times == Some(0) || self.until.is_some_and(|until| until <= now)
    }
}

/// The rules in force, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault this call runs into, if any; uses it up by one.
    pub fn strike(&mut self, method: &str, chat: Option<i64>) -> Option<FaultKind> {
        let now = Instant::now();
        self.0.retain(|fault| !fault.is_over(now));
        for fault in self.0.iter_mut().filter(|fault| fault.fits(method, chat)) {
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            return Some(fault.kind.clone());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_its_method_and_chat_as_often_as_told() {
        let mut faults = Faults::default();
        faults.add(
            Fault::new(FaultKind::Reset)
                .on("sendMessage")
                .in_chat(7)
                .after(1)
                .times(2),
        );
        let struck: Vec<bool> = (0..4)
            .map(|_| faults.strike("SendMessage", Some(7)).is_some())
            .collect();
        assert_eq!(struck, [false, true, true, false]);
        faults.add(
            Fault::new(FaultKind::ServerError)
                .on("sendMessage")
                .in_chat(7),
        );
        assert_eq!(faults.strike("sendMessage", Some(8)), None);
        assert_eq!(faults.strike("getMe", None), None);
        faults.clear();
        assert_eq!(faults.strike("sendMessage", Some(7)), None);
    }
}
