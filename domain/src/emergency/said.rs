//! What whoever called reports while his call is open, and for a while after its end: his words stand on every card of it, and
//! those who come, those who watch and whoever ended it hear it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};
use unicode_segmentation::UnicodeSegmentation;

use ::entity::{agent, emergency, report, user};

use super::{OfferState, after::is_his, announce, before, change, crew, offers_in, people, set};
use crate::{
    Actor, Refusal, Result, Tx,
    actor::Level,
    broadcast::{Attached, Hearers, PASSED_ON},
    error::Thing,
    outbox::{self, Lane, Message, Notice},
    task::Task,
};

/// So many characters of his words stand on the cards, the newest; each report keeps its own whole.
const WORDS_MOST: usize = 1000;

/// He reported something on the task of his call, perhaps in words.
pub(crate) async fn said(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    report_id: i64,
    words: Option<&str>,
) -> Result<()> {
    let row = crew::of_task(tx, task).await?;
    let Some(row) = row.filter(|row| is_his(tx, row, actor)) else {
        return Ok(());
    };
    let row = match words.map(str::trim).filter(|words| !words.is_empty()) {
        Some(words) => {
            let text = emergency::ActiveModel {
                text: Set(Some(joined(row.text.as_deref(), words))),
                ..change(row.id)
            };
            set(tx, text).await?
        }
        None => row,
    };
    let notice = Notice::EmergencySaid {
        emergency_id: row.id,
        report_id,
    };
    if sent_lately(tx, actor, task.id).await? <= PASSED_ON {
        tell(tx, &row, task.id, notice).await?;
    }
    announce(tx, &row, task).await
}

/// How much he has sent on it within a minute.
async fn sent_lately(tx: &Tx, actor: &Actor, task_id: i64) -> Result<u64> {
    Ok(report::Entity::find()
        .filter(report::Column::TaskId.eq(task_id))
        .filter(report::Column::UserId.eq(actor.user_id))
        .filter(report::Column::RecordedAt.gt(tx.now() - TimeDelta::minutes(1)))
        .count(tx.db())
        .await?)
}

/// Whether one more report of his would be passed on now.
pub async fn has_room(tx: &Tx, actor: &Actor, task_id: i64) -> Result<bool> {
    Ok(sent_lately(tx, actor, task_id).await? < PASSED_ON)
}

/// The file that he has just reported with, as Telegram has it already; it goes behind the words about it.
pub async fn pass_on(tx: &mut Tx, actor: &Actor, task_id: i64, file: Attached) -> Result<()> {
    let row = emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task_id))
        .one(tx.db())
        .await?;
    let row = row.filter(|row| is_his(tx, row, actor));
    let Some((row, user_id)) = row.zip(actor.user_id) else {
        return Ok(());
    };
    before::keep(tx, &row, file.clone()).await?;
    if sent_lately(tx, actor, task_id).await? > PASSED_ON {
        return Ok(());
    }
    let notice = Notice::PassedOn {
        user_id,
        drill: row.drill && row.ended_at.is_none(),
        file,
    };
    tell(tx, &row, task_id, notice).await
}

/// Those who hear what he has just reported on the task of his call.
///
/// # Errors
/// [`Refusal::NotFound`] when that is the task of none.
pub async fn who_hears(tx: &Tx, actor: &Actor, task_id: i64) -> Result<Hearers> {
    let row = emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task_id))
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Emergency))?;
    let people = listeners(tx, &row, task_id).await?;
    let quiet = sent_lately(tx, actor, task_id).await? > PASSED_ON;
    let drill = row.drill && row.ended_at.is_none();
    Hearers::of(tx, people.into_keys().collect(), drill, quiet).await
}

/// His words so far and the new ones; the oldest give way.
fn joined(before: Option<&str>, words: &str) -> String {
    let all = match before {
        Some(before) => format!("{before}\n{words}"),
        None => words.to_owned(),
    };
    match all.graphemes(true).count().saturating_sub(WORDS_MOST) {
        0 => all,
        over => std::iter::once("…")
            .chain(all.graphemes(true).skip(over + 1))
            .collect(),
    }
}

async fn tell(tx: &mut Tx, row: &emergency::Model, task_id: i64, notice: Notice) -> Result<()> {
    let people = listeners(tx, row, task_id).await?;
    let told = people.into_iter().map(|(user_id, chat)| {
        Message::about(chat, Some(user_id), task_id, notice.clone()).in_lane(Lane::Emergency)
    });
    outbox::push(tx, told.collect()).await
}

/// Chats by account of those who come, of those in command who were told of it, and of whoever ended it.
async fn listeners(tx: &Tx, row: &emergency::Model, task_id: i64) -> Result<BTreeMap<i64, i64>> {
    let coming = offers_in(tx, row.id, OfferState::Taken).await?;
    let come = Query::select()
        .column(agent::Column::UserId)
        .from(agent::Entity)
        .and_where(Expr::col(agent::Column::Id).is_in(coming.iter().map(|one| one.agent_id)))
        .to_owned();
    let command = Condition::any()
        .add(user::Column::Level.gte(Level::Supervisor as i16))
        .add(user::Column::Permissions.contains("broadcast"));
    let told = user::Column::Id.is_in(people::told(tx, task_id).await?);
    let which = Condition::any()
        .add(user::Column::Id.in_subquery(come))
        .add(user::Column::Id.is_in(row.ended_by))
        .add(Condition::all().add(told).add(command));
    people::linked(tx, which, row.raised_by).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_words_stay_and_the_oldest_give_way() {
        assert_eq!(joined(None, "me hirieron"), "me hirieron");
        assert_eq!(joined(Some("ayuda"), "en Güemes"), "ayuda\nen Güemes");
        let long = joined(Some(&"á".repeat(WORDS_MOST)), "en Güemes 1200");
        assert_eq!(long.graphemes(true).count(), WORDS_MOST);
        assert!(long.starts_with("…á") && long.ends_with("á\nen Güemes 1200"));
    }
}
