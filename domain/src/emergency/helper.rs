//! Somebody who comes to a call for help calls for help himself: whoever counts on him there hears it, and nobody counts on him
//! any more until he says anew that he goes.

use ::entity::emergency;

use super::{comes_to, crew, is_open, lock, progress, ring, voice};
use crate::{
    Result, Tx, assignment,
    outbox::{self, Lane, Message, Notice},
    task::load,
    timer::{self, Due},
};

/// His call has left: whoever called at the others, those who come to them and those in command there learn it.
pub(super) async fn calls(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    for other in others(tx, row).await? {
        let Some(task_id) = other.task_id else {
            continue;
        };
        let people = voice::listeners(tx, &other, task_id, row.raised_by).await?;
        let notice = Notice::EmergencyHelperCalls {
            emergency_id: other.id,
            own_id: row.id,
        };
        let told = people.into_iter().map(|(user_id, chat)| {
            Message::about(chat, Some(user_id), task_id, notice.clone()).in_lane(Lane::Emergency)
        });
        outbox::push(tx, told.collect()).await?;
    }
    Ok(())
}

/// His own call goes on from now, or has ended: those who come to the others are counted anew, each by itself. Whoever calls may
/// hold his part of another, and must not wait for the whole of it.
pub(super) async fn counted_anew(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    let (others, now) = (others(tx, row).await?, tx.now());
    for other in others {
        let due = Due::EmergencyHelper {
            emergency_id: other.id,
            agent_id: row.agent_id.unwrap_or_default(),
        };
        timer::set(tx, &due, now).await?;
    }
    Ok(())
}

/// Whoever calls for help does not go to this one for now. Once his call has ended he is asked whether he goes, unless he has said
/// so meanwhile.
pub(crate) async fn goes_or_not(tx: &mut Tx, id: i64, agent_id: i64) -> Result<()> {
    let (row, task) = lock(tx, id).await?;
    let Some(task) = task.filter(|_| is_open(row.status)) else {
        return Ok(());
    };
    let his = task.assignment_of(agent_id).filter(|one| one.is_held());
    let Some(his) = his.cloned() else {
        return Ok(());
    };
    let calling = progress::calling(tx.db(), vec![agent_id]).await?;
    let (calls, went) = (
        calling.contains_key(&agent_id),
        his.en_route_at.or(his.on_site_at).is_some(),
    );
    let stands_back = calls && went;
    if stands_back {
        assignment::stand_back(tx, &task, &his).await?;
    } else if !calls && !went {
        ring::ring(tx, &row, &[agent_id]).await?;
    }
    let task = load::one(tx.db(), task.id).await?.unwrap_or(task);
    crew::recount(tx, row, &task, stands_back).await
}

/// The calls that go on and that he comes to; a practised call of his own changes nothing for them.
async fn others(tx: &Tx, row: &emergency::Model) -> Result<Vec<emergency::Model>> {
    let Some(agent_id) = row.agent_id.filter(|_| !row.drill) else {
        return Ok(Vec::new());
    };
    comes_to::others(tx, agent_id, row.id).await
}
