//! Makes people: an account, a phone, and the two tied together.

use std::sync::{PoisonError, atomic::Ordering};

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::{actor::Level, enrolment, unit, user};

use crate::{
    app::{PASSWORD, TestApp},
    people::{Recruit, Somebody},
    process,
    until::{DEADLINE, until},
    wish::{BOT, TOKEN},
};

/// Accepting, in the languages of the phones.
const ACCEPT: [&str; 3] = ["Acepto", "I accept", "Aceito"];

impl TestApp {
    /// An agent of the usual unit, with a phone: the same one every time.
    pub async fn agent(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(1, name)).await
    }

    /// A supervisor of the usual unit, with a phone.
    pub async fn supervisor(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(2, name)).await
    }

    /// A supervisor of the usual unit who may send broadcasts, with a phone.
    pub async fn dispatcher(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(2, name).permitted("broadcast"))
            .await
    }

    /// An admin with a phone.
    pub async fn admin(&self, name: &str) -> Result<Somebody> {
        self.recruit(Recruit::of_level(3, name)).await
    }

    /// Somebody by name: known, or made as wished.
    pub async fn recruit(&self, recruit: Recruit) -> Result<Somebody> {
        let known = self
            .people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&recruit.name)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let somebody = self.hire(&recruit).await?;
        if recruit.enrolled {
            self.enrol(&somebody).await?;
        }
        self.people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(recruit.name, somebody.clone());
        Ok(somebody)
    }

    async fn hire(&self, recruit: &Recruit) -> Result<Somebody> {
        let username = format!("{:0<3}", recruit.name.to_lowercase().replace(' ', "."));
        let user_id = match self.program() {
            Some(program) => self.add_beside(&program, &username, recruit).await?,
            None => self.add(&username, recruit).await?,
        };
        let agent = format!("SELECT coalesce(max(id), 0) FROM agents WHERE user_id = {user_id}");
        let phone = self.next_phone.fetch_add(1, Ordering::Relaxed);
        Ok(Somebody {
            name: recruit.name.clone(),
            username,
            password: PASSWORD.into(),
            user_id,
            agent_id: self.count(&agent).await?,
            phone: self.paper.person(phone, &recruit.name, &recruit.language),
        })
    }

    async fn add(&self, username: &str, recruit: &Recruit) -> Result<i64> {
        let new = user::NewUser {
            units: recruit.units.iter().cloned().map(unit::Key::Name).collect(),
            badge: (recruit.level == 1).then(|| recruit.name.clone()),
            permissions: recruit
                .permissions
                .iter()
                .filter_map(|word| word.parse().ok())
                .collect(),
            password: Some(PASSWORD.into()),
            ..user::NewUser::named(
                username,
                &recruit.name,
                Level::try_from(recruit.level).map_err(anyhow::Error::msg)?,
            )
        };
        Ok(user::create(&self.store(), &Self::system(), new).await?.id)
    }

    /// By `gad user add`, beside the process that serves.
    async fn add_beside(&self, program: &str, username: &str, recruit: &Recruit) -> Result<i64> {
        let level = recruit.level.to_string();
        let mut arguments = vec!["user", "add", username, "--password-stdin"];
        arguments.extend(["--name", &recruit.name, "--level", &level]);
        if recruit.level == 1 {
            arguments.extend(["--badge", &recruit.name]);
        }
        for unit in &recruit.units {
            arguments.extend(["--unit", unit]);
        }
        for permission in &recruit.permissions {
            arguments.extend(["--permission", permission]);
        }
        let printed = process::answer(program, &arguments, self.variables(), PASSWORD).await?;
        Ok(printed.parse()?)
    }

    /// Opens a fresh link on somebody's phone and accepts.
    pub async fn enrol(&self, somebody: &Somebody) -> Result<()> {
        let link = self.invite(somebody).await?;
        somebody.opens_link(&link)?;
        let accept =
            |chat: &telegram::ChatView| ACCEPT.iter().find(|word| chat.has_button(word)).copied();
        let chat = somebody
            .until(|chat| accept(chat).is_some(), DEADLINE)
            .await?;
        somebody.taps(accept(&chat).context("the button just seen")?)?;
        let linked = format!(
            "SELECT count(*) FROM users WHERE id = {} AND telegram_id IS NOT NULL",
            somebody.user_id
        );
        until("the enrolment", || async {
            Ok((self.count(&linked).await? == 1).then_some(()))
        })
        .await?;
        self.settled().await
    }

    /// What Telegram signs for whoever opens the board in it, so many seconds ago.
    pub fn init_data(&self, somebody: &Somebody, seconds: i64) -> String {
        let at = self.store().now() - TimeDelta::seconds(seconds);
        telegram::init_data(TOKEN, (somebody.phone.id(), somebody.name.as_str()), at)
    }

    /// A link for somebody, not opened.
    pub async fn invite(&self, somebody: &Somebody) -> Result<String> {
        if let Some(program) = self.program() {
            let arguments = ["user", "invite", &somebody.username, "--json"];
            let printed = process::answer(&program, &arguments, self.variables(), "").await?;
            let link: serde_json::Value = serde_json::from_str(&printed)?;
            return Ok(link["url"].as_str().context("a link")?.to_owned());
        }
        let user_id = somebody.user_id;
        let made = self
            .store()
            .write(move |tx| {
                Box::pin(async move { enrolment::invite(tx, &Self::system(), user_id).await })
            })
            .await?;
        Ok(format!("https://t.me/{BOT}?start={}", made.code))
    }
}
