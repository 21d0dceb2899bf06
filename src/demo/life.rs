//! The people of the demo at work: they tap the buttons they were sent, write, walk, and leave alone whom a visitor plays.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use anyhow::Result;
use chrono::TimeDelta;
use domain::{
    Store,
    agent::{self, AgentFilter},
    availability::Availability,
    page::Window,
    task::{
        Status,
        create::When,
        list::{self, TaskFilter},
    },
};
use locales::{Lang, Sentence};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use telegram::{ChatView, Done, Paper, Person, Seen, Toast};
use tokio_util::sync::CancellationToken;

use super::{
    cast::Cast,
    stage::{Player, system},
    work::Shop,
};

/// How long somebody is left alone after a visitor played him.
const VISITED: TimeDelta = TimeDelta::minutes(5);

/// A message is at least this old before it is answered, so that a visitor can be first.
const THINKS: TimeDelta = TimeDelta::seconds(12);

/// How long somebody works on site before he finishes.
const WORKS: TimeDelta = TimeDelta::minutes(3);

/// How many are looked at for one act.
const SOME: usize = 12;

/// How long a shared place stays live, in seconds.
const LIVE: u32 = 8 * 60 * 60;

/// One step on the way, in degrees: some 40 m.
const STEP: f64 = 0.0004;

/// The players and what they did.
pub struct Life {
    store: Store,
    paper: Paper,
    cast: Cast,
    players: Vec<Player>,
    random: StdRng,
    ours: HashMap<i64, Ours>,
}

/// What one player did, as opposed to a visitor in his place.
#[derive(Default)]
struct Ours {
    messages: HashSet<i64>,
    presses: HashSet<String>,
    /// The message of the live place, and where it stands.
    live: Option<(i64, f64, f64)>,
}

impl Life {
    /// Everything in the chats so far counts as the players' own.
    pub fn new(store: Store, paper: Paper, cast: Cast, players: Vec<Player>) -> Self {
        let random = StdRng::seed_from_u64(store.now().timestamp_micros().unsigned_abs());
        let mut life = Self {
            store,
            paper,
            cast,
            players,
            random,
            ours: HashMap::new(),
        };
        for player in &life.players {
            let chat = life
                .paper
                .person(player.part.telegram_id, &player.part.name, "es")
                .chat();
            let ours = life.ours.entry(player.part.telegram_id).or_default();
            ours.messages
                .extend(chat.messages.iter().map(|message| message.id));
            ours.presses
                .extend(chat.toasts.iter().map(|toast| toast.query_id.clone()));
        }
        life
    }

    /// Lives until the stop, about one act in `pace`.
    pub async fn run(mut self, pace: Duration, stop: CancellationToken) -> Result<()> {
        loop {
            let pause = pace.mul_f64(self.random.random_range(0.5..1.5));
            if stop
                .run_until_cancelled(tokio::time::sleep(pause))
                .await
                .is_none()
            {
                return Ok(());
            }
            let act = self.random.random_range(0..10);
            let done = match act {
                0 => self.commission().await,
                1..=4 => self.walk(),
                _ => self.answer(),
            };
            if let Err(error) = done {
                tracing::debug!(%error, "somebody of the demo was stopped");
            }
        }
    }

    fn person(&self, player: &Player) -> Person {
        self.paper
            .person(player.part.telegram_id, &player.part.name, "es")
    }

    /// Some of the players, in no order.
    fn some(&mut self) -> Vec<Player> {
        self.players
            .sample(&mut self.random, SOME)
            .cloned()
            .collect()
    }

    /// Somebody's chat, unless a visitor plays him at the moment.
    fn chat_of(&self, person: &Person) -> Option<ChatView> {
        let chat = person.chat();
        let since = self.store.now() - VISITED;
        let ours = self.ours.get(&person.id())?;
        let wrote = |message: &Seen| {
            !message.from_bot && message.date > since && !ours.messages.contains(&message.id)
        };
        let tapped = |toast: &Toast| toast.at > since && !ours.presses.contains(&toast.query_id);
        let visited = chat.messages.iter().any(wrote) || chat.toasts.iter().any(tapped);
        (!visited && !chat.blocked).then_some(chat)
    }

    fn remember(&mut self, person: &Person, done: Done) {
        let ours = self.ours.entry(person.id()).or_default();
        ours.messages.extend(done.message_id);
        ours.presses.extend(done.query_id);
    }

    /// Somebody who has waited long enough taps what comes next on his newest card.
    fn answer(&mut self) -> Result<()> {
        for player in self.some() {
            let person = self.person(&player);
            let Some(chat) = self.chat_of(&person) else {
                continue;
            };
            let Some(card) = newest_card(&chat) else {
                continue;
            };
            if let Some(button) = self.next(card) {
                return self.take_step(&person, card, &button);
            }
        }
        Ok(())
    }

    /// Before he finishes he mostly writes something.
    fn take_step(&mut self, person: &Person, card: &Seen, button: &Sentence) -> Result<()> {
        let writes = matches!(button, Sentence::ButtonFinish) && self.random.random_bool(0.6);
        let done = match self.cast.reports.choose(&mut self.random) {
            Some(report) if writes => person.says(report)?,
            _ => person.taps_on(card.id, &button.to(Lang::Es))?,
        };
        self.remember(person, done);
        Ok(())
    }

    /// The step that follows, in the order of the work.
    fn next(&self, card: &Seen) -> Option<Sentence> {
        let order = [
            Sentence::ButtonNothingToReport,
            Sentence::ButtonAcknowledge,
            Sentence::ButtonStart,
            Sentence::ButtonEnRoute,
            Sentence::ButtonOnSite,
            Sentence::ButtonResume,
            Sentence::ButtonFinish,
        ];
        let next = order
            .into_iter()
            .find(|button| card.has_button(&button.to(Lang::Es)))?;
        let patience = match next {
            Sentence::ButtonFinish => WORKS,
            _ => THINKS,
        };
        (self.store.now() - card.date > patience).then_some(next)
    }

    /// Moves somebody a little, or has him share where he is.
    fn walk(&mut self) -> Result<()> {
        let Some(player) = self.players.choose(&mut self.random).cloned() else {
            return Ok(());
        };
        let person = self.person(&player);
        if self.chat_of(&person).is_none() {
            return Ok(());
        }
        let (north, east) = (
            self.random.random_range(-STEP..STEP),
            self.random.random_range(-STEP..STEP),
        );
        let live = self.ours.entry(person.id()).or_default().live;
        let Some((message_id, lat, lon)) = live else {
            return self.share(&person, &player);
        };
        // Back towards where he belongs, so that nobody leaves the district.
        let lat = lat + north + (player.part.lat - lat) * 0.05;
        let lon = lon + east + (player.part.lon - lon) * 0.05;
        person.moves_live_location(message_id, lat, lon)?;
        self.ours.entry(person.id()).or_default().live = Some((message_id, lat, lon));
        Ok(())
    }

    fn share(&mut self, person: &Person, player: &Player) -> Result<()> {
        let (lat, lon) = (player.part.lat, player.part.lon);
        let done = person.shares_live_location(lat, lon, LIVE)?;
        self.ours.entry(person.id()).or_default().live = done.message_id.map(|id| (id, lat, lon));
        self.remember(person, done);
        Ok(())
    }

    /// Everybody shares his place: the map is not empty when the visitor comes.
    pub fn share_all(&mut self) -> Result<()> {
        for player in self.players.clone() {
            let person = self.person(&player);
            if !person.chat().blocked {
                self.share(&person, &player)?;
            }
        }
        Ok(())
    }

    /// A supervisor finds work for people who are free, unless there is enough.
    async fn commission(&mut self) -> Result<()> {
        let filter = TaskFilter {
            statuses: vec![Status::Scheduled, Status::InProgress],
            ..TaskFilter::default()
        };
        let open = list::list(&self.store, &system(), filter, Window::first(100))
            .await?
            .items
            .len();
        if open > self.players.len().div_ceil(2).min(60) {
            return Ok(());
        }
        let Some(job) = self.cast.tasks.choose(&mut self.random).cloned() else {
            return Ok(());
        };
        let free = self.free().await?;
        let shop = Shop::open(&self.store, &self.cast, &self.players, job.unit).await?;
        let crew: Vec<&Player> = shop
            .players
            .iter()
            .filter(|player| free.contains(&player.agent_id))
            .copied()
            .take(2)
            .collect();
        if !crew.is_empty() {
            shop.create(&job, &crew, When::Now).await?;
        }
        Ok(())
    }

    async fn free(&self) -> Result<HashSet<i64>> {
        let filter = AgentFilter {
            availability: Some(Availability::Available),
            well: true,
            ..AgentFilter::default()
        };
        let page = agent::list(&self.store, &system(), filter, Window::first(200)).await?;
        Ok(page
            .items
            .into_iter()
            .filter(|agent| agent.active_tasks == 0)
            .map(|agent| agent.id)
            .collect())
    }
}

fn newest_card(chat: &ChatView) -> Option<&Seen> {
    chat.messages
        .iter()
        .rev()
        .find(|message| message.from_bot && !message.keyboard.is_empty())
}
