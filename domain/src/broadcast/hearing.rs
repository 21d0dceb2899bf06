//! Who hears what one of the people of a broadcast needs or reports: whoever sent it, or others in his stead.

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::{broadcast, broadcast_answer, user};

use super::{
    Attached, Chain, Reply, UNHEARD,
    escalation::{Watcher, is_admin, watchers},
    is_open, one, tell,
};
use crate::{
    Actor, Refusal, Result, Tx,
    error::Thing,
    outbox::{self, Notice, Outgoing},
    reach::hears,
};

/// So many messages of one person are passed on within a minute: those who hear them have others to hear as well.
pub const PASSED_ON: u64 = 10;

/// The accounts: where Telegram does not reach whoever sent it those who answer for its people, and where it reaches none of
/// them the admins. Nobody answers for himself.
pub(super) async fn in_charge(tx: &Tx, row: &broadcast::Model, himself: i64) -> Result<Vec<i64>> {
    let found = hearing(tx, row, himself).await?;
    Ok(found.into_iter().map(|one| one.user_id).collect())
}

async fn hearing(tx: &Tx, row: &broadcast::Model, himself: i64) -> Result<Vec<Watcher>> {
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let these = [
        Condition::all().add(user::Column::Id.is_in(row.created_by)),
        Condition::all().add(user::Column::Id.is_in(chain.user_ids)),
        is_admin(),
    ];
    for which in these {
        let others = which.add(user::Column::Id.ne(himself));
        let found = watchers(tx, others.add(hears())).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Whether he has answered so, or written without answering, more often within a minute than is passed on.
pub(super) async fn is_quiet(tx: &Tx, id: i64, user_id: i64, reply: Option<Reply>) -> Result<bool> {
    let so = reply.map_or(UNHEARD.to_vec(), |reply| vec![reply.state()]);
    let lately = broadcast_answer::Entity::find()
        .filter(broadcast_answer::Column::BroadcastId.eq(id))
        .filter(broadcast_answer::Column::UserId.eq(user_id))
        .filter(broadcast_answer::Column::At.gt(tx.now() - TimeDelta::minutes(1)))
        .filter(broadcast_answer::Column::State.is_in(so))
        .count(tx.db())
        .await?;
    Ok(lately > PASSED_ON)
}

/// Those who hear what somebody needs or reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearers {
    /// What they are called; nobody when Telegram reaches none of them.
    pub names: Vec<String>,
    /// It is a part of a drill that goes on.
    pub drill: bool,
    /// He has sent more within a minute than is passed on: this is only kept, and nobody hears it.
    pub quiet: bool,
}

impl Hearers {
    pub(crate) async fn of(tx: &Tx, user_ids: Vec<i64>, drill: bool, quiet: bool) -> Result<Self> {
        let names = user::Entity::find()
            .select_only()
            .column(user::Column::Name)
            .filter(user::Column::Id.is_in(user_ids))
            .order_by_asc(user::Column::Name)
            .into_tuple::<String>()
            .all(tx.db())
            .await?;
        Ok(Self {
            names,
            drill,
            quiet,
        })
    }
}

/// Whether what is said now is a part of a drill: after its end it may be meant.
pub(super) fn is_drill(row: &broadcast::Model) -> bool {
    row.drill && is_open(row.status)
}

/// Those who hear what one of its people has just said.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever has no account.
pub async fn who_hears(tx: &Tx, actor: &Actor, id: i64, reply: Option<Reply>) -> Result<Hearers> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    let row = one(tx, id).await?;
    let these = in_charge(tx, &row, user_id).await?;
    let quiet = is_quiet(tx, id, user_id, reply).await?;
    Hearers::of(tx, these, is_drill(&row), quiet).await
}

/// A file from one of its people, behind the words that he has just said.
pub async fn pass_on(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    reply: Option<Reply>,
    file: Attached,
) -> Result<()> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    if is_quiet(tx, id, user_id, reply).await? {
        return Ok(());
    }
    let row = one(tx, id).await?;
    let these = in_charge(tx, &row, user_id).await?;
    let drill = is_drill(&row);
    let notice = Notice::PassedOn {
        user_id,
        drill,
        file,
    };
    tell(tx, these, notice).await
}

/// That somebody needs help reached nobody there: it is for those who are in charge now and do not have it.
pub(crate) async fn help_lost(tx: &mut Tx, lost: &Outgoing) -> Result<()> {
    let Notice::BroadcastHelp {
        broadcast_id,
        user_id,
        ..
    } = lost.notice
    else {
        return Ok(());
    };
    let row = one(tx, broadcast_id).await?;
    let these = hearing(tx, &row, user_id).await?;
    let chats = these.iter().map(|one| one.chat_id).collect();
    let have = outbox::in_chats(tx, lost, lost.created_at, chats).await?;
    let knows = |reader: &i64| {
        let same = |one: &outbox::Heard| one.user_id == *reader && one.notice == lost.notice;
        Some(*reader) == lost.user_id || have.iter().any(same)
    };
    let others = these.iter().map(|one| one.user_id);
    let others = others.filter(|reader| !knows(reader)).collect();
    tell(tx, others, lost.notice.clone()).await
}
