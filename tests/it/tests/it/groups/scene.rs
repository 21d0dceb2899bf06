//! Dora, who supervises Norte and may send broadcasts, with two of its people and their groups.

use anyhow::{Context, Result};
use it::{Backend, Http, Recruit, Somebody, TestApp, Wish};
use serde_json::{Value, json};
use telegram::{Call, Person};

pub const GROUP: i64 = -100_500;
pub const FORUM: i64 = -100_600;

pub struct Scene {
    pub app: TestApp,
    pub dora: Somebody,
    pub ana: Somebody,
    pub bob: Somebody,
    /// Dora's browser.
    pub http: Http,
}

pub async fn scene(backend: Backend) -> Result<Option<Scene>> {
    scene_of(TestApp::on(backend)).await
}

/// The same with other settings; nothing where there is no such database.
pub async fn scene_of(wish: Wish) -> Result<Option<Scene>> {
    let Some(app) = wish.start().await? else {
        return Ok(None);
    };
    let dora = Recruit::of_level(2, "Dora").permitted("broadcast");
    let dora = app.recruit(dora).await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let http = app.http(&dora).await?;
    Ok(Some(Scene {
        app,
        dora,
        ana,
        bob,
        http,
    }))
}

/// Where a broadcast is found.
pub struct Sent(String);

impl Scene {
    /// Dora and Ana in a group that Dora registers for Norte; as Dora sees it.
    pub async fn guard(&self) -> Result<Person> {
        self.app
            .paper
            .group(GROUP, "Guardia", false, &[&self.dora, &self.ana]);
        self.registers(&self.dora.in_group(GROUP), "Norte").await
    }

    /// The same in a forum.
    pub async fn forum(&self) -> Result<Person> {
        self.app
            .paper
            .group(FORUM, "Comisaría", true, &[&self.dora, &self.ana]);
        self.registers(&self.dora.in_group(FORUM), "Norte").await
    }

    /// Registers where this person is for the unit.
    pub async fn registers(&self, there: &Person, unit: &str) -> Result<Person> {
        there.says("/grupo")?;
        self.chooses(there, unit).await?;
        Ok(there.clone())
    }

    /// Taps the unit that is asked for there.
    pub async fn chooses(&self, there: &Person, unit: &str) -> Result<()> {
        there.until_button(unit).await?;
        let tap = there.taps(unit)?;
        there.until_answered(&tap).await?;
        there
            .until_text(&format!("Este grupo recibe las difusiones de {unit}"))
            .await?;
        self.app.settled().await
    }

    /// The groups of the units that Dora sees.
    pub async fn groups(&self) -> Result<Vec<Value>> {
        let units = self.http.get("/api/v1/units").await?.expect(200)?;
        let units = units["items"].as_array().context("units")?;
        let groups = units
            .iter()
            .flat_map(|unit| unit["groups"].as_array().cloned().unwrap_or_default());
        Ok(groups.collect())
    }

    pub async fn norte(&self) -> Result<i64> {
        let norte = "SELECT id FROM units WHERE name = 'Norte'";
        self.app.count(norte).await
    }

    /// A drill for Norte, with whatever else goes with it.
    pub async fn drill(&self, text: &str, more: &Value) -> Result<Value> {
        let unit_id = self.norte().await?;
        let mut drill = json!({
            "text": text, "audience": { "kind": "unit", "unit_id": unit_id }, "drill": true
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            drill[key] = value.clone();
        }
        Ok(drill)
    }

    /// Dora sends a drill to Norte.
    pub async fn sends(&self, text: &str) -> Result<Sent> {
        self.sends_with(text, &json!({})).await
    }

    pub async fn sends_with(&self, text: &str, more: &Value) -> Result<Sent> {
        let drill = self.drill(text, more).await?;
        let made = self.http.post("/api/v1/broadcasts", &drill).await?;
        let id = made.expect(201)?["id"].clone();
        Ok(Sent(format!("/api/v1/broadcasts/{id}")))
    }

    /// The broadcast as it stands now.
    pub async fn look(&self, sent: &Sent) -> Result<Value> {
        self.http.get(&sent.0).await?.expect(200)
    }

    pub async fn cancels(&self, sent: &Sent) -> Result<()> {
        let place = format!("{}/cancel", sent.0);
        let done = self.http.post(&place, &json!({})).await?;
        done.expect(200).map(drop)
    }

    /// What the bot wrote in this group.
    pub fn written(&self, chat: i64) -> Vec<String> {
        let calls = self.taken("sendMessage", chat);
        let texts = calls.iter().filter_map(Call::text);
        texts.map(str::to_owned).collect()
    }

    /// The calls of this method that Telegram carried out in this group.
    pub fn taken(&self, method: &str, chat: i64) -> Vec<Call> {
        let mut calls = self.app.paper.calls_of(method);
        calls.retain(|call| call.is_ok() && call.chat() == Some(chat));
        calls
    }

    pub async fn audited(&self, action: &str) -> Result<i64> {
        let rows = format!("SELECT count(*) FROM audit WHERE action = '{action}'");
        self.app.count(&rows).await
    }
}
