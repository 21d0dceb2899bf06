//! People whom Telegram cannot reach, and whom it reaches again: blocked by them, or away for everybody.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, check_in, check_in_person, user};

use super::{
    COMMAND, CheckInStatus, PersonState, announce, answer_time, held, lock,
    people::{self, Asked},
    put,
    round::note,
    silence::{command_hears, unreached},
    wind,
};
use crate::{
    Result, Tx,
    outbox::is_away,
    timer::{self, Due},
};

/// Telegram cannot reach this chat any more.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let his = Expr::col(user::Column::TelegramId).eq(chat_id);
    let mut ids = unheard(tx, Some(agents(his.clone())), PersonState::Waiting).await?;
    ids.extend(unheard(tx, Some(agents(his)), PersonState::Unreachable).await?);
    ids.sort_unstable();
    ids.dedup();
    look_after(tx, ids, 0).await
}

/// Somebody can be reached again.
pub(crate) async fn reachable(tx: &mut Tx, user_id: i64) -> Result<()> {
    let his = Expr::col(user::Column::Id).eq(user_id);
    let ids = unheard(tx, Some(agents(his)), PersonState::Unreachable).await?;
    look_after(tx, ids, 0).await
}

/// Telegram answers again after it was away for everybody since then.
pub(crate) async fn telegram_is_back(tx: &mut Tx, since: DateTime<Utc>) -> Result<()> {
    let away_seconds = (tx.now() - since).num_seconds();
    let away_seconds = u32::try_from(Ord::max(away_seconds, 1)).unwrap_or(u32::MAX);
    let mut ids = unheard(tx, None, PersonState::Waiting).await?;
    ids.extend(unheard(tx, None, PersonState::Unreachable).await?);
    ids.sort_unstable();
    ids.dedup();
    look_after(tx, ids, away_seconds).await
}

/// The rest is done under the lock of each of them, one after the other, at once.
async fn look_after(tx: &mut Tx, ids: Vec<i64>, away_seconds: u32) -> Result<()> {
    let now = tx.now();
    let due = |check_in_id| Due::CheckInReach {
        check_in_id,
        away_seconds,
    };
    let dues = ids.into_iter().map(|id| (due(id), now));
    // One that waits may be at work already, and must not be waited for here; twice does no harm.
    timer::set_each(tx, dues.collect()).await
}

/// Whom Telegram reaches may have changed: whoever was asked and cannot hear it is unreachable, which is told at once; whoever
/// can again is asked now. After Telegram was away for everybody, those who have their question have that time once more for
/// their answer: it could not come.
pub(crate) async fn review(tx: &mut Tx, id: i64, away_seconds: u32) -> Result<()> {
    let Some(row) = lock(tx, id).await? else {
        return Ok(());
    };
    let people = held(tx, id).await?;
    let there = people::asked(tx, &row).await?;
    let of = |agent_id: i64| there.iter().find(|one| one.agent_id == agent_id);
    let away = is_away(tx).await?;
    let (mut lost, mut known, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for person in &people {
        match (person.state, of(person.agent_id)) {
            (PersonState::Waiting, Some(one)) if one.reader.is_none() => lost.push(one.agent_id),
            // While Telegram was away for all nobody was told of him.
            (PersonState::Unreachable, Some(one))
                if one.reader.is_none() && person.escalated_at.is_none() && !away =>
            {
                lost.push(one.agent_id);
            }
            // The lead was told, but nobody in command.
            (PersonState::Unreachable, Some(one))
                if one.reader.is_none() && person.step < COMMAND && !away =>
            {
                known.push(one.agent_id);
            }
            (PersonState::Unreachable, Some(one)) if one.reader.is_some() && !away => {
                again.push(*one);
            }
            _ => {}
        }
    }
    put(tx, id, &lost, PersonState::Unreachable).await?;
    unreached(tx, &row, &lost).await?;
    command_hears(tx, &row, &known).await?;
    ask_anew(tx, id, &again).await?;
    if away_seconds > 0 && !away {
        grant(tx, id, TimeDelta::seconds(away_seconds.into())).await?;
    }
    wind(tx, id).await?;
    match lost.is_empty() && known.is_empty() && again.is_empty() {
        true => Ok(()),
        false => announce(tx, &row).await,
    }
}

async fn ask_anew(tx: &mut Tx, id: i64, people: &[Asked]) -> Result<()> {
    let due = tx.now() + answer_time(tx);
    note(tx, id, people, PersonState::Waiting, Some(due), true).await?;
    people::ring(tx, id, people).await
}

/// However often Telegram comes and goes, silence is followed: nobody gets more than was lost.
async fn grant(tx: &Tx, id: i64, lost: TimeDelta) -> Result<()> {
    let due = tx.now() + lost.min(answer_time(tx));
    check_in_person::Entity::update_many()
        .col_expr(check_in_person::Column::DueAt, Expr::value(due))
        .filter(check_in_person::Column::CheckInId.eq(id))
        .filter(check_in_person::Column::State.eq(PersonState::Waiting))
        .filter(check_in_person::Column::DueAt.lt(due))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Locks the rows of those who are asked in these chats, and of all in those checks of which a word was `lost`, until it is
/// recorded what Telegram took of it; in one order.
pub(crate) async fn hold(tx: &Tx, rings: Vec<(i64, i64)>, lost: Vec<i64>) -> Result<()> {
    if rings.is_empty() && lost.is_empty() {
        return Ok(());
    }
    let (ids, chats): (Vec<i64>, Vec<i64>) = rings.into_iter().unzip();
    let in_chats = agents(Expr::col(user::Column::TelegramId).is_in(chats));
    let asked = Condition::all()
        .add(check_in_person::Column::CheckInId.is_in(ids))
        .add(check_in_person::Column::AgentId.in_subquery(in_chats));
    let held = Condition::any()
        .add(asked)
        .add(check_in_person::Column::CheckInId.is_in(lost));
    check_in_person::Entity::find()
        .select_only()
        .column(check_in_person::Column::Id)
        .filter(held)
        .order_by_asc(check_in_person::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(tx.db())
        .await?;
    Ok(())
}

/// Telegram took the question: from now on he has time to answer. Whoever was thought unreachable is not.
pub(crate) async fn delivered(tx: &mut Tx, id: i64, chat_id: i64) -> Result<()> {
    let (now, time) = (tx.now(), answer_time(tx));
    let his = || {
        let agents = agents(Expr::col(user::Column::TelegramId).eq(chat_id));
        check_in_person::Entity::update_many()
            .col_expr(check_in_person::Column::SentAt, Expr::value(now))
            .col_expr(check_in_person::Column::DueAt, Expr::value(now + time))
            .filter(check_in_person::Column::CheckInId.eq(id))
            .filter(check_in_person::Column::AgentId.in_subquery(agents))
    };
    let waits = his()
        .filter(check_in_person::Column::State.eq(PersonState::Waiting))
        .filter(check_in_person::Column::SentAt.is_null())
        .exec(tx.db())
        .await?
        .rows_affected;
    let found = his()
        .col_expr(
            check_in_person::Column::State,
            Expr::value(PersonState::Waiting),
        )
        .col_expr(check_in_person::Column::Step, Expr::value(0))
        .filter(check_in_person::Column::State.eq(PersonState::Unreachable))
        .exec(tx.db())
        .await?
        .rows_affected;
    if waits + found == 0 {
        return Ok(());
    }
    timer::gather(tx, &Due::CheckInSilence { check_in_id: id }, time).await?;
    match found {
        0 => Ok(()),
        _ => tell_boards(tx, id).await,
    }
}

async fn tell_boards(tx: &mut Tx, id: i64) -> Result<()> {
    match super::one(tx, id).await? {
        Some(row) => announce(tx, &row).await,
        None => Ok(()),
    }
}

fn agents(of: Expr) -> SelectStatement {
    let accounts = Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(of)
        .to_owned();
    Query::select()
        .column(agent::Column::Id)
        .from(agent::Entity)
        .and_where(Expr::col(agent::Column::UserId).in_subquery(accounts))
        .to_owned()
}

/// What runs in which somebody, of these agents if they are given, is in this state.
async fn unheard(tx: &Tx, agents: Option<SelectStatement>, state: PersonState) -> Result<Vec<i64>> {
    let mut people = Query::select()
        .column(check_in_person::Column::CheckInId)
        .from(check_in_person::Entity)
        .and_where(check_in_person::Column::State.eq(state))
        .to_owned();
    if let Some(agents) = agents {
        people.and_where(Expr::col(check_in_person::Column::AgentId).in_subquery(agents));
    }
    Ok(check_in::Entity::find()
        .select_only()
        .column(check_in::Column::Id)
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .filter(check_in::Column::Id.in_subquery(people))
        .order_by_asc(check_in::Column::Id)
        .into_tuple()
        .all(tx.db())
        .await?)
}
