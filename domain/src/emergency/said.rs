//! What whoever called, those who help him and those in command report while the call is open, and for a while after its end:
//! the others of them and whoever ended it hear it. His own words stand on every card of it as well.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use unicode_segmentation::UnicodeSegmentation;

use ::entity::{emergency, report};

use super::{
    announce, before, change, crew, set,
    voice::{self, Voice},
};
use crate::{
    Actor, Refusal, Result, Tx,
    broadcast::{Attached, Hearers, PASSED_ON},
    error::Thing,
    outbox::{self, Lane, Message, Notice},
    task::Task,
};

/// So many characters of his words stand on the cards, the newest; each report keeps its own whole.
const WORDS_MOST: usize = 1000;

/// Somebody reported something on the task of a call, perhaps in words.
pub(crate) async fn said(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    report_id: i64,
    words: Option<&str>,
) -> Result<()> {
    let Some(row) = crew::of_task(tx, task).await? else {
        return Ok(());
    };
    let Some(voice) = voice::of(tx, &row, actor).await? else {
        return Ok(());
    };
    let notice = Notice::EmergencySaid {
        emergency_id: row.id,
        report_id,
    };
    if sent_lately(tx, actor, task.id).await? <= PASSED_ON {
        tell(tx, actor, &row, task.id, notice).await?;
    }
    match voice {
        Voice::Caller => stands(tx, row, task, words).await,
        Voice::Helper | Voice::Command | Voice::Asked => Ok(()),
    }
}

/// What whoever called says stands on every card.
async fn stands(
    tx: &mut Tx,
    row: emergency::Model,
    task: &Task,
    words: Option<&str>,
) -> Result<()> {
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
    let call = call_of(tx, actor, task_id).await?;
    let Some(((row, voice), user_id)) = call.zip(actor.user_id) else {
        return Ok(());
    };
    if voice == Voice::Caller {
        before::keep(tx, &row, file.clone()).await?;
    }
    if sent_lately(tx, actor, task_id).await? > PASSED_ON {
        return Ok(());
    }
    let notice = Notice::PassedOn {
        user_id,
        drill: row.drill && row.ended_at.is_none(),
        file,
    };
    tell(tx, actor, &row, task_id, notice).await
}

/// Those who hear what whoever called has just reported on the task of his call.
///
/// # Errors
/// [`Refusal::NotFound`] when that is the task of none.
pub async fn who_hears(tx: &Tx, actor: &Actor, task_id: i64) -> Result<Hearers> {
    let row = of_task(tx, task_id).await?;
    let row = row.ok_or(Refusal::missing(Thing::Emergency))?;
    hearers(tx, actor, &row, task_id).await
}

/// Those who hear what somebody has just reported on a task; nothing where nobody does, because it is no call for help, or he
/// has no part in it.
pub async fn heard_by(tx: &Tx, actor: &Actor, task_id: i64) -> Result<Option<Hearers>> {
    match call_of(tx, actor, task_id).await? {
        Some((row, _)) => hearers(tx, actor, &row, task_id).await.map(Some),
        None => Ok(None),
    }
}

async fn hearers(tx: &Tx, actor: &Actor, row: &emergency::Model, task_id: i64) -> Result<Hearers> {
    let people = voice::listeners(tx, row, task_id, actor.user_id).await?;
    let quiet = sent_lately(tx, actor, task_id).await? > PASSED_ON;
    let drill = row.drill && row.ended_at.is_none();
    Hearers::of(tx, people.into_keys().collect(), drill, quiet).await
}

/// The call with this task, and as what he is heard in it.
async fn call_of(
    tx: &Tx,
    actor: &Actor,
    task_id: i64,
) -> Result<Option<(emergency::Model, Voice)>> {
    let Some(row) = of_task(tx, task_id).await? else {
        return Ok(None);
    };
    let voice = voice::of(tx, &row, actor).await?;
    Ok(voice.map(|voice| (row, voice)))
}

async fn of_task(tx: &Tx, task_id: i64) -> Result<Option<emergency::Model>> {
    Ok(emergency::Entity::find()
        .filter(emergency::Column::TaskId.eq(task_id))
        .one(tx.db())
        .await?)
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

async fn tell(
    tx: &mut Tx,
    actor: &Actor,
    row: &emergency::Model,
    task_id: i64,
    notice: Notice,
) -> Result<()> {
    let people = voice::listeners(tx, row, task_id, actor.user_id).await?;
    let told = people.into_iter().map(|(user_id, chat)| {
        Message::about(chat, Some(user_id), task_id, notice.clone()).in_lane(Lane::Emergency)
    });
    outbox::push(tx, told.collect()).await
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
