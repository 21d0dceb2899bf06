//! What one of its people writes without answering: it is kept and passed on, and he stands as he stood.

use super::{
    answer::{cut, log, state_of},
    hearing, one, progress, tell,
};
use crate::{Actor, Refusal, Result, Tx, error::Thing, outbox::Notice};

/// Keeps it in the ledger, for those in charge; nobody counts as having answered because he wrote something.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever did not get the broadcast.
pub async fn remark(tx: &mut Tx, actor: &Actor, id: i64, note: &str) -> Result<()> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    let row = one(tx, id).await?;
    let state = state_of(tx, id, user_id).await?;
    let said = log(tx, &row, (user_id, state), cut(Some(note))).await?;
    if !hearing::is_quiet(tx, id, user_id, None).await? {
        let these = hearing::in_charge(tx, &row, user_id).await?;
        let notice = Notice::BroadcastSaid {
            broadcast_id: id,
            user_id,
            answer_id: Some(said),
        };
        tell(tx, these, notice).await?;
    }
    progress(tx, id).await
}
