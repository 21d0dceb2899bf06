//! Proof that nobody changed the record: the chain is computed anew and compared.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use ::entity::audit;

use super::seal::{self, Head};
use crate::{Result, Store};

/// What looking through the chain has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How far the chain is whole.
    pub head: Head,
    /// Entries that the sealer has not come to yet.
    pub unsealed: u64,
    /// The first place where it is not what it was.
    pub broken: Option<Broken>,
}

/// The first entry that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its place in the chain.
    pub number: i64,
    /// Its id, unless it is gone.
    pub id: Option<i64>,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It says something else than when it was sealed.
    Changed,
    /// It is gone.
    Removed,
    /// It was put in between.
    Inserted,
    /// It is dated long before entries that were sealed before it.
    Backdated,
    /// The chain was made anew: it does not lead through the head that is known.
    Replaced,
}

impl Why {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Inserted => "inserted",
            Self::Backdated => "backdated",
            Self::Replaced => "replaced",
        }
    }
}

/// Entries read at once.
const PAGE: u64 = 2000;

/// Transactions that began later may be sealed earlier, and clocks are set back a little.
const DISORDER: TimeDelta = TimeDelta::hours(1);

/// Looks through the whole chain; a head that was noted elsewhere, as in a backup, must be part of it.
pub async fn verify(store: &Store, known: Option<&Head>) -> Result<Proof> {
    let end = seal::head(store).await?;
    let mut walk = Walk {
        at: Head::beginning(),
        latest: None,
        known,
    };
    let broken = walk.through(store, &end).await?;
    let unsealed = audit::Entity::find()
        .filter(audit::Column::Number.is_null())
        .count(store.reader())
        .await?;
    Ok(Proof {
        head: walk.at,
        unsealed,
        broken,
    })
}

struct Walk<'a> {
    at: Head,
    latest: Option<DateTime<Utc>>,
    known: Option<&'a Head>,
}

impl Walk<'_> {
    async fn through(&mut self, store: &Store, end: &Head) -> Result<Option<Broken>> {
        loop {
            let rows = audit::Entity::find()
                .filter(audit::Column::Number.gt(self.at.number))
                .filter(audit::Column::Number.lte(end.number))
                .order_by_asc(audit::Column::Number)
                .limit(PAGE)
                .all(store.reader())
                .await?;
            let last = (rows.len() as u64) < PAGE;
            for row in rows {
                if let Some(broken) = self.step(&row) {
                    return Ok(Some(broken));
                }
            }
            if last {
                break;
            }
        }
        self.at_the_end(store, end).await
    }

    fn step(&mut self, row: &audit::Model) -> Option<Broken> {
        let expected = self.at.number + 1;
        let number = row.number.unwrap_or_default();
        if number != expected {
            return Some(removed(expected));
        }
        let broken = |why| {
            Some(Broken {
                number,
                id: Some(row.id),
                why,
            })
        };
        if row.prev_hash.as_deref() != Some(&self.at.hash) {
            return broken(Why::Inserted);
        }
        let hash = seal::hash(&self.at.hash, number, row);
        if row.hash.as_ref() != Some(&hash) {
            return broken(Why::Changed);
        }
        if self.latest.is_some_and(|latest| row.at + DISORDER < latest) {
            return broken(Why::Backdated);
        }
        if self
            .known
            .is_some_and(|known| known.number == number && known.hash != hash)
        {
            return broken(Why::Replaced);
        }
        self.latest = self.latest.max(Some(row.at));
        self.at = Head { number, hash };
        None
    }

    async fn at_the_end(&self, store: &Store, end: &Head) -> Result<Option<Broken>> {
        let reached = self.at.number;
        if reached < end.number || self.known.is_some_and(|known| reached < known.number) {
            return Ok(Some(removed(reached + 1)));
        }
        let changed = |id, why| Broken {
            number: reached,
            id,
            why,
        };
        if self.at.hash != end.hash {
            return Ok(Some(changed(None, Why::Replaced)));
        }
        let beyond = audit::Entity::find()
            .filter(audit::Column::Number.gt(end.number))
            .order_by_asc(audit::Column::Number)
            .one(store.reader())
            .await?;
        // The sealer may have gone on meanwhile.
        let grown = seal::head(store).await?.number > end.number;
        Ok(beyond.filter(|_| !grown).map(|row| Broken {
            number: row.number.unwrap_or_default(),
            id: Some(row.id),
            why: Why::Inserted,
        }))
    }
}

fn removed(number: i64) -> Broken {
    Broken {
        number,
        id: None,
        why: Why::Removed,
    }
}
