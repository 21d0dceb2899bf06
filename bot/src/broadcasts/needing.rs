//! Who of a broadcast needs help, and where he was last, for those who see who has answered.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    agent,
    broadcast::{self, Broadcast, Needing, RecipientState},
    user,
};
use locales::Sentence;

use crate::{text, view::View};

/// So many are named.
const NAMED: u64 = 10;

/// Their names, and how many there are beside them; nothing while nobody does.
pub async fn names(view: &View, reader: &Actor, broadcast: &Broadcast) -> Result<Option<String>> {
    if broadcast.counts.of(RecipientState::NeedsHelp) == 0 {
        return Ok(None);
    }
    let found = match broadcast::needing(&view.store, reader, broadcast, NAMED).await {
        Ok(found) => found,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(joined(view, &found).map(|names| {
        let names = names.into();
        view.say(&Sentence::BroadcastRollNeeding { names })
    }))
}

/// The same of those of whom nothing was heard because they called for help.
pub async fn calling(view: &View, reader: &Actor, broadcast: &Broadcast) -> Result<Option<String>> {
    let found = match broadcast::calling(&view.store, reader, broadcast, NAMED).await {
        Ok(found) => found,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(joined(view, &found).map(|names| {
        let names = names.into();
        view.say(&Sentence::BroadcastRollCalling { names })
    }))
}

fn joined(view: &View, found: &Needing) -> Option<String> {
    if found.names.is_empty() {
        return None;
    }
    let mut names = found.names.join(", ");
    if found.more > 0 {
        let count = found.more.into();
        names.push(' ');
        names.push_str(&view.say(&Sentence::BroadcastSilentMore { count }));
    }
    Some(names)
}

/// Where somebody was last and how long ago that was, where the reader may know it.
pub async fn last_place(view: &View, user_id: i64) -> Result<Option<String>> {
    let system = Actor::system(Channel::Bot);
    let himself = user::find(&view.store, &system, user_id).await?;
    let (Some(reader), Some(agent_id)) = (&view.reader, himself.agent_id) else {
        return Ok(None);
    };
    let agent = match agent::find(&view.store, reader, agent_id).await {
        Ok(agent) => agent,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(agent.position.map(|last| {
        let age = text::age(last.at, view.now, view.lang);
        view.say(&Sentence::BroadcastHelpPlace {
            place: text::point(last.point).into(),
            age: text::within(age, last.accuracy_m, view.lang).into(),
        })
    }))
}
