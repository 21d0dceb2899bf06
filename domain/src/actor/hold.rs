//! Whoever acts is still here when his transaction ends.

use sea_orm::{EntityTrait, QuerySelect};

use ::entity::user;

use super::Actor;
use crate::{Refusal, Result, Tx};

impl Actor {
    /// Keeps his account from being switched off, erased or decided about until the transaction ends: what he does happens
    /// before that, or not at all. Whoever is held already costs nothing.
    ///
    /// # Errors
    /// [`Refusal::Inactive`] when he was switched off or erased since he was looked up.
    pub(crate) async fn hold(&self, tx: &Tx) -> Result<()> {
        let Some(user_id) = self.user_id.filter(|id| !tx.holds(*id)) else {
            return Ok(());
        };
        let active: Option<bool> = user::Entity::find_by_id(user_id)
            .select_only()
            .column(user::Column::Active)
            .lock_shared()
            .into_tuple()
            .one(tx.db())
            .await?;
        if active == Some(false) {
            return Err(Refusal::Inactive.into());
        }
        tx.note_held(user_id);
        Ok(())
    }
}
