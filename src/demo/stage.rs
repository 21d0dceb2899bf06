//! The first start: the catalogue, people, their phones, their time.

use std::time::Duration;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::{
    Actor, Store,
    actor::{Channel, Level},
    agent, catalogue, enrolment, leave, shift, unit, user,
};
use futures::{StreamExt, TryStreamExt, stream};
use locales::{Lang, Sentence};
use telegram::{Paper, Person};

use super::{
    BOT,
    book::{Agent, Book, Login, Newcomer},
    cast::{Cast, Officer, Part},
};

/// How many people enrol at once.
const AT_ONCE: usize = 16;

/// How long one enrolment may take, waiting for Telegram's limits included.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody in the street who plays along.
#[derive(Clone, Debug)]
pub struct Player {
    pub user_id: i64,
    pub agent_id: i64,
    pub part: Part,
}

/// What setting the stage needs.
pub struct Stage<'a> {
    pub store: &'a Store,
    pub paper: &'a Paper,
    pub cast: &'a Cast,
    pub agents: usize,
}

impl Stage<'_> {
    /// Makes everybody and everything; tasks come after.
    pub async fn set(&self) -> Result<(Book, Vec<Player>)> {
        self.store
            .write(|tx| Box::pin(async { catalogue::seed(tx, catalogue::Pack::Police).await }))
            .await?;
        let mut users = Vec::new();
        for (index, officer) in self.cast.officers.iter().enumerate() {
            users.push(self.officer(index, officer).await?);
        }
        let players = self.players().await?;
        users.push(self.give_password(&players[0]).await?);
        self.enrol_all(&players).await?;
        self.plan(&players).await?;
        let newcomer = self.cast.newcomer(self.agents);
        let user = self.person(&newcomer).await?;
        let newcomer = Newcomer {
            user_id: user.id,
            name: newcomer.name,
            telegram_id: newcomer.telegram_id,
            invite_url: None,
        };
        let book = Book {
            users,
            agents: players.iter().map(Agent::from).collect(),
            newcomer,
            ..Book::default()
        };
        Ok((book, players))
    }

    async fn officer(&self, index: usize, officer: &Officer) -> Result<Login> {
        let password = password();
        let level = Level::try_from(officer.level).map_err(anyhow::Error::msg)?;
        let permissions = officer
            .permissions
            .iter()
            .map(|word| word.parse().map_err(anyhow::Error::msg));
        let new = user::NewUser {
            units: officer.units.iter().map(|unit| self.unit(*unit)).collect(),
            permissions: permissions.collect::<Result<_>>()?,
            password: Some(password.clone()),
            ..user::NewUser::named(&officer.username, &officer.name, level)
        };
        let user = user::create(self.store, &system(), new).await?;
        let telegram_id = officer.linked.then(|| self.cast.officer_telegram_id(index));
        if let Some(telegram_id) = telegram_id {
            let person = self
                .paper
                .person(telegram_id, &officer.name, "es")
                .noted(&officer.username);
            enrol(self.store, user.id, &person).await?;
        }
        let (username, name) = (officer.username.clone(), officer.name.clone());
        let (level, permissions) = (officer.level, officer.permissions.clone());
        Ok(Login {
            username,
            password,
            level,
            permissions,
            name,
            telegram_id,
        })
    }

    fn unit(&self, index: usize) -> unit::Key {
        unit::Key::Name(self.cast.units[index].name.clone())
    }

    async fn players(&self) -> Result<Vec<Player>> {
        let mut players = Vec::new();
        for part in self.cast.parts(self.agents) {
            let user = self.person(&part).await?;
            let agent_id = user
                .agent_id
                .context("an account of level 1 has an agent")?;
            players.push(Player {
                user_id: user.id,
                agent_id,
                part,
            });
        }
        Ok(players)
    }

    /// An account, an agent and a phone for somebody in the street.
    async fn person(&self, part: &Part) -> Result<user::User> {
        let new = user::NewUser {
            units: vec![self.unit(part.unit)],
            badge: Some(part.badge.clone()),
            ..user::NewUser::named(&part.username, &part.name, Level::Agent)
        };
        let user = user::create(self.store, &system(), new).await?;
        let patch = agent::AgentPatch {
            rank: Some(Some(part.rank.clone())),
            specialty: Some(Some(part.specialty.clone())),
            ..agent::AgentPatch::default()
        };
        let agent_id = user
            .agent_id
            .context("an account of level 1 has an agent")?;
        self.store
            .write(move |tx| {
                Box::pin(async move { agent::edit(tx, &system(), agent_id, patch).await })
            })
            .await?;
        let note = format!("{} · {}", part.rank, self.cast.units[part.unit].name);
        let _ = self
            .paper
            .person(part.telegram_id, &part.name, "es")
            .noted(&note)
            .standing_at(part.lat, part.lon);
        Ok(user)
    }

    /// One agent can sign in to the board too.
    async fn give_password(&self, player: &Player) -> Result<Login> {
        let password = password();
        let patch = user::UserPatch {
            password: Some(password.clone()),
            ..user::UserPatch::default()
        };
        user::patch(self.store, &system(), player.user_id, patch).await?;
        let Part {
            username,
            name,
            telegram_id,
            ..
        } = player.part.clone();
        Ok(Login {
            username,
            password,
            level: 1,
            permissions: Vec::new(),
            name,
            telegram_id: Some(telegram_id),
        })
    }

    async fn enrol_all(&self, players: &[Player]) -> Result<()> {
        let phones = players.iter().map(|player| async {
            let person = self
                .paper
                .person(player.part.telegram_id, &player.part.name, "es");
            enrol(self.store, player.user_id, &person).await
        });
        stream::iter(phones.collect::<Vec<_>>())
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Everybody is on duty but the last three: off shift, on leave, and unavailable.
    async fn plan(&self, players: &[Player]) -> Result<()> {
        let (on_duty, others) = players.split_at(players.len().saturating_sub(3));
        for player in on_duty {
            duty(self.store, player.agent_id, TimeDelta::hours(-2)).await?;
        }
        let [off, away, busy] = others else {
            return Ok(());
        };
        duty(self.store, off.agent_id, TimeDelta::hours(14)).await?;
        self.leave(away).await?;
        duty(self.store, busy.agent_id, TimeDelta::hours(-2)).await?;
        let (agent_id, reason) = (busy.agent_id, self.cast.unavailable.clone());
        let set = self.store.write(move |tx| {
            Box::pin(async move {
                agent::set_availability(tx, &system(), agent_id, true, Some(reason), None).await
            })
        });
        set.await?;
        Ok(())
    }

    async fn leave(&self, player: &Player) -> Result<()> {
        let now = self.store.now();
        let new = leave::NewLeave {
            agent_id: player.agent_id,
            starts_at: now,
            ends_at: now + TimeDelta::days(6),
            reason: Some(self.cast.leave.clone()),
            ..leave::NewLeave::default()
        };
        let asked = self.store.write(move |tx| {
            Box::pin(async move {
                let leave = leave::request(tx, &system(), new).await?;
                leave::decide(tx, &system(), leave.id, true, None).await
            })
        });
        asked.await?;
        Ok(())
    }
}

impl From<&Player> for Agent {
    fn from(player: &Player) -> Self {
        Self {
            agent_id: player.agent_id,
            name: player.part.name.clone(),
            telegram_id: player.part.telegram_id,
        }
    }
}

/// Twelve hours of duty that begin so far from now; who is on duty already has said so.
pub async fn duty(store: &Store, agent_id: i64, begins: TimeDelta) -> Result<()> {
    let starts_at = store.now() + begins;
    let new = shift::NewShift {
        agent_id,
        starts_at,
        ends_at: starts_at + TimeDelta::hours(12),
        ..shift::NewShift::default()
    };
    store
        .write(move |tx| {
            Box::pin(async move {
                let planned = shift::create(tx, &system(), new).await?;
                if begins < TimeDelta::zero() {
                    shift::present(tx, &system(), planned.id).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// A fresh link for an account.
pub async fn invite(store: &Store, user_id: i64) -> Result<String> {
    let made = store
        .write(move |tx| Box::pin(async move { enrolment::invite(tx, &system(), user_id).await }));
    Ok(format!("https://t.me/{BOT}?start={}", made.await?.code))
}

/// Opens the link and taps what the bot asks, as anybody would.
async fn enrol(store: &Store, user_id: i64, person: &Person) -> Result<()> {
    let link = invite(store, user_id).await?;
    person.opens_link(&link)?;
    let accept = Sentence::ButtonAccept.to(Lang::Es);
    person
        .until(|chat| chat.has_button(&accept), PATIENCE)
        .await?;
    person.taps(&accept)?;
    tokio::time::timeout(PATIENCE, linked(store, user_id))
        .await
        .context("an enrolment takes too long")?
}

async fn linked(store: &Store, user_id: i64) -> Result<()> {
    while user::find(store, &system(), user_id)
        .await?
        .telegram_id
        .is_none()
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

pub fn system() -> Actor {
    Actor::system(Channel::Cli)
}

/// Four groups of letters: enough for a demo that nobody outside can reach.
fn password() -> String {
    let fresh = domain::secret::fresh();
    [&fresh[0..4], &fresh[4..8], &fresh[8..12], &fresh[12..16]].join("-")
}
