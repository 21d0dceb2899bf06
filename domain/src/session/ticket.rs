//! Tickets that have opened a socket.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait,
    sea_query::{Expr, OnConflict, Query},
};

use ::entity::{session, socket_ticket};

use super::alive;
use crate::{Error, Result, Tx, prune, secret};

/// Notes that a ticket of this session, known by its `id`, was used; false when it was before, or when the session is over.
/// Giving one out writes nothing: when everybody comes back at once, that would be as many changes again, which wait for each
/// other.
pub async fn redeem(
    tx: &Tx,
    id: &str,
    session_id: &str,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let of_it = Query::select()
        .expr(Expr::value(secret::hash(id)))
        .column(session::Column::Id)
        .expr(Expr::value(expires_at))
        .from(session::Entity)
        .cond_where(session::Column::Id.eq(session_id))
        .cond_where(alive(tx.now()))
        .take();
    let columns = [
        socket_ticket::Column::TicketHash,
        socket_ticket::Column::SessionId,
        socket_ticket::Column::ExpiresAt,
    ];
    let once = OnConflict::column(socket_ticket::Column::TicketHash)
        .do_nothing()
        .to_owned();
    let mut used = Query::insert();
    used.into_table(socket_ticket::Entity)
        .columns(columns)
        .select_from(of_it)
        .map_err(|error| Error::Data(error.to_string()))?
        .on_conflict(once);
    Ok(tx.db().execute(&used).await?.rows_affected() == 1)
}

/// Forgets used tickets that open nothing any more, whichever clock is asked.
pub(crate) async fn prune_tickets(tx: &Tx) -> Result<u64> {
    let over = socket_ticket::Column::ExpiresAt.lt(tx.now() - TimeDelta::hours(1));
    let old = Condition::all().add(over);
    prune::some::<socket_ticket::Entity>(tx, &[socket_ticket::Column::TicketHash], old).await
}
