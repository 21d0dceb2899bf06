//! Somebody on whom a call counts gets no messages of Telegram any more: for those in command, who have to call him.

use domain::{
    Actor, Result,
    actor::{Channel, Permission},
    emergency::{self, Emergency, Offer, OfferState},
    user::{self, User},
};
use locales::Sentence;

use super::command;
use crate::{
    keyboards::Rows,
    screen::Rendered,
    view::{View, headed, with},
};

/// Who it is and by which phone he is told; nothing once it has ended, when he has no part in it any more, or when Telegram
/// reaches him again.
pub async fn deaf(view: &View, id: i64, user_id: i64) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    let system = Actor::system(Channel::Bot);
    let user = user::find(&view.store, &system, user_id).await?;
    let wanted = emergency::is_open(emergency.status) && user.unreachable_at.is_some();
    let head = head(&emergency, &user).filter(|_| wanted);
    let (Some(_), Some(head)) = (view.reader.as_ref().filter(watches), head) else {
        return Ok(Rendered::Nothing);
    };
    let mut lines = vec![view.say(&head)];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(view.say(&match user.phone {
        Some(phone) => Sentence::EmergencyDeafCall {
            phone: phone.into(),
        },
        None => Sentence::EmergencyDeafNoPhone,
    }));
    let his = |one: &Offer| one.blocked && one.agent.user_id == Some(user.id);
    let missing = emergency.takers().any(his) && !emergency.enough();
    lines.extend(missing.then(|| view.say(&instead(view, &emergency))));
    let show = command::opens(view, &Sentence::ButtonShowCall, id);
    Ok(with(Rows::default().row([show]), headed(&lines)).into())
}

/// Whether somebody else is asked, or about to be; else only those in command can send one.
fn instead(view: &View, emergency: &Emergency) -> Sentence {
    let asked = |one: &Offer| one.state == OfferState::Offered;
    let soon = emergency.next_ring_at.is_some_and(|at| at <= view.now);
    match soon || emergency.offers.iter().any(asked) {
        true => Sentence::EmergencyDeafSearch,
        false => Sentence::EmergencyDeafNobody,
    }
}

/// That he is reached again; nothing once it has ended, when he has no part in it any more, or is lost anew.
pub async fn hears(view: &View, id: i64, user_id: i64) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    let system = Actor::system(Channel::Bot);
    let user = user::find(&view.store, &system, user_id).await?;
    let back = emergency::is_open(emergency.status) && user.unreachable_at.is_none();
    let known = head(&emergency, &user).filter(|_| back).is_some();
    if view.reader.as_ref().filter(watches).is_none() || !known {
        return Ok(Rendered::Nothing);
    }
    let mut lines = vec![view.say(&Sentence::EmergencyHears {
        name: user.name.into(),
        code: emergency.code.clone().unwrap_or_default().into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    let show = command::opens(view, &Sentence::ButtonShowCall, id);
    Ok(with(Rows::default().row([show]), headed(&lines)).into())
}

/// To himself: how much was said meanwhile; nothing once it has ended.
pub async fn missed(view: &View, id: i64, count: u64) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    if view.reader.is_none() || !emergency::is_open(emergency.status) {
        return Ok(Rendered::Nothing);
    }
    let mut lines = vec![view.say(&Sentence::EmergencyMissed {
        code: emergency.code.clone().unwrap_or_default().into(),
        count: count.into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    Ok(headed(&lines).into())
}

fn watches(one: &&Actor) -> bool {
    one.may_command() || one.has(Permission::Broadcast)
}

/// As what he is counted on.
fn head(emergency: &Emergency, user: &User) -> Option<Sentence> {
    let name = user.name.clone().into();
    let code = emergency.code.clone().unwrap_or_default().into();
    let called = |caller: &domain::task::UserRef| caller.user_id == user.id;
    if emergency.raised_by.as_ref().is_some_and(called) {
        return Some(Sentence::EmergencyDeafCaller { name, code });
    }
    let his = emergency
        .takers()
        .find(|one| one.agent.user_id == Some(user.id))?;
    Some(match his.said_he_goes() {
        true => Sentence::EmergencyDeafGoing { name, code },
        false => Sentence::EmergencyDeafSent { name, code },
    })
}
