//! Whom those in command put on the task of an emergency and who has said nothing yet: he was told, or somebody has to call him.

use domain::{
    Actor, Error, Result,
    actor::Channel,
    agent,
    emergency::Emergency,
    task::{AgentRef, load},
};
use locales::Sentence;

use super::NAMED;
use crate::view::View;

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
