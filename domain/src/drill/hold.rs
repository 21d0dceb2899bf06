//! The time of a planned drill: it leaves like any other broadcast, or it is said why it could not.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use ::entity::{broadcast as broadcast_row, drill};

use super::{DrillStatus, MissedWhy, lock};
use crate::{
    Actor, Result, Tx,
    actor::Channel,
    audit::{self, Subject},
    broadcast::{self, NewBroadcast},
    outbox::Notice,
};

/// How late it may leave, in minutes: nobody is called to a drill of the afternoon at night.
const LATE_MINUTES: i64 = 15;

/// Its time has come. Its timer and its row are held until the broadcast is written, so that it leaves once.
pub(crate) async fn hold(tx: &mut Tx, id: i64) -> Result<()> {
    let row = lock(tx, id).await?;
    if row.status != DrillStatus::Planned {
        return Ok(());
    }
    match ready(tx, &row).await? {
        Ok((sender, new)) => {
            let broadcast_id = broadcast::send_planned(tx, &sender, new).await?;
            became(tx, id, broadcast_id).await
        }
        Err(why) => missed(tx, &row, why).await,
    }
}

/// Who sends what, or why nobody does. All that could refuse it is looked at before, so that a refusal leaves nothing behind.
async fn ready(tx: &Tx, row: &drill::Model) -> Result<Result<(Actor, NewBroadcast), MissedWhy>> {
    if tx.now() - row.starts_at > TimeDelta::minutes(LATE_MINUTES) {
        return Ok(Err(MissedWhy::Late));
    }
    let planner = match row.created_by {
        Some(by) => Actor::of_user_in(tx, by, Channel::Timer).await?,
        None => None,
    };
    let Some(sender) = planner.filter(|one| broadcast::may_send(one).is_ok()) else {
        return Ok(Err(MissedWhy::NoSender));
    };
    let protocol = row.protocol.as_deref().and_then(broadcast::protocol);
    let new = NewBroadcast {
        protocol: row.protocol.clone(),
        text: row.text.clone(),
        audience: serde_json::from_value(row.audience.clone())?,
        drill: true,
        expires_at: Some(tx.now() + (row.ends_at - row.starts_at)),
        // It was typed when this was planned.
        confirm_word: protocol.and_then(|one| one.confirm_word),
        ..NewBroadcast::default()
    };
    if broadcast::worded(&new).is_err() {
        return Ok(Err(MissedWhy::Words));
    }
    match broadcast::reaches_anybody(tx, &sender, &new.audience).await? {
        true => Ok(Ok((sender, new))),
        false => Ok(Err(MissedWhy::Nobody)),
    }
}

/// The broadcast that has just left is this one.
async fn became(tx: &Tx, id: i64, broadcast_id: i64) -> Result<()> {
    let update = drill::ActiveModel {
        id: Set(id),
        status: Set(DrillStatus::Held),
        broadcast_id: Set(Some(broadcast_id)),
        ..Default::default()
    };
    drill::Entity::update(update).exec(tx.db()).await?;
    Ok(())
}

/// It is not tried again; whoever planned it and all who could send it now are told.
async fn missed(tx: &mut Tx, row: &drill::Model, why: MissedWhy) -> Result<()> {
    tracing::warn!(drill.id = row.id, ?why, "a drill could not be held");
    let update = drill::ActiveModel {
        id: Set(row.id),
        status: Set(DrillStatus::Missed),
        why: Set(Some(why)),
        ..Default::default()
    };
    drill::Entity::update(update).exec(tx.db()).await?;
    let system = Actor::system(Channel::Timer);
    let data = json!({ "why": why });
    audit::record(tx, &system, "drill.missed", Subject::Drill(row.id), data).await?;
    let told = broadcast::scope(tx, row.created_by).await?.user_ids;
    broadcast::tell(tx, told, Notice::DrillMissed { drill_id: row.id }).await
}

/// A broadcast leaves that is a drill and was not planned: it is one of the history from now on.
pub(crate) async fn by_hand(tx: &Tx, row: &broadcast_row::Model) -> Result<()> {
    let one = drill::ActiveModel {
        status: Set(DrillStatus::Held),
        protocol: Set(row.protocol.clone()),
        words: Set(row.text.clone()),
        audience: Set(row.audience.clone()),
        starts_at: Set(row.created_at),
        ends_at: Set(row.expires_at),
        broadcast_id: Set(Some(row.id)),
        created_by: Set(row.created_by),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    drill::Entity::insert(one)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}
