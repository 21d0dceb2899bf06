//! Those who called for help in earnest, while that goes on: no drill asks them anything, and nothing rings for them.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{broadcast_recipient, emergency, emergency::EmergencyStatus};

use crate::Result;

/// While it stands so a call goes on.
const OPEN: [EmergencyStatus; 3] = [
    EmergencyStatus::Waiting,
    EmergencyStatus::Active,
    EmergencyStatus::Answered,
];

/// How many calls go on.
pub(super) async fn open_calls(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(emergency::Entity::find()
        .filter(emergency::Column::Status.is_in(OPEN))
        .filter(emergency::Column::Drill.eq(false))
        .count(db)
        .await?)
}

/// The accounts of those who called.
pub(super) fn callers() -> SelectStatement {
    Query::select()
        .column(emergency::Column::RaisedBy)
        .from(emergency::Entity)
        .and_where(Expr::col(emergency::Column::Status).is_in(OPEN))
        .and_where(Expr::col(emergency::Column::Drill).eq(false))
        .and_where(Expr::col(emergency::Column::RaisedBy).is_not_null())
        .to_owned()
}

/// Recipients who called.
pub(super) fn calling() -> Expr {
    broadcast_recipient::Column::UserId.in_subquery(callers())
}

/// Recipients who did not call.
pub(super) fn not_calling() -> Expr {
    broadcast_recipient::Column::UserId.not_in_subquery(callers())
}
