//! For whom something is worded: the reader, his language and the time on his clock.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    Actor, Result, Store,
    agent::{Agent, LastPosition},
    availability::Availability,
};
use locales::{Lang, Sentence};
use teloxide::types::MessageEntity;

use crate::{
    screen::{Keyboard, Screen},
    text::{self, cut_units, units},
};

/// The reader of a message.
pub struct View {
    pub store: Store,
    pub chat_id: i64,
    /// Nobody for strangers and people who were switched off.
    pub reader: Option<Actor>,
    pub lang: Lang,
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

impl View {
    pub async fn of(store: &Store, chat_id: i64) -> Result<Self> {
        let reader = Actor::of_telegram(store, chat_id).await?;
        let lang = Lang::from_tag(reader.as_ref().and_then(|reader| reader.lang.as_deref()));
        Ok(Self {
            store: store.clone(),
            chat_id,
            reader,
            lang,
            zone: store.rules().zone,
            now: store.now(),
        })
    }

    pub fn say(&self, sentence: &Sentence) -> String {
        sentence.to(self.lang)
    }

    /// That something is a part of a drill, or that it came after the end of one.
    pub fn practised(&self, drill: bool, part: bool) -> Option<String> {
        let sentence = match part {
            true => Sentence::TaskCardDrill,
            false => Sentence::TaskCardDrillOver,
        };
        drill.then(|| self.say(&sentence))
    }

    pub fn clock(&self, at: DateTime<Utc>) -> String {
        text::clock(at, self.zone, self.now)
    }

    /// How long ago somebody was somewhere, and how exactly that is known.
    pub fn seen(&self, position: &LastPosition) -> String {
        let age = text::age(position.at, self.now, self.lang);
        text::within(age, position.accuracy_m, self.lang)
    }

    /// How somebody is, before it that he needs help himself, and beside it that he says that he cannot: why, and until when
    /// where that is known.
    pub fn availability(&self, agent: &Agent) -> String {
        let is = self.is(agent);
        match &agent.need {
            // Free, or at his own call for help.
            Some(need) if !agent.unavailable && agent.availability != Availability::OnLeave => {
                text::need(need, self.lang)
            }
            Some(need) => format!("{}, {is}", text::need(need, self.lang)),
            None => is,
        }
    }

    fn is(&self, agent: &Agent) -> String {
        let decides = agent.availability;
        let cannot = agent.unavailable.then(|| self.cannot(agent));
        let is = text::availability(decides, None, self.lang);
        match cannot {
            Some(cannot) if decides == Availability::Unavailable => cannot,
            Some(cannot) => format!("{is}, {cannot}"),
            None => is,
        }
    }

    /// What speaks against somebody beside his shifts: that he needs help himself, or says that he cannot.
    pub fn against(&self, agent: &Agent) -> String {
        match &agent.need {
            Some(need) => text::need(need, self.lang),
            None => self.cannot(agent),
        }
    }

    /// That somebody says that he cannot, whatever else he does.
    pub fn cannot(&self, agent: &Agent) -> String {
        let until = agent.until.map(|until| self.clock(until));
        let reason = agent.reason.as_deref();
        text::availability_until(Availability::Unavailable, reason, until, self.lang)
    }
}

/// The most that Telegram takes in one message, in UTF-16 units.
const MESSAGE: usize = 4096;

/// A message of plain lines.
pub fn plain(text: impl Into<String>) -> Screen {
    Screen {
        text: cut_units(&text.into(), MESSAGE),
        ..Screen::default()
    }
}

/// A message whose first line stands out.
pub fn headed(lines: &[String]) -> Screen {
    let head = lines.first().map(String::as_str).unwrap_or_default();
    let bold = MessageEntity::bold(0, units(head.lines().next().unwrap_or_default()));
    Screen {
        entities: vec![bold],
        ..plain(lines.join("\n"))
    }
}

/// The same message below other words.
pub fn below(words: &str, screen: Screen) -> Screen {
    let shift = units(words) + 2;
    let mut entities = screen.entities;
    for entity in &mut entities {
        entity.offset += shift;
    }
    Screen {
        text: cut_units(&format!("{words}\n\n{}", screen.text), MESSAGE),
        entities,
        ..screen
    }
}

/// The same message with buttons.
pub fn with(keyboard: impl Into<Keyboard>, screen: Screen) -> Screen {
    Screen {
        keyboard: keyboard.into(),
        ..screen
    }
}
