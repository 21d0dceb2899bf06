//! People whom Telegram cannot reach, and whom it reaches again.

use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{agent, check_in, check_in_person, user};

use super::{
    CheckInStatus, PersonState, announce, answer_time, one, people, people::Asked, put,
    read::of_check, round::note, silence::unreached, wind,
};
use crate::{Result, Tx};

/// Telegram cannot reach this chat: whoever was asked there is unreachable, and that is told at once.
pub(crate) async fn unreachable(tx: &mut Tx, chat_id: i64) -> Result<()> {
    let his = Expr::col(user::Column::TelegramId).eq(chat_id);
    for person in found(tx, agents(his), PersonState::Waiting).await? {
        let Some(row) = one(tx, person.check_in_id).await? else {
            continue;
        };
        let lost = put(tx, row.id, &[person.agent_id], PersonState::Unreachable).await?;
        if lost == 0 {
            continue;
        }
        unreached(tx, &row, &[person.agent_id]).await?;
        announce(tx, &row).await?;
    }
    Ok(())
}

/// Somebody can be reached again: he is asked now.
pub(crate) async fn reachable(tx: &mut Tx, user_id: i64) -> Result<()> {
    let his = Expr::col(user::Column::Id).eq(user_id);
    for person in found(tx, agents(his), PersonState::Unreachable).await? {
        let Some(row) = one(tx, person.check_in_id).await? else {
            continue;
        };
        let everybody = people::asked(tx, &row).await?;
        let him: Vec<Asked> = everybody
            .into_iter()
            .filter(|one| one.agent_id == person.agent_id && one.reader.is_some())
            .collect();
        let due = tx.now() + answer_time(tx);
        note(tx, row.id, &him, PersonState::Waiting, Some(due)).await?;
        people::ring(tx, row.id, &him).await?;
        wind(tx, row.id).await?;
        announce(tx, &row).await?;
    }
    Ok(())
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

/// The rows of these agents in what runs.
async fn found(
    tx: &Tx,
    agents: SelectStatement,
    state: PersonState,
) -> Result<Vec<check_in_person::Model>> {
    Ok(check_in_person::Entity::find()
        .join(JoinType::InnerJoin, of_check())
        .filter(check_in_person::Column::AgentId.in_subquery(agents))
        .filter(check_in_person::Column::State.eq(state))
        .filter(check_in::Column::Status.eq(CheckInStatus::Active))
        .order_by_asc(check_in_person::Column::Id)
        .all(tx.db())
        .await?)
}
