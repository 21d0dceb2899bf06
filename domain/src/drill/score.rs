//! How well people answered: when half and nine tenths of them had, reckoned by the database while it runs and kept at its
//! end.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter,
    Statement, Value,
};
use serde::{Deserialize, Serialize};

use ::entity::drill;

use crate::{Result, Store, Tx, broadcast::Broadcast};

/// How a broadcast was answered, as far as it is now; what came after its end does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub recipients: i64,
    /// Of those, whom Telegram took a message for, and whoever answered.
    pub reached: i64,
    /// Of those, who answered, whatever they said.
    pub acknowledged: i64,
    /// Those who did not, because they called for help in earnest meanwhile: they count neither as reached nor as beyond reach.
    #[serde(default)]
    pub calling: i64,
    pub of_reached: Times,
    pub of_all: Times,
    /// Seconds until the first said that he comes; only of a call for help.
    #[serde(default)]
    pub first_coming_seconds: Option<i64>,
}

/// Seconds from its leaving until so many had answered; none as long as they have not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Half of them.
    pub half_seconds: Option<i64>,
    /// Nine tenths of them.
    pub most_seconds: Option<i64>,
}

impl Score {
    /// Those who were reached and did not answer.
    pub fn silent(&self) -> i64 {
        self.reached - self.acknowledged
    }

    /// Those for whom Telegram took no message.
    pub fn unreachable(&self) -> i64 {
        self.recipients - self.reached - self.calling
    }
}

#[derive(FromQueryResult)]
struct Row {
    broadcast_id: i64,
    began: DateTime<Utc>,
    recipients: i64,
    reached: i64,
    acknowledged: i64,
    calling: i64,
    half_of_reached: Option<DateTime<Utc>>,
    most_of_reached: Option<DateTime<Utc>>,
    half_of_all: Option<DateTime<Utc>>,
    most_of_all: Option<DateTime<Utc>>,
}

impl Row {
    fn score(self) -> Score {
        let after = |at: Option<DateTime<Utc>>| Some((at? - self.began).num_seconds().max(0));
        let times = |half, most| Times {
            half_seconds: after(half),
            most_seconds: after(most),
        };
        Score {
            recipients: self.recipients,
            reached: self.reached,
            acknowledged: self.acknowledged,
            calling: self.calling,
            of_reached: times(self.half_of_reached, self.most_of_reached),
            of_all: times(self.half_of_all, self.most_of_all),
            first_coming_seconds: None,
        }
    }
}

/// The score of a broadcast, drill or not, for whoever found it: the one that was kept, else as it stands.
pub async fn score(store: &Store, broadcast: &Broadcast) -> Result<Score> {
    let row = drill::Entity::find()
        .filter(drill::Column::BroadcastId.eq(broadcast.id))
        .one(store.reader())
        .await?;
    match row.and_then(|row| row.score) {
        Some(score) => Ok(serde_json::from_value(score)?),
        None => now(store.reader(), broadcast.id).await,
    }
}

async fn now(db: &impl ConnectionTrait, broadcast_id: i64) -> Result<Score> {
    let mut scores = of(db, &[broadcast_id]).await?;
    Ok(scores.remove(&broadcast_id).unwrap_or_default())
}

/// A broadcast has ended: when it is a drill, its score stays as it is now, whoever of its people is forgotten later. Answers
/// wait for whoever holds its row, so that none is under way.
pub(crate) async fn keep(tx: &Tx, broadcast_id: i64) -> Result<()> {
    let score = now(tx.db(), broadcast_id).await?;
    kept(tx, drill::Column::BroadcastId.eq(broadcast_id), score).await
}

/// The first score that is kept holds.
pub(super) async fn kept(
    tx: &Tx,
    which: sea_orm::sea_query::SimpleExpr,
    score: Score,
) -> Result<()> {
    let row = drill::ActiveModel {
        score: Set(Some(serde_json::to_value(score)?)),
        ..Default::default()
    };
    drill::Entity::update_many()
        .set(row)
        .filter(which)
        .filter(drill::Column::Score.is_null())
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Everybody in the order of his first answer that came in time; the answer at the place of the half, rounded up, is when half
/// of them had answered.
const FIRST_ANSWERS: &str = "
    SELECT r.broadcast_id, b.created_at AS began, MIN(a.at) AS answered,
        CASE WHEN r.sent_at IS NOT NULL AND (b.ended_at IS NULL OR r.sent_at <= b.ended_at) THEN 1 ELSE 0 END AS sent,
        CASE WHEN EXISTS (SELECT 1 FROM emergencies e WHERE e.raised_by = r.user_id AND NOT e.drill AND e.status <> 'cancelled'
            AND (b.ended_at IS NULL OR e.created_at <= b.ended_at) AND (e.status <> 'resolved' OR e.ended_at > b.created_at))
            THEN 1 ELSE 0 END AS called
    FROM broadcast_recipients r
    JOIN broadcasts b ON b.id = r.broadcast_id
    LEFT JOIN broadcast_answers a ON a.broadcast_id = r.broadcast_id AND a.user_id = r.user_id
        AND a.state NOT IN ('queued', 'sent', 'unreachable')
        AND (b.ended_at IS NULL OR a.at <= b.ended_at)";

const IN_ORDER: &str = "
    SELECT broadcast_id, began, answered,
        ROW_NUMBER() OVER (PARTITION BY broadcast_id ORDER BY CASE WHEN answered IS NULL THEN 1 ELSE 0 END, answered) AS place,
        COUNT(*) OVER (PARTITION BY broadcast_id) AS people,
        SUM(CASE WHEN answered IS NOT NULL OR (sent = 1 AND called = 0) THEN 1 ELSE 0 END) OVER (PARTITION BY broadcast_id) AS hearers,
        SUM(CASE WHEN answered IS NULL AND called = 1 THEN 1 ELSE 0 END) OVER (PARTITION BY broadcast_id) AS callers
    FROM first_answers";

const TIMES: &str = "
    SELECT broadcast_id, began, MAX(people) AS recipients, MAX(hearers) AS reached, COUNT(answered) AS acknowledged,
        MAX(callers) AS calling,
        MIN(CASE WHEN place = (hearers + 1) / 2 THEN answered END) AS half_of_reached,
        MIN(CASE WHEN place = (hearers * 9 + 9) / 10 THEN answered END) AS most_of_reached,
        MIN(CASE WHEN place = (people + 1) / 2 THEN answered END) AS half_of_all,
        MIN(CASE WHEN place = (people * 9 + 9) / 10 THEN answered END) AS most_of_all
    FROM in_order GROUP BY broadcast_id, began";

/// The scores of some broadcasts, in one statement.
pub(super) async fn of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, Score>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "WITH first_answers AS ({FIRST_ANSWERS} WHERE r.broadcast_id IN ({}) GROUP BY r.id, b.id), in_order AS ({IN_ORDER}) {TIMES}",
        marks.join(", ")
    );
    let values = ids.iter().map(|id| Value::from(*id));
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.broadcast_id, row.score()))
        .collect())
}
