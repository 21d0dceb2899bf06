//! Whoever sends broadcasts and watches over emergencies.

use anyhow::{Context, Result};
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    user,
};
use it::{Http, app::PASSWORD};
use serde_json::json;

use crate::cluster::Cluster;

/// His phone.
pub const RADIO: i64 = 9_001;

/// Somebody who sends broadcasts and is told of every call for help, signed in at the first instance.
pub async fn dispatcher(cluster: &Cluster) -> Result<Http> {
    let new = user::NewUser {
        password: Some(PASSWORD.into()),
        permissions: vec![Permission::Broadcast],
        lang: Some("es".into()),
        ..user::NewUser::named("radio", "Rita Radio", Level::Admin)
    };
    let user = user::create(&cluster.store, &Actor::system(Channel::Cli), new).await?;
    cluster.paper.person(RADIO, "Rita", "es").knows_the_bot();
    let link = format!(
        "UPDATE users SET telegram_id = {RADIO} WHERE id = {}",
        user.id
    );
    cluster.execute(&link).await?;
    Http::login(&cluster.base(0), "radio", PASSWORD).await
}

/// Sends these words to everybody and waits for all answers; the number of the broadcast.
pub async fn tell_all(radio: &Http, words: &str) -> Result<i64> {
    let all = json!({ "text": words, "audience": { "kind": "all" } });
    let made = radio.post("/api/v1/broadcasts", &all).await?.expect(201)?;
    made["id"].as_i64().context("a number")
}
