//! Things that fall due: rows judged by one clock, each done once across instances and restarts.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use ::entity::timer::{self, TimerStatus};

use crate::{Result, Store, digest, edge, estimate, late, remind};

mod claims;
mod due;
mod plan;
mod run;

pub use claims::{Claim, Turn, claim, claim_for, failed, fired, next, next_for};
pub(crate) use claims::{fired_of, twin_fired, twin_fired_at};
pub use due::Due;
pub use plan::{cancel, ensure, is_waiting, set};
pub(crate) use plan::{cancel_all, due_of, gather, set_all, set_each, waits};
pub use run::run;

/// Makes sure that the timers of the installation itself are there.
pub async fn start(store: &Store) -> Result<()> {
    store
        .write(|tx| {
            Box::pin(async move {
                let due_at = tx.now() + TimeDelta::minutes(5);
                set(tx, &Due::Prune, due_at).await?;
                ensure(tx, &Due::Trim, due_at).await?;
                digest::start(tx).await?;
                late::wind_up(tx).await?;
                remind::wind_up(tx).await?;
                estimate::wind_up(tx).await?;
                set(tx, &Due::Figures, due_at).await?;
                ensure(tx, &Due::Sweep, due_at).await?;
                edge::wind_up(tx).await
            })
        })
        .await
}

/// How many are more than `late` overdue: also those that were given up, but for files, whose loss is told to people.
pub async fn overdue(store: &Store, late: TimeDelta) -> Result<u64> {
    let given_up = Condition::all()
        .add(timer::Column::Status.eq(TimerStatus::Failed))
        .add(timer::Column::Kind.ne("fetch"));
    let undone = Condition::any()
        .add(timer::Column::Status.eq(TimerStatus::Waiting))
        .add(given_up);
    Ok(timer::Entity::find()
        .filter(undone)
        .filter(timer::Column::DueAt.lt(store.now() - late))
        .count(store.reader())
        .await?)
}
