//! That somebody belongs to other units from now on: for himself, and for those in charge of these units.

use domain::{Actor, Result, actor::Channel, agent, unit};
use locales::Sentence;

use crate::{
    screen::Rendered,
    view::{View, plain},
};

/// From which units to which.
pub async fn moved(view: &View, agent_id: i64, before: &[i64], now: &[i64]) -> Result<Rendered> {
    let (from, to) = (names(view, before).await?, names(view, now).await?);
    let own = view.reader.as_ref().and_then(|reader| reader.agent_id);
    let words = if own == Some(agent_id) {
        Sentence::MovedYou {
            from: from.into(),
            to: to.into(),
        }
    } else {
        let system = Actor::system(Channel::Bot);
        let agent = agent::find(&view.store, &system, agent_id).await?;
        Sentence::Moved {
            name: agent.name.into(),
            from: from.into(),
            to: to.into(),
        }
    };
    Ok(plain(view.say(&words)).into())
}

async fn names(view: &View, ids: &[i64]) -> Result<String> {
    let names = unit::names(&view.store, ids).await?;
    Ok(match names.is_empty() {
        true => "—".into(),
        false => names.join(", "),
    })
}
