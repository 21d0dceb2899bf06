//! Whose figures somebody may have.

use crate::{Actor, Result, Store, actor::Level, unit};

/// Whose figures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Whose {
    Everybody,
    Units(Vec<i64>),
    /// Of an account and the agent behind it.
    Person {
        user_id: i64,
        agent_id: i64,
    },
}

/// Everything, one's units, or oneself.
pub(crate) fn scope(actor: &Actor) -> Whose {
    match actor.level {
        Level::Admin => Whose::Everybody,
        Level::Supervisor => Whose::Units(actor.unit_ids.clone()),
        Level::Agent => Whose::Person {
            user_id: actor.user_id.unwrap_or_default(),
            agent_id: actor.agent_id.unwrap_or_default(),
        },
    }
}

/// Of a unit that one supervises, or of one's scope.
pub(super) async fn unit_or_scope(
    store: &Store,
    actor: &Actor,
    unit_id: Option<i64>,
) -> Result<Whose> {
    let Some(id) = unit_id else {
        return Ok(scope(actor));
    };
    actor.check_unit(Some(id))?;
    unit::find(store, actor, id).await?;
    Ok(Whose::Units(vec![id]))
}
