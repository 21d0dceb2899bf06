//! Calls for help: a critical task that is offered to the nearest free people, in rings that widen until enough come.
//!
//! ```text
//! waiting --a place, or the wait is over--> active --enough say "I come"--> answered
//! active | answered --its task is completed--> resolved
//! waiting | active | answered --withdrawn, or its task is cancelled--> cancelled
//! ```
//! Whatever changes an emergency that has a task holds the lock of that task.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{agent_unit, card, emergency, emergency_offer, outbox as outbox_row, user};
pub use ::entity::{
    emergency::{EmergencyStatus, PlaceSource},
    emergency_offer::OfferState,
};

use crate::{
    Error, Refusal, Result, Tx,
    actor::{Level, Permission},
    agent, assignment,
    card::Subject,
    error::Thing,
    event::{Event, Scope},
    outbox::{self, Message, Notice, OutboxStatus},
    task::{self, Task},
};

mod after;
mod alone;
mod answer;
mod asked;
pub(crate) mod askings;
mod assigned;
mod at_work;
mod back;
mod before;
mod bound;
mod busy;
mod by_hand;
mod call;
mod candidates;
mod comes_to;
mod crew;
mod deaf;
mod earlier;
mod end;
mod held;
mod helper;
mod instead;
mod launch;
mod left;
mod locks;
mod lost;
mod meanwhile;
mod over;
mod passed;
mod people;
mod progress;
mod quoted;
mod read;
mod ring;
mod rows;
mod said;
mod topics;
mod unheeded;
mod unplaced;
mod visible;
mod voice;

pub(crate) use after::is_about_his;
pub use after::{EndedCall, ended_of, is_report_practised};
pub use answer::{Coming, Said, decline, go};
pub(crate) use answer::{delivered, reachable, somebody_knows, unreachable};
pub use asked::{Asked, Named, asked_of, distances, named, refused_by};
pub(crate) use assigned::{agent_calling, answered, assigned, comes, lock_for, went_on};
pub use at_work::at_work;
pub(crate) use at_work::is_at_work;
pub(crate) use back::{ring_silent, telegram_is_back};
pub use before::{on_task, words_on};
pub use busy::{AtWork, callers_task};
pub use call::{Called, NewEmergency, call, launched, placed, raise};
pub(crate) use call::{help, wait_over};
pub(crate) use crew::{caller_of, gone};
pub(crate) use deaf::{deaf, hears_again};
pub(crate) use earlier::replaced;
pub use end::{cancel, resolve, withdraw};
pub(crate) use end::{check_cancel, follow};
pub use held::{Held, held_by};
pub(crate) use helper::goes_or_not;
pub use instead::go_instead;
pub(crate) use left::left;
pub(crate) use locks::{lock_reopened, waiting_for};
pub(crate) use lost::word_lost;
pub use meanwhile::said_since;
pub use people::{Contact, DETOUR, SPEED_KMH, eta_minutes, phones, phones_for};
pub(crate) use people::{commanders, heard_of, watchers};
pub(crate) use quoted::may_report;
pub use quoted::{Quoted, shown_by};
pub use read::{Emergency, EmergencyFilter, Offer, OpenCall, find, find_in, list, open_of, show};
pub(crate) use ring::ring_over;
pub(crate) use said::said;
pub use said::{has_room, heard_by, pass_on, who_hears};
pub use topics::{
    Topic, topic, topic_asked, topic_forbidden, topic_opened, topic_refused, topic_shut,
};
pub(crate) use topics::{topic_shown, topics_again};

/// The code of the kind of task that an emergency is.
pub const KIND: &str = "emergencia";

/// Whether the search goes on or people are on their way.
pub fn is_open(status: EmergencyStatus) -> bool {
    matches!(
        status,
        EmergencyStatus::Waiting | EmergencyStatus::Active | EmergencyStatus::Answered
    )
}

/// Locks what everybody who changes this emergency locks: its task, or before there is one its row.
pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<(emergency::Model, Option<Task>)> {
    let row = emergency::Entity::find_by_id(id)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Emergency))?;
    if let Some(task_id) = row.task_id {
        let task = task::load::lock(tx, task_id).await?;
        return Ok((again(tx, id).await?, Some(task)));
    }
    emergency::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx.db())
        .await?;
    let row = again(tx, id).await?;
    match row.task_id {
        // It got its task while we waited. That is locked first, always: the next try finds it.
        Some(_) => Err(Error::Contended("a call has just left".into())),
        None => Ok((row, None)),
    }
}

async fn again(tx: &Tx, id: i64) -> Result<emergency::Model> {
    Ok(emergency::Entity::find_by_id(id)
        .one(tx.db())
        .await?
        .ok_or(Refusal::missing(Thing::Emergency))?)
}

async fn offers_in(tx: &Tx, id: i64, state: OfferState) -> Result<Vec<emergency_offer::Model>> {
    Ok(emergency_offer::Entity::find()
        .filter(emergency_offer::Column::EmergencyId.eq(id))
        .filter(emergency_offer::Column::State.eq(state))
        .all(tx.db())
        .await?)
}

/// Has every message that shows this emergency brought up to date.
pub(crate) async fn refresh_cards(tx: &mut Tx, id: i64) -> Result<()> {
    let mut chats: Vec<i64> = card::Entity::find()
        .select_only()
        .column(card::Column::ChatId)
        .filter(card::Column::Subject.eq(Subject::Emergency(id).to_string()))
        .into_tuple()
        .all(tx.db())
        .await?;
    chats.extend(under_way(tx, id).await?);
    let cards = chats
        .into_iter()
        .map(|chat| Message::emergency(chat, None, None, id, false));
    outbox::push(tx, cards.collect()).await?;
    topics::refresh(tx, id).await
}

/// The chats to which a card is being sent that may have been worded before what happens now.
async fn under_way(tx: &Tx, id: i64) -> Result<Vec<i64>> {
    let its_task = Query::select()
        .column(emergency::Column::TaskId)
        .from(emergency::Entity)
        .and_where(Expr::col(emergency::Column::Id).eq(id))
        .to_owned();
    let sending = outbox_row::Entity::find()
        .filter(outbox_row::Column::TaskId.in_subquery(its_task))
        .filter(outbox_row::Column::Status.eq(OutboxStatus::Sending))
        .all(tx.db())
        .await?;
    let cards = sending.into_iter().filter(|row| {
        let notice = serde_json::from_value(row.notice.clone());
        matches!(notice, Ok(Notice::Emergency { .. }))
    });
    Ok(cards.map(|row| row.chat_id).collect())
}

/// Whom its events concern beside those of its task: whoever may send broadcasts, who was told of it, and the units of those
/// who were asked.
async fn scope(tx: &Tx, id: i64, task: &Task) -> Result<Scope> {
    let mut scope = assignment::scope(task);
    scope.unit_ids.extend(asked_units(tx, id).await?);
    scope.unit_ids.sort_unstable();
    scope.unit_ids.dedup();
    scope.user_ids.extend(dispatchers(tx).await?);
    scope.user_ids.extend(people::told(tx, task.id).await?);
    scope.user_ids.sort_unstable();
    scope.user_ids.dedup();
    Ok(scope)
}

async fn asked_units(tx: &Tx, id: i64) -> Result<Vec<i64>> {
    let asked = Query::select()
        .column(emergency_offer::Column::AgentId)
        .from(emergency_offer::Entity)
        .and_where(Expr::col(emergency_offer::Column::EmergencyId).eq(id))
        .and_where(Expr::col(emergency_offer::Column::State).ne(OfferState::Passed))
        .to_owned();
    Ok(agent_unit::Entity::find()
        .select_only()
        .column(agent_unit::Column::UnitId)
        .distinct()
        .filter(agent_unit::Column::AgentId.in_subquery(asked))
        .into_tuple()
        .all(tx.db())
        .await?)
}

async fn dispatchers(tx: &Tx) -> Result<Vec<i64>> {
    Ok(user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Active.eq(true))
        .filter(Permission::Broadcast.granted())
        .filter(user::Column::Level.lt(Level::Admin as i16))
        .into_tuple()
        .all(tx.db())
        .await?)
}

/// Tells cards and boards that something about it is different.
async fn announce(tx: &mut Tx, row: &emergency::Model, task: &Task) -> Result<()> {
    let scope = scope(tx, row.id, task).await?;
    tx.log(
        Event::EmergencyUpdated {
            id: row.id,
            task_id: task.id,
            code: task.code.clone(),
            status: row.status,
        },
        &scope,
    );
    earlier::answer_alerts(tx, row).await?;
    refresh_cards(tx, row.id).await
}

/// Whoever calls is at it for as long as that lasts: boards learn that he is, and that he is free again.
async fn announce_caller(tx: &mut Tx, row: &emergency::Model) -> Result<()> {
    let caller = row.agent_id.filter(|_| !row.drill);
    agent::announce_availability(tx, caller.into_iter().collect()).await
}

async fn set(tx: &Tx, change: emergency::ActiveModel) -> Result<emergency::Model> {
    Ok(emergency::Entity::update(change).exec(tx.db()).await?)
}

fn change(id: i64) -> emergency::ActiveModel {
    emergency::ActiveModel {
        id: Set(id),
        ..Default::default()
    }
}
