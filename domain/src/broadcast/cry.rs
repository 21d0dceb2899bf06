//! A cry of one of its people that was written without the button for it, and what those who heard him say to him.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use ::entity::{broadcast, broadcast_recipient, unit_member, user};

use super::{
    Attached, Chain, RecipientState,
    answer::{Reply, cut, log, state_of},
    escalation::{mates_of, watchers},
    hearing::{self, Hearers},
    one, progress, tell,
};
use crate::{
    Actor, Refusal, Result, Store, Tx,
    actor::Level,
    error::Thing,
    outbox::{self, Notice},
    reach::hears,
};

/// Words of one of its people that stand in the chat of somebody who heard them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cry {
    pub broadcast_id: i64,
    /// Whose words they were.
    pub user_id: i64,
    /// Who has answered them, where the message is his answer.
    pub by: Option<i64>,
}

/// Whose words this message in this chat passed on to this person, or answers; nothing for any other message.
pub async fn cry_in(
    store: &Store,
    actor: &Actor,
    chat_id: i64,
    message_id: i64,
) -> Result<Option<Cry>> {
    let row = outbox::shown(store, chat_id, message_id).await?;
    let own = row.filter(|row| row.user_id.is_some() && row.user_id == actor.user_id);
    let Some(row) = own else {
        return Ok(None);
    };
    let (broadcast_id, user_id, by) = match serde_json::from_value(row.notice) {
        Ok(
            Notice::BroadcastHelp {
                broadcast_id,
                user_id,
                ..
            }
            | Notice::BroadcastSaid {
                broadcast_id,
                user_id,
                ..
            },
        ) => (broadcast_id, user_id, None),
        Ok(Notice::BroadcastTold {
            broadcast_id,
            user_id,
            to_user,
            ..
        }) => (broadcast_id, to_user, Some(user_id)),
        _ => return Ok(None),
    };
    Ok(Some(Cry {
        broadcast_id,
        user_id,
        by,
    }))
}

/// Who hears what was said to one of its people, or what he says to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub hearers: Hearers,
    /// He whom it is said to, where Telegram does not reach him.
    pub missed: Option<String>,
}

/// Says something to him who cried, and to the others who hear what he needs, also after the end; his own words to that go to
/// all of these.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever has no account.
pub async fn speak(
    tx: &mut Tx,
    actor: &Actor,
    cry: Cry,
    note: &str,
    file: Option<Attached>,
) -> Result<Spoken> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    let (id, to_user) = (cry.broadcast_id, cry.user_id);
    let row = one(tx, id).await?;
    let state = stands(tx, id, user_id).await?;
    let said = log(tx, &row, (user_id, state), cut(Some(note))).await?;
    let quiet = hearing::is_quiet(tx, id, user_id, Reply::of(state)).await?;
    let these = listeners(tx, &row, cry, user_id).await?;
    let drill = hearing::is_drill(&row);
    if !quiet {
        let notice = words(cry, (user_id, state), said);
        tell(tx, these.clone(), notice).await?;
        if let Some(file) = file {
            let notice = Notice::PassedOn {
                user_id,
                drill,
                file,
            };
            tell(tx, these.clone(), notice).await?;
        }
    }
    progress(tx, id).await?;
    let missed = match to_user == user_id || these.contains(&to_user) {
        true => None,
        false => name(tx, to_user).await?,
    };
    let hearers = Hearers::of(tx, these, drill, quiet).await?;
    Ok(Spoken { hearers, missed })
}

/// What is passed on: his own words stand as all that he says.
fn words(cry: Cry, (user_id, state): (i64, RecipientState), said: i64) -> Notice {
    let (broadcast_id, answer_id) = (cry.broadcast_id, Some(said));
    match (user_id == cry.user_id, state) {
        (false, _) => Notice::BroadcastTold {
            broadcast_id,
            user_id,
            to_user: cry.user_id,
            answer_id: said,
        },
        (true, RecipientState::NeedsHelp) => Notice::BroadcastHelp {
            broadcast_id,
            user_id,
            answer_id,
        },
        (true, _) => Notice::BroadcastSaid {
            broadcast_id,
            user_id,
            answer_id,
        },
    }
}

/// How he stands; who only hears of it, as one who was told.
async fn stands(tx: &Tx, id: i64, user_id: i64) -> Result<RecipientState> {
    let row = broadcast_recipient::Entity::find()
        .filter(broadcast_recipient::Column::BroadcastId.eq(id))
        .filter(broadcast_recipient::Column::UserId.eq(user_id))
        .one(tx.db())
        .await?;
    Ok(row.map_or(RecipientState::Sent, |row| row.state))
}

/// He who cried, whoever answered him, and those who hear what he needs; not whoever speaks.
async fn listeners(tx: &Tx, row: &broadcast::Model, cry: Cry, speaker: i64) -> Result<Vec<i64>> {
    let both = user::Column::Id.is_in(cry.by.into_iter().chain([cry.user_id]));
    let both = watchers(tx, Condition::all().add(both).add(hears())).await?;
    let mut these: Vec<i64> = both.into_iter().map(|one| one.user_id).collect();
    these.extend(hear_cries(tx, row, cry.user_id).await?);
    these.retain(|id| *id != speaker);
    these.sort_unstable();
    these.dedup();
    Ok(these)
}

async fn name(tx: &Tx, user_id: i64) -> Result<Option<String>> {
    let row = user::Entity::find_by_id(user_id).one(tx.db()).await?;
    Ok(row.map(|row| row.name))
}

/// Words of one of its people that cry for help where nobody asked for them: they are kept, he stands as he stood, and whoever
/// sent it hears them with those who answered for him when it left.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever did not get it.
pub async fn cried(tx: &mut Tx, actor: &Actor, id: i64, note: &str) -> Result<Hearers> {
    let user_id = actor.user_id.ok_or(Refusal::missing(Thing::Broadcast))?;
    let row = one(tx, id).await?;
    let state = state_of(tx, id, user_id).await?;
    let said = log(tx, &row, (user_id, state), cut(Some(note))).await?;
    let quiet = hearing::is_quiet(tx, id, user_id, Reply::of(state)).await?;
    let these = hear_cries(tx, &row, user_id).await?;
    if !quiet {
        let notice = Notice::BroadcastHelp {
            broadcast_id: id,
            user_id,
            answer_id: Some(said),
        };
        tell(tx, these.clone(), notice).await?;
    }
    progress(tx, id).await?;
    Hearers::of(tx, these, hearing::is_drill(&row), quiet).await
}

/// Whoever sent it and those of its chain who answer for him; where Telegram reaches none of these, whoever hears in their stead.
async fn hear_cries(tx: &Tx, row: &broadcast::Model, himself: i64) -> Result<Vec<i64>> {
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let his = mates_of(Expr::col(unit_member::Column::UserId).eq(himself));
    let answers = Condition::all()
        .add(user::Column::Id.is_in(chain.user_ids))
        .add(user::Column::Level.gte(Level::Supervisor as i16))
        .add(user::Column::Id.in_subquery(his));
    let these = Condition::any()
        .add(user::Column::Id.is_in(row.created_by))
        .add(answers);
    let others = Condition::all()
        .add(these)
        .add(user::Column::Id.ne(himself))
        .add(hears());
    let found = watchers(tx, others).await?;
    match found.is_empty() {
        true => hearing::in_charge(tx, row, himself).await,
        false => Ok(found.into_iter().map(|one| one.user_id).collect()),
    }
}
