//! The help that somebody's words are about: his own call, while it goes on or soon after its end, or what he asked for in a
//! broadcast. Work that he took up since goes before, and the call of somebody else that he is at.

use chrono::{DateTime, Utc};
use domain::{
    Result, assignment,
    broadcast::{self, Needs, Taking},
    emergency::{self, EndedCall},
    task::{Status, Task},
};

use crate::{ctx::Ctx, sos};

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    /// His own call.
    Call(i64),
    /// One of his that ended lately, by its task.
    Ended(i64),
    /// The broadcast in which he said that he needs help.
    Asked(i64),
    /// The same, while he is at somebody else's call.
    At(At),
}

/// Somebody else's call that he is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Its task.
    pub task_id: i64,
    /// The broadcast that hears it too: what is in earnest is told to none that is practised.
    pub broadcast_id: Option<i64>,
}

/// Nothing when he neither called nor asked for help, or has begun something else since.
pub async fn help(ctx: &Ctx) -> Result<Option<Help>> {
    if let Some(call) = sos::after_this_step(ctx).await? {
        return Ok(Some(Help::Call(call.id)));
    }
    let Some(lately) = lately(ctx).await? else {
        return Ok(None);
    };
    let work = super::running(ctx).await?;
    if work_goes_before(ctx, &lately, &work).await? {
        return Ok(None);
    }
    Ok(Some(match &lately {
        Lately::Ended(call) => Help::Ended(call.task_id),
        Lately::Asked(asked) => match at_call(&work, asked.id, asked.drill) {
            Some(at) => Help::At(at),
            None => Help::Asked(asked.id),
        },
    }))
}

/// The call among his work that goes before this broadcast: any but one that is only practised while the broadcast is meant; of
/// several one in earnest, then one that people are at, then the newest.
pub fn at_call(work: &[Task], broadcast_id: i64, drill: bool) -> Option<At> {
    let meant = |task: &&Task| super::is_emergency(task) && (drill || !task.drill);
    let calls = work.iter().filter(meant);
    let begun = |task: &Task| task.status == Status::InProgress;
    let call = calls.max_by_key(|task| (!task.drill, begun(task), task.id))?;
    Some(At {
        task_id: call.id,
        broadcast_id: (call.drill == drill).then_some(broadcast_id),
    })
}

/// Help that he asked for and that may not have come.
enum Lately {
    Ended(EndedCall),
    Asked(Needs),
}

/// The later of the two, unless the step that he is in came after it. What was only practised is no cry for help.
async fn lately(ctx: &Ctx) -> Result<Option<Lately>> {
    let user_id = ctx.actor.user_id.unwrap_or_default();
    let before = |at: DateTime<Utc>| ctx.state.since.is_none_or(|step| step <= at);
    let asked = broadcast::needs_of(&ctx.store, user_id).await?;
    let asked = asked.filter(|asked| before(asked.at));
    let ended = emergency::ended_of(&ctx.store, &ctx.actor).await?;
    let Some(call) = ended.filter(|call| !call.drill && before(call.called_at)) else {
        return Ok(asked.map(Lately::Asked));
    };
    if let Some(asked) = asked {
        return Ok(Some(match asked.at <= call.ended_at {
            true => Lately::Ended(call),
            false => Lately::Asked(asked),
        }));
    }
    let taking = broadcast::taking(&ctx.store, user_id).await?;
    Ok(goes_before(&call, taking.as_ref()).then_some(Lately::Ended(call)))
}

/// Whether what he sends is rather about his call that ended than about a broadcast: an open one that he got after the end takes
/// it, and what is in earnest goes before what is practised.
pub fn goes_before(call: &EndedCall, taking: Option<&Taking>) -> bool {
    taking.is_none_or(|one| match (call.drill, one.drill) {
        (false, true) => true,
        (true, false) => false,
        _ => !one.open || one.sent_at <= call.ended_at,
    })
}

/// Whether it is about what he is at all the same: he took that up since, he ended his call himself, or the broadcast is over and
/// he is at somebody else's call.
async fn work_goes_before(ctx: &Ctx, lately: &Lately, work: &[Task]) -> Result<bool> {
    if work.is_empty() {
        return Ok(false);
    }
    let (since, at_work) = match lately {
        Lately::Ended(call) => (call.ended_at, call.by_himself),
        Lately::Asked(asked) => {
            let called = work.iter().any(super::is_emergency);
            (asked.at, called && !asked.open)
        }
    };
    Ok(at_work || assignment::taken_up(&ctx.store, &ctx.actor, work, since).await?)
}
