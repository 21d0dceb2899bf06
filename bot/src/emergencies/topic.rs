//! The card of an emergency in a topic of the unit's forum: nobody is named.

use domain::{
    Result,
    card::Subject,
    emergency::{self, Emergency},
};
use locales::Sentence;

use super::place;
use crate::{
    screen::{Rendered, Screen, Topic},
    view::{View, headed},
};

/// The card; nothing where it is over and nobody ever asked for a topic.
pub async fn topic(view: &View, id: i64, topic_id: i64) -> Result<Rendered> {
    let Some(topic) = emergency::topic(&view.store, id, topic_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let emergency = emergency::show(&view.store, id).await?;
    let over = !emergency::is_open(emergency.status);
    if over && !topic.asked && topic.thread_id.is_none() {
        return Ok(Rendered::Nothing);
    }
    let code = emergency.code.clone().unwrap_or_default();
    let drill = emergency.drill.then(|| view.say(&Sentence::TaskCardDrill));
    let mut lines = vec![view.say(&head(&emergency, &code))];
    lines.extend(drill.clone());
    lines.push(place(view, &emergency));
    lines.extend(over.then(|| view.say(&Sentence::GroupEmergencyOver)));
    let name = [Some(code), drill].into_iter().flatten();
    Ok(Screen {
        subject: Some(Subject::Topic(topic_id)),
        thread: topic.thread_id,
        topic: Some(Topic {
            id: topic_id,
            name: format!("🆘 {}", name.collect::<Vec<_>>().join(" ")),
            over,
            asked: topic.asked,
            shut: topic.shut,
        }),
        ..headed(&lines)
    }
    .into())
}

/// How many come; afterwards only how many said so.
fn head(emergency: &Emergency, code: &str) -> Sentence {
    let code = code.to_owned().into();
    let crew = emergency.crew.into();
    match emergency::is_open(emergency.status) {
        true => Sentence::GroupEmergency {
            code,
            coming: emergency.going().into(),
            crew,
        },
        false => Sentence::GroupEmergencyCame {
            code,
            coming: emergency.going().into(),
            crew,
        },
    }
}
