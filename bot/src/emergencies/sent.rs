//! Whom those in command put on the task of an emergency and who has said nothing yet: he was told, or somebody has to call him.

use chrono::TimeDelta;
use domain::{
    Actor, Error, Result,
    actor::Channel,
    agent,
    emergency::{self, Emergency},
    task::{AgentRef, Task, load},
};
use locales::Sentence;

use super::{NAMED, at_work};
use crate::{screen::Pin, text, view::View};

/// A line for each of them.
pub(super) async fn lines(view: &View, emergency: &Emergency) -> Result<Vec<String>> {
    if emergency.silent.is_empty() {
        return Ok(Vec::new());
    }
    let untold = untold(view, emergency.task_id).await?;
    let phones = match &view.reader {
        Some(reader) => agent::by_phone(&view.store, reader, &untold).await?,
        None => Vec::new(),
    };
    let line = |one: &AgentRef| {
        let name = one.name.clone().into();
        let known = phones.iter().find(|known| known.agent_id == one.agent_id);
        let phone = known.and_then(|known| known.phone.clone());
        view.say(&match (untold.contains(&one.agent_id), phone) {
            (false, _) => Sentence::EmergencyAssigned { name },
            (true, None) => Sentence::EmergencyAssignedUntold { name },
            (true, Some(phone)) => Sentence::EmergencyAssignedByPhone {
                name,
                phone: phone.into(),
            },
        })
    };
    Ok(emergency.silent.iter().take(NAMED).map(line).collect())
}

/// What he reads whom those in command sent and who has not said that he goes, as whom the search asks does: what whoever called
/// is at, and how far it is from where he was just now.
pub(super) async fn there(view: &View, task: &Task) -> Result<Vec<String>> {
    let Some((reader, agent_id)) = sent(view, task) else {
        return Ok(Vec::new());
    };
    let mut lines = Vec::new();
    if let Some(id) = emergency::on_task(&view.store, task.id).await? {
        lines.extend(at_work::of(view, id).await?);
    }
    let himself = agent::find(&view.store, reader, agent_id).await?;
    let fresh = TimeDelta::minutes(view.store.rules().position_fresh_minutes.into());
    let seen = himself.position.filter(|one| view.now - one.at < fresh);
    let place = task.place.as_ref().and_then(|place| place.point);
    lines.extend(seen.zip(place).map(|(seen, place)| {
        let metres = seen.point.distance_m(place);
        view.say(&Sentence::EmergencyWay {
            distance: text::distance(metres, view.lang).into(),
            minutes: emergency::eta_minutes(metres).into(),
        })
    }));
    Ok(lines)
}

/// Where it is, with the ring of the task for whom those in command sent there.
pub fn pin(view: &View, task: &Task) -> Option<Pin> {
    sent(view, task).filter(|_| task.kind.code == emergency::KIND)?;
    let place = task.place.as_ref()?;
    Some(Pin {
        accuracy_m: place.accuracy_m,
        ..Pin::of(place.point?)
    })
}

/// The reader, if he was put on this task that goes on and has not said that he goes.
fn sent<'a>(view: &'a View, task: &Task) -> Option<(&'a Actor, i64)> {
    let reader = view.reader.as_ref()?;
    let agent_id = reader.agent_id?;
    let his = task.assignment_of(agent_id).filter(|one| one.is_held())?;
    let goes = his.en_route_at.or(his.on_site_at).is_some();
    (task.is_open() && !goes).then_some((reader, agent_id))
}

/// Those on its task whom Telegram brought nothing.
async fn untold(view: &View, task_id: Option<i64>) -> Result<Vec<i64>> {
    let Some(task_id) = task_id else {
        return Ok(Vec::new());
    };
    let system = Actor::system(Channel::Bot);
    let task = match load::find(&view.store, &system, task_id).await {
        Ok(task) => task,
        Err(Error::Refused(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let lost = task.held().filter(|one| one.unreachable_at.is_some());
    Ok(lost.map(|one| one.agent.agent_id).collect())
}
