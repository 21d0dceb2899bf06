//! One of those who came does not any more, in the chat of whoever called.

use domain::{
    Result,
    emergency::{self, OfferState},
};
use locales::Sentence;

use super::command;
use crate::{
    keyboards::Rows,
    screen::Rendered,
    view::{View, headed, with},
};

/// Who it is, and how many come now; nothing for anybody else, once it has ended, or when he comes after all.
pub async fn left(view: &View, id: i64, agent_id: i64) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    let his = emergency.offer_to(agent_id);
    let left = [OfferState::Declined, OfferState::StoodDown];
    let his = his.filter(|one| left.contains(&one.state));
    let caller = emergency.raised_by.as_ref().map(|user| user.user_id);
    let reader = view.reader.as_ref().and_then(|reader| reader.user_id);
    let own = caller.is_some() && caller == reader;
    let (Some(his), true) = (his, own && emergency::is_open(emergency.status)) else {
        return Ok(Rendered::Nothing);
    };
    let mut lines = vec![view.say(&Sentence::EmergencyLeft {
        name: his.agent.name.clone().into(),
        code: emergency.code.clone().unwrap_or_default().into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let needed = emergency.crew.into();
    lines.push(view.say(&match emergency.going() {
        0 => Sentence::EmergencyNobody { needed },
        going => Sentence::EmergencyStillGoing {
            coming: going.into(),
            needed,
        },
    }));
    let show = command::opens(view, &Sentence::ButtonShowCall, id);
    Ok(with(Rows::default().row([show]), headed(&lines)).into())
}
