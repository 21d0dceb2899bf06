//! Scores that a release kept nowhere under which their drills ended: they are kept now, a few at a time.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

use ::entity::{broadcast, drill, emergency};

use super::{DrillStatus, score, sos};
use crate::{Result, Tx};

/// How many at a time.
const SOME: u64 = 20;

/// Keeps the scores of some drills that are over and have none.
pub(crate) async fn keep_left(tx: &Tx) -> Result<()> {
    let ended = Condition::any()
        .add(
            drill::Column::BroadcastId.in_subquery(
                Query::select()
                    .column(broadcast::Column::Id)
                    .from(broadcast::Entity)
                    .and_where(Expr::col(broadcast::Column::Drill).eq(true))
                    .and_where(Expr::col(broadcast::Column::EndedAt).is_not_null())
                    .to_owned(),
            ),
        )
        .add(
            drill::Column::EmergencyId.in_subquery(
                Query::select()
                    .column(emergency::Column::Id)
                    .from(emergency::Entity)
                    .and_where(Expr::col(emergency::Column::Drill).eq(true))
                    .and_where(Expr::col(emergency::Column::EndedAt).is_not_null())
                    .to_owned(),
            ),
        );
    let rows = drill::Entity::find()
        .filter(drill::Column::Status.eq(DrillStatus::Held))
        .filter(drill::Column::Score.is_null())
        .filter(ended)
        .order_by_desc(drill::Column::Id)
        .limit(SOME)
        .all(tx.db())
        .await?;
    for row in rows {
        match (row.broadcast_id, row.emergency_id) {
            (Some(id), _) => score::keep(tx, id).await?,
            (_, Some(id)) => sos::over(tx, id).await?,
            _ => {}
        }
    }
    Ok(())
}
