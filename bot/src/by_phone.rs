//! Whom Telegram brings nothing, where he is chosen and where he was put on a task: somebody has to call him.

use domain::{
    Error, Result,
    agent::{self, ByPhone},
    task::{AssignmentState, load},
};
use locales::Sentence;

use crate::{
    screen::Screen,
    view::{View, plain},
};

/// The most people that are named.
const NAMED: usize = 10;

/// A line for each of these agents who has to be called, with his phone where one is known.
pub async fn lines(view: &View, ids: &[i64]) -> Result<Vec<String>> {
    let Some(reader) = &view.reader else {
        return Ok(Vec::new());
    };
    let people = agent::by_phone(&view.store, reader, ids).await?;
    let line = |one: ByPhone| {
        let name = one.name.into();
        view.say(&match one.phone {
            Some(phone) => Sentence::AssignByPhone {
                name,
                phone: phone.into(),
            },
            None => Sentence::AssignWithoutPhone { name },
        })
    };
    Ok(people.into_iter().take(NAMED).map(line).collect())
}

/// The same below an answer, for those on a task who have not answered.
pub async fn below(view: &View, task_id: i64, screen: Screen) -> Result<Screen> {
    let Some(reader) = &view.reader else {
        return Ok(screen);
    };
    let task = match load::find(&view.store, reader, task_id).await {
        Ok(task) => task,
        Err(Error::Refused(_)) => return Ok(screen),
        Err(error) => return Err(error),
    };
    let asked = task
        .held()
        .filter(|one| one.state == AssignmentState::Offered);
    let ids: Vec<i64> = asked.map(|one| one.agent.agent_id).collect();
    let mut said = vec![screen.text.clone()];
    said.extend(lines(view, &ids).await?);
    Ok(Screen {
        text: plain(said.join("\n")).text,
        ..screen
    })
}
