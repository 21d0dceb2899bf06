//! People who write at a steady pace, whatever becomes of it, and how soon each is answered.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;
use telegram::{Call, Paper};
use tokio::time::{MissedTickBehavior, interval};

use super::{Member, Samples};
use crate::model::Texts;

/// What was written when, in order.
#[derive(Default)]
pub struct Talk(Vec<(i64, Instant)>);

/// How soon the texts of a talk were answered.
pub struct Answers {
    pub delays: Samples,
    /// Texts without an answer so far.
    pub missing: usize,
}

impl Talk {
    /// Lets these people write by turns, so many texts a second in all.
    pub async fn steady(
        members: &[Member],
        texts: &Texts,
        rate: u32,
        time: Duration,
    ) -> Result<Self> {
        let mut talk = Self::default();
        let mut pace = interval(Duration::from_secs(1) / rate);
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let end = Instant::now() + time;
        for member in members.iter().cycle() {
            pace.tick().await;
            if Instant::now() >= end {
                break;
            }
            talk.says(member, texts)?;
        }
        Ok(talk)
    }

    /// Lets somebody write now.
    pub fn says(&mut self, member: &Member, texts: &Texts) -> Result<()> {
        self.0.push((member.phone.id(), Instant::now()));
        texts.write(member)
    }

    /// How many texts there were.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The delays until the answers, which come in order in each chat, reached Telegram.
    pub fn answers(&self, paper: &Paper) -> Answers {
        let Some((_, begun)) = self.0.first() else {
            return Answers {
                delays: Samples::default(),
                missing: 0,
            };
        };
        let mut sent: BTreeMap<i64, Vec<Instant>> = BTreeMap::new();
        let calls = paper.calls();
        for call in calls
            .iter()
            .filter(|call| call.instant >= *begun && is_answer(call))
        {
            sent.entry(call.chat().unwrap_or_default())
                .or_default()
                .push(call.instant);
        }
        for times in sent.values_mut() {
            times.reverse();
        }
        let mut answers = Answers {
            delays: Samples::default(),
            missing: 0,
        };
        for (chat, written) in &self.0 {
            match sent.get_mut(chat).and_then(Vec::pop) {
                Some(answered) => answers.delays.add(answered.duration_since(*written)),
                None => answers.missing += 1,
            }
        }
        answers
    }
}

fn is_answer(call: &Call) -> bool {
    call.method == "sendMessage" && call.is_ok()
}
