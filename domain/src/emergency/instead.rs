//! Somebody who goes to one call for help leaves it for another.

use super::{
    answer::{Coming, decline, go},
    comes_to, is_open, lock, locks, progress,
};
use crate::{Actor, Refusal, Result, Tx, error::Thing};

/// He goes to this one, and to none of the others any more, which hear it. Where this one needs nobody he stays where he is.
///
/// # Errors
/// As [`go`]: then he stays, too.
pub async fn go_instead(tx: &mut Tx, actor: &Actor, id: i64, reason: &str) -> Result<Coming> {
    let agent_id = actor.agent_id.ok_or(Refusal::missing(Thing::Emergency))?;
    locks::lock_all_of(tx, agent_id).await?;
    let (row, _) = lock(tx, id).await?;
    if is_open(row.status) && !progress::enough(tx, &row).await? {
        for other in comes_to::others(tx, agent_id, id).await? {
            Box::pin(decline(tx, actor, other.id, reason)).await?;
        }
    }
    Box::pin(go(tx, actor, id)).await
}
