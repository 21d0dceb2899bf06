//! Planned shifts that have nobody any more, for those who have to fill them.

use chrono::{DateTime, Utc};
use domain::{Actor, Result, actor::Channel, agent, zone};
use locales::Sentence;

use crate::{
    screen::Rendered,
    view::{View, plain},
};

/// The most shifts that a message names.
const NAMED: usize = 10;

/// How many shifts of somebody who was switched off are left open, and when they begin.
pub async fn lost(view: &View, agent_id: i64, starts: &[DateTime<Utc>]) -> Result<Rendered> {
    let system = Actor::system(Channel::Bot);
    let agent = agent::find(&view.store, &system, agent_id).await?;
    let start = |at: &DateTime<Utc>| {
        let local = zone::to_local(*at, view.zone);
        local.format("%d/%m %H:%M").to_string()
    };
    let mut days: Vec<String> = starts.iter().take(NAMED).map(start).collect();
    days.extend((starts.len() > NAMED).then(|| "…".into()));
    let words = Sentence::ShiftLost {
        name: agent.name.into(),
        count: starts.len().into(),
        days: days.join(", ").into(),
    };
    Ok(plain(view.say(&words)).into())
}
