//! Words on an ordinary task that cry for help: they are kept like all others, and those who answer for it hear them at once.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use ::entity::outbox as told;

use crate::{
    Actor, Result, Tx, assignment,
    broadcast::Hearers,
    emergency,
    outbox::{self, Lane, Message, Notice},
    task::load,
};

/// For so long after one cry of somebody the next ones are only kept.
const QUIET: TimeDelta = TimeDelta::minutes(1);

/// Passes a report that cries for help on to the lead and those in command of its task; who they are. Nobody where he cried a
/// moment ago, or on a call for help, whose people hear each of his words.
pub async fn cried(
    tx: &mut Tx,
    actor: &Actor,
    task_id: i64,
    report_id: i64,
) -> Result<Vec<String>> {
    let task = load::lock(tx, task_id).await?;
    let Some(user_id) = actor.user_id else {
        return Ok(Vec::new());
    };
    if task.kind.code == emergency::KIND || cried_lately(tx, task_id, user_id).await? {
        return Ok(Vec::new());
    }
    let mut people = assignment::responsible(tx, &task).await?;
    people.retain(|(_, reader)| *reader != user_id);
    let notice = Notice::TaskCry {
        task_id,
        user_id,
        report_id,
    };
    let message = |(chat_id, reader): &(i64, i64)| {
        let about = Message::about(*chat_id, Some(*reader), task_id, notice.clone());
        about.in_lane(Lane::Emergency)
    };
    outbox::push(tx, people.iter().map(message).collect()).await?;
    let readers = people.into_iter().map(|(_, reader)| reader).collect();
    let hearers = Hearers::of(tx, readers, task.drill, false).await?;
    Ok(hearers.names)
}

async fn cried_lately(tx: &Tx, task_id: i64, himself: i64) -> Result<bool> {
    let lately = told::Entity::find()
        .filter(told::Column::TaskId.eq(task_id))
        .filter(told::Column::Lane.eq(Lane::Emergency))
        .filter(told::Column::CreatedAt.gt(tx.now() - QUIET))
        .all(tx.db())
        .await?;
    Ok(lately.into_iter().any(|row| {
        let notice = serde_json::from_value(row.notice);
        matches!(notice, Ok(Notice::TaskCry { user_id, .. }) if user_id == himself)
    }))
}
