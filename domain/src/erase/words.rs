//! What somebody wrote, what was written about him, and the places that say where he was.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoCondition, Value},
};

use ::entity::{
    assignment, broadcast_answer, emergency, emergency_offer, former_assignment, history, leave,
    leave::LeaveStatus, report, shift, shift_swap, task, unavailability,
};

use super::{Person, alias, files};
use crate::{Result, Tx, task::create::search_text};

const TEXT: Value = Value::String(None);
const NUMBER: Value = Value::Double(None);

pub(super) async fn forget(tx: &Tx, person: &Person) -> Result<()> {
    files::give_up(tx, person).await?;
    told(tx, person.user.id).await?;
    served(tx, person.agent_id).await?;
    called(tx, person).await
}

/// Empties these columns of the rows that fit.
async fn empty<E: EntityTrait>(
    tx: &Tx,
    columns: &[(E::Column, Value)],
    which: impl IntoCondition,
) -> Result<()> {
    let mut update = E::update_many();
    for (column, nothing) in columns {
        update = update.col_expr(*column, Expr::value(nothing.clone()));
    }
    update.filter(which).exec(tx.db()).await?;
    Ok(())
}

/// What he said himself: reports, reasons, notes.
async fn told(tx: &Tx, user_id: i64) -> Result<()> {
    let texts = [
        (report::Column::Text, TEXT),
        (report::Column::Album, TEXT),
        (report::Column::Lat, NUMBER),
        (report::Column::Lon, NUMBER),
    ];
    empty::<report::Entity>(tx, &texts, report::Column::UserId.eq(user_id)).await?;
    let reasons = [
        (history::Column::Reason, TEXT),
        (history::Column::Lat, NUMBER),
        (history::Column::Lon, NUMBER),
    ];
    empty::<history::Entity>(tx, &reasons, history::Column::UserId.eq(user_id)).await?;
    let ended = task::Column::EndedBy.eq(user_id);
    empty::<task::Entity>(tx, &[(task::Column::EndReason, TEXT)], ended).await?;
    let ended = emergency::Column::EndedBy.eq(user_id);
    empty::<emergency::Entity>(tx, &[(emergency::Column::EndReason, TEXT)], ended).await?;
    let answered = broadcast_answer::Column::UserId.eq(user_id);
    let notes = [(broadcast_answer::Column::Note, TEXT)];
    empty::<broadcast_answer::Entity>(tx, &notes, answered).await
}

/// Reasons and notes of his service, whoever wrote them.
async fn served(tx: &Tx, agent_id: i64) -> Result<()> {
    let reasons = [
        (assignment::Column::Reason, TEXT),
        (assignment::Column::OverrideReason, TEXT),
    ];
    let his = assignment::Column::AgentId.eq(agent_id);
    empty::<assignment::Entity>(tx, &reasons, his).await?;
    let his = former_assignment::Column::AgentId.eq(agent_id);
    let reasons = [
        (former_assignment::Column::Reason, TEXT),
        (former_assignment::Column::OverrideReason, TEXT),
    ];
    empty::<former_assignment::Entity>(tx, &reasons, his).await?;
    let his = shift::Column::AgentId.eq(agent_id);
    empty::<shift::Entity>(tx, &[(shift::Column::Note, TEXT)], his).await?;
    let reasons = [
        (leave::Column::Reason, TEXT),
        (leave::Column::DecidedReason, TEXT),
    ];
    empty::<leave::Entity>(tx, &reasons, leave::Column::AgentId.eq(agent_id)).await?;
    let his = unavailability::Column::AgentId.eq(agent_id);
    let reasons = [(unavailability::Column::Reason, TEXT)];
    empty::<unavailability::Entity>(tx, &reasons, his).await?;
    let reasons = [
        (shift_swap::Column::Reason, TEXT),
        (shift_swap::Column::DecidedReason, TEXT),
    ];
    let his = Condition::any()
        .add(shift_swap::Column::FromAgentId.eq(agent_id))
        .add(shift_swap::Column::ToAgentId.eq(agent_id));
    empty::<shift_swap::Entity>(tx, &reasons, his).await?;
    leave::Entity::update_many()
        .col_expr(leave::Column::Status, Expr::value(LeaveStatus::Cancelled))
        .filter(leave::Column::AgentId.eq(agent_id))
        .filter(leave::Column::Status.eq(LeaveStatus::Requested))
        .exec(tx.db())
        .await?;
    let far = [
        (emergency_offer::Column::DistanceM, NUMBER),
        (emergency_offer::Column::PositionAgeS, Value::BigInt(None)),
        (emergency_offer::Column::PositionAccuracyM, NUMBER),
    ];
    let his = emergency_offer::Column::AgentId.eq(agent_id);
    empty::<emergency_offer::Entity>(tx, &far, his).await
}

#[derive(FromQueryResult)]
struct Call {
    id: i64,
    code: String,
    title: String,
}

/// His calls for help, and their tasks: each bears his name and stands where he was.
async fn called(tx: &Tx, person: &Person) -> Result<()> {
    let his = Condition::any()
        .add(emergency::Column::RaisedBy.eq(person.user.id))
        .add(emergency::Column::AgentId.eq(person.agent_id));
    let calls: Vec<Call> = task::Entity::find()
        .select_only()
        .columns([task::Column::Id, task::Column::Code, task::Column::Title])
        .join(
            JoinType::InnerJoin,
            task::Entity::belongs_to(emergency::Entity)
                .from(task::Column::Id)
                .to(emergency::Column::TaskId)
                .into(),
        )
        .filter(his.clone())
        .into_model()
        .all(tx.db())
        .await?;
    for call in calls {
        rename(tx, person, call).await?;
    }
    let places = [
        (emergency::Column::Text, TEXT),
        (emergency::Column::Files, TEXT),
        (emergency::Column::Lat, NUMBER),
        (emergency::Column::Lon, NUMBER),
        (emergency::Column::PlaceAccuracyM, NUMBER),
    ];
    empty::<emergency::Entity>(tx, &places, his).await
}

async fn rename(tx: &Tx, person: &Person, call: Call) -> Result<()> {
    let title = call
        .title
        .replace(&person.user.name, &alias(person.user.id));
    let search = search_text(&call.code, &title, None);
    task::Entity::update_many()
        .col_expr(task::Column::Title, Expr::value(title))
        .col_expr(task::Column::Search, Expr::value(search))
        .col_expr(task::Column::Description, Expr::value(TEXT))
        .col_expr(task::Column::PlaceLabel, Expr::value(TEXT))
        .col_expr(task::Column::Lat, Expr::value(NUMBER))
        .col_expr(task::Column::Lon, Expr::value(NUMBER))
        .col_expr(task::Column::PlaceAccuracyM, Expr::value(NUMBER))
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .filter(task::Column::Id.eq(call.id))
        .exec(tx.db())
        .await?;
    Ok(())
}
