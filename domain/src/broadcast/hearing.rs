//! Who hears what one of the people of a broadcast needs or reports: whoever sent it, or others in his stead.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::{broadcast, user};

use super::{
    Attached, Chain,
    escalation::{is_admin, watchers},
    one, tell,
};
use crate::{Actor, Refusal, Result, Tx, error::Thing, outbox::Notice, reach::hears};

/// The accounts: where Telegram does not reach whoever sent it those who answer for its people, and where it reaches none of
/// them the admins.
pub(super) async fn in_charge(tx: &Tx, row: &broadcast::Model) -> Result<Vec<i64>> {
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let these = [
        Condition::all().add(user::Column::Id.is_in(row.created_by)),
        Condition::all().add(user::Column::Id.is_in(chain.user_ids)),
        is_admin(),
    ];
    for which in these {
        let found = watchers(tx, which.add(hears())).await?;
        if !found.is_empty() {
            return Ok(found.into_iter().map(|one| one.user_id).collect());
        }
    }
    Ok(Vec::new())
}

/// Those who hear what somebody needs or reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearers {
    /// What they are called; nobody when Telegram reaches none of them.
    pub names: Vec<String>,
    pub drill: bool,
}

impl Hearers {
    pub(crate) async fn of(tx: &Tx, user_ids: Vec<i64>, drill: bool) -> Result<Self> {
        let names = user::Entity::find()
            .select_only()
            .column(user::Column::Name)
            .filter(user::Column::Id.is_in(user_ids))
            .order_by_asc(user::Column::Name)
            .into_tuple::<String>()
            .all(tx.db())
            .await?;
        Ok(Self { names, drill })
    }
}

/// Those who hear what one of its people says.
pub async fn who_hears(tx: &Tx, id: i64) -> Result<Hearers> {
    let row = one(tx, id).await?;
    let these = in_charge(tx, &row).await?;
    Hearers::of(tx, these, row.drill).await
}

/// A file from one of its people, behind his words.
pub async fn pass_on(tx: &mut Tx, actor: &Actor, id: i64, file: Attached) -> Result<()> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    let row = one(tx, id).await?;
    let these = in_charge(tx, &row).await?;
    let drill = row.drill;
    let notice = Notice::PassedOn {
        user_id,
        drill,
        file,
    };
    tell(tx, these, notice).await
}
