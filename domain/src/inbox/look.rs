//! Whose turn it is: each person's oldest pending update, unless somebody works for him or it waits for another try.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use ::entity::inbox;

use super::pending;
use crate::Result;

/// Rows that are looked at first. In front stands what is in work; only when much of few people follows, more is looked at.
const FIRST: u64 = 100;
const FURTHER: u64 = 1000;

/// Where an update stands.
#[derive(FromQueryResult)]
struct Row {
    id: i64,
    actor: i64,
    claimed_until: Option<DateTime<Utc>>,
    retry_at: Option<DateTime<Utc>>,
}

/// A look along what waits, in the order of arrival. Its statements are plain on purpose: the database plans them once, when
/// little may wait, and what it asked for each row by itself would then cost the more the more wait.
pub(super) struct Look {
    bot: i64,
    now: DateTime<Utc>,
    /// The row that was looked at last.
    last: Option<i64>,
    /// There may be more behind it.
    goes_on: bool,
    /// Whose oldest update was seen.
    seen: HashSet<i64>,
    /// For whom somebody works.
    at_work: HashSet<i64>,
    /// The rows of those whose turn it is, and who they are.
    free: Vec<(i64, i64)>,
}

impl Look {
    pub fn new(bot: i64, now: DateTime<Utc>) -> Self {
        Self {
            bot,
            now,
            last: None,
            goes_on: true,
            seen: HashSet::new(),
            at_work: HashSet::new(),
            free: Vec::new(),
        }
    }

    /// Whether it seems to be anybody's turn.
    pub async fn anybody(mut self, db: &impl ConnectionTrait) -> Result<bool> {
        while self.goes_on && self.free.is_empty() {
            self.go_on(db).await?;
        }
        Ok(!self.free.is_empty())
    }

    /// The rows of those whose turn it is, at most so many. Nobody else may claim meanwhile.
    pub async fn find(mut self, db: &impl ConnectionTrait, most: usize) -> Result<Vec<i64>> {
        while self.goes_on && self.free.len() < most {
            self.go_on(db).await?;
            if self.goes_on {
                self.free.truncate(most);
                self.look_ahead(db).await?;
            }
        }
        Ok(self.free.iter().map(|(id, _)| *id).take(most).collect())
    }

    async fn go_on(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let most = match self.last {
            None => FIRST,
            Some(_) => FURTHER,
        };
        let rows = self.page(db, most).await?;
        self.goes_on = rows.len() as u64 == most;
        for row in rows {
            self.see(&row);
        }
        self.leave_out();
        Ok(())
    }

    async fn page(&self, db: &impl ConnectionTrait, most: u64) -> Result<Vec<Row>> {
        let behind = self.last.map(|id| inbox::Column::Id.gt(id));
        Ok(pending(self.bot)
            .select_only()
            .column(inbox::Column::Id)
            .column(inbox::Column::Actor)
            .column(inbox::Column::ClaimedUntil)
            .column(inbox::Column::RetryAt)
            .filter(Condition::all().add_option(behind))
            .order_by_asc(inbox::Column::Id)
            .limit(most)
            .into_model::<Row>()
            .all(db)
            .await?)
    }

    fn see(&mut self, row: &Row) {
        self.last = Some(row.id);
        if row.claimed_until.is_some_and(|until| until > self.now) {
            self.at_work.insert(row.actor);
        }
        let oldest = self.seen.insert(row.actor);
        if oldest && row.retry_at.is_none_or(|at| at <= self.now) {
            self.free.push((row.id, row.actor));
        }
    }

    /// A row with a smaller id can be committed later: then the claimed one is not the oldest, and may be further behind.
    async fn look_ahead(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        if self.free.is_empty() {
            return Ok(());
        }
        let people = self.free.iter().map(|(_, actor)| *actor);
        let at_work: Vec<i64> = pending(self.bot)
            .select_only()
            .column(inbox::Column::Actor)
            .filter(inbox::Column::Actor.is_in(people))
            .filter(inbox::Column::ClaimedUntil.gt(self.now))
            .into_tuple()
            .all(db)
            .await?;
        self.at_work.extend(at_work);
        self.leave_out();
        Ok(())
    }

    fn leave_out(&mut self) {
        self.free.retain(|(_, actor)| !self.at_work.contains(actor));
    }
}
