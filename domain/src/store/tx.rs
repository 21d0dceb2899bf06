//! One open transaction.

use std::{collections::BTreeSet, sync::OnceLock};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr};

use super::Store;
use crate::{
    Result, Rules,
    bell::{Bell, Topic},
    event,
    gate::Place,
};

/// One open transaction: what it has changed so far, and what it will announce.
pub struct Tx {
    db: DatabaseTransaction,
    /// Given back after the transaction.
    place: Option<Place>,
    store: Store,
    now: DateTime<Utc>,
    events: Vec<event::New>,
    rings: BTreeSet<u8>,
    /// The account of whoever acts, once it is held.
    held: OnceLock<i64>,
}

impl Tx {
    pub(super) fn new(db: DatabaseTransaction, place: Option<Place>, store: Store) -> Self {
        Self {
            db,
            place,
            now: store.now(),
            store,
            events: Vec::new(),
            rings: BTreeSet::new(),
            held: OnceLock::new(),
        }
    }

    /// The moment of this transaction: the same for every row it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub fn rules(&self) -> &Rules {
        self.store.rules()
    }

    /// For one more statement.
    pub(crate) fn db(&self) -> &DatabaseTransaction {
        if let Some(place) = &self.place {
            place.moves();
        }
        &self.db
    }

    /// Whether this account stays as it is until the end: see [`crate::Actor::hold`].
    pub(crate) fn holds(&self, user_id: i64) -> bool {
        self.held.get() == Some(&user_id)
    }

    pub(crate) fn note_held(&self, user_id: i64) {
        // Of several it is the first: the others are asked for again.
        let _ = self.held.set(user_id);
    }

    pub(crate) fn has_postgis(&self) -> bool {
        self.store.has_postgis()
    }

    /// For what is counted beside this transaction and stays counted when it is taken back; nothing in the file database.
    pub(crate) fn counter(&self) -> Option<&DatabaseConnection> {
        self.store.counter()
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    pub(crate) fn announce(&mut self, event: event::New) {
        self.events.push(event);
    }

    pub(crate) fn ring(&mut self, topic: Topic) {
        self.rings.insert(topic as u8);
    }

    /// Events are numbered last, so that the lock over their order is held only for the commit.
    pub(super) async fn commit(mut self, bell: &Bell) -> Result<()> {
        let events = std::mem::take(&mut self.events);
        if !events.is_empty() {
            event::append(&self, events).await?;
            self.ring(Topic::Events);
        }
        let rings = std::mem::take(&mut self.rings);
        self.db.commit().await?;
        for topic in Topic::ALL
            .into_iter()
            .filter(|topic| rings.contains(&(*topic as u8)))
        {
            bell.ring(topic);
        }
        Ok(())
    }

    /// Takes back all of it.
    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.db.rollback().await
    }
}
