//! The log of facts: append only, numbered in the order in which readers can see it.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, InsertStatement, PostgresQueryBuilder, Query},
};
use serde::{Deserialize, Serialize};

use ::entity::{emergency::EmergencyStatus, event, setting};

use crate::{
    Actor, Result, Store, Tx, actor::Level, availability::Availability,
    notification::NotificationKind, prune, task::Status,
};

/// Something that happened. Names and places are not part of it: readers look them up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event_type", content = "data", rename_all = "snake_case")]
pub enum Event {
    TaskCreated {
        id: i64,
        code: String,
    },
    TaskUpdated {
        id: i64,
        code: String,
    },
    TaskStatusChanged {
        id: i64,
        code: String,
        from: Option<Status>,
        status: Status,
    },
    TaskAssigned {
        id: i64,
        code: String,
        agent_ids: Vec<i64>,
        lead_agent_id: Option<i64>,
    },
    AssignmentAcknowledged {
        id: i64,
        code: String,
        agent_id: i64,
    },
    AssignmentDeclined {
        id: i64,
        code: String,
        agent_id: i64,
    },
    TaskReported {
        id: i64,
        code: String,
        report_id: i64,
    },
    AgentAvailabilityChanged {
        agent_id: i64,
        availability: Availability,
    },
    AgentPositionChanged {
        agent_id: i64,
    },
    /// Shifts of an agent were planned, moved or removed, or one began or ended.
    ShiftsChanged {
        agent_id: i64,
    },
    /// Leave was asked for, decided or withdrawn.
    LeaveChanged {
        id: i64,
        agent_id: i64,
    },
    /// An exchange of shifts went one step on.
    SwapChanged {
        id: i64,
        agent_id: i64,
    },
    /// Somebody called for help, and people are asked.
    EmergencyRaised {
        id: i64,
        task_id: i64,
        code: String,
    },
    /// Somebody was asked, comes, cannot, or it is over.
    EmergencyUpdated {
        id: i64,
        task_id: i64,
        code: String,
        status: EmergencyStatus,
    },
    /// A message to many leaves.
    BroadcastStarted {
        id: i64,
    },
    /// Somebody got it or answered, or it is over.
    BroadcastProgress {
        id: i64,
    },
    /// People of a task, or one who works alone, are asked whether they are well, or somebody answered, or does not.
    CheckInUpdated {
        id: i64,
        task_id: Option<i64>,
        agent_id: Option<i64>,
    },
    /// Somebody is told something that he has to act on; only he hears of this.
    Notification {
        user_id: i64,
        kind: NotificationKind,
        task_id: Option<i64>,
    },
    /// The figures of the overview are worth reading again.
    KpisChanged {},
}

impl Event {
    /// The topic that subscribers name.
    pub fn topic(&self) -> Topic {
        match self {
            Self::AgentAvailabilityChanged { .. }
            | Self::ShiftsChanged { .. }
            | Self::LeaveChanged { .. }
            | Self::SwapChanged { .. } => Topic::Agents,
            Self::AgentPositionChanged { .. } => Topic::Positions,
            Self::EmergencyRaised { .. }
            | Self::EmergencyUpdated { .. }
            | Self::CheckInUpdated { .. } => Topic::Emergencies,
            Self::BroadcastStarted { .. } | Self::BroadcastProgress { .. } => Topic::Broadcasts,
            Self::Notification { .. } => Topic::Notifications,
            Self::KpisChanged {} => Topic::Kpis,
            _ => Topic::Tasks,
        }
    }

    fn task_id(&self) -> Option<i64> {
        match self {
            Self::TaskCreated { id, .. }
            | Self::TaskUpdated { id, .. }
            | Self::TaskStatusChanged { id, .. }
            | Self::TaskAssigned { id, .. }
            | Self::AssignmentAcknowledged { id, .. }
            | Self::AssignmentDeclined { id, .. }
            | Self::TaskReported { id, .. } => Some(*id),
            Self::EmergencyRaised { task_id, .. } | Self::EmergencyUpdated { task_id, .. } => {
                Some(*task_id)
            }
            Self::CheckInUpdated { task_id, .. } | Self::Notification { task_id, .. } => *task_id,
            _ => None,
        }
    }

    fn agent_id(&self) -> Option<i64> {
        match self {
            Self::AssignmentAcknowledged { agent_id, .. }
            | Self::AssignmentDeclined { agent_id, .. }
            | Self::AgentAvailabilityChanged { agent_id, .. }
            | Self::AgentPositionChanged { agent_id }
            | Self::ShiftsChanged { agent_id }
            | Self::LeaveChanged { agent_id, .. }
            | Self::SwapChanged { agent_id, .. } => Some(*agent_id),
            Self::CheckInUpdated { agent_id, .. } => *agent_id,
            _ => None,
        }
    }
}

/// What a socket may subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Tasks,
    Agents,
    Positions,
    Emergencies,
    Broadcasts,
    Notifications,
    Kpis,
}

impl Topic {
    pub const ALL: [Self; 7] = [
        Self::Tasks,
        Self::Agents,
        Self::Positions,
        Self::Emergencies,
        Self::Broadcasts,
        Self::Notifications,
        Self::Kpis,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Agents => "agents",
            Self::Positions => "positions",
            Self::Emergencies => "emergencies",
            Self::Broadcasts => "broadcasts",
            Self::Notifications => "notifications",
            Self::Kpis => "kpis",
        }
    }

    fn from_column(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == word)
    }
}

/// Whom an event concerns, beside the admins; notifications are for nobody but whom they name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub unit_ids: Vec<i64>,
    pub user_ids: Vec<i64>,
}

/// An event on its way into the log.
#[derive(Debug)]
pub struct New {
    event: Event,
    scope: Scope,
}

/// An event as it stands in the log.
#[derive(Clone, Debug)]
pub struct Logged {
    pub seq: i64,
    pub topic: Topic,
    pub at: DateTime<Utc>,
    pub event: Event,
    pub scope: Scope,
}

impl Scope {
    /// Whether this person may see what is said of this topic.
    pub fn concerns(&self, topic: Topic, actor: &Actor) -> bool {
        let named = actor.user_id.is_some_and(|id| self.user_ids.contains(&id));
        if topic == Topic::Notifications {
            return named;
        }
        let unit = || self.unit_ids.iter().any(|id| actor.unit_ids.contains(id));
        actor.level == Level::Admin || (actor.level == Level::Supervisor && unit()) || named
    }
}

impl Logged {
    /// Whether this person may see it.
    pub fn concerns(&self, actor: &Actor) -> bool {
        self.scope.concerns(self.topic, actor)
    }
}

impl Tx {
    /// Adds a fact to this transaction.
    pub fn log(&mut self, event: Event, scope: &Scope) {
        self.announce(New {
            event,
            scope: scope.clone(),
        });
    }
}

/// Any number that means "the event log" to the advisory locks of PostgreSQL.
const ORDER_LOCK: &str = "SELECT pg_advisory_xact_lock(7232147001)";

/// Numbers and stores events; the order is locked until the commit.
///
/// On PostgreSQL lock and insert are one message: everybody else waits for as long as the answer is on its way. The
/// insert sees what was committed before the lock was had, because each statement looks anew.
pub(crate) async fn append(tx: &Tx, events: Vec<New>) -> Result<()> {
    if tx.is_postgres() {
        let mut said = ORDER_LOCK.to_owned();
        for some in events.chunks(AT_ONCE) {
            let insert = insert(&newest(), tx.now(), some)?;
            said.push_str("; ");
            said.push_str(&insert.to_string(PostgresQueryBuilder));
        }
        tx.db().execute_unprepared(&said).await?;
    } else {
        for some in events.chunks(AT_ONCE) {
            let newest = Expr::value(last(tx.db()).await?);
            tx.db().execute(&insert(&newest, tx.now(), some)?).await?;
        }
    }
    Ok(())
}

/// Events to a statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

fn insert(newest: &Expr, at: DateTime<Utc>, events: &[New]) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(event::Entity).columns([
        event::Column::Seq,
        event::Column::Topic,
        event::Column::Kind,
        event::Column::TaskId,
        event::Column::AgentId,
        event::Column::UnitIds,
        event::Column::UserIds,
        event::Column::Data,
        event::Column::CreatedAt,
    ]);
    for (ahead, New { event, scope }) in (1_i64..).zip(events) {
        let mut data = serde_json::to_value(event)?;
        let kind = data["event_type"].as_str().unwrap_or_default().to_owned();
        insert.values_panic([
            newest.clone().add(ahead),
            event.topic().as_str().into(),
            kind.into(),
            event.task_id().into(),
            event.agent_id().into(),
            serde_json::to_value(&scope.unit_ids)?.into(),
            serde_json::to_value(&scope.user_ids)?.into(),
            data["data"].take().into(),
            at.into(),
        ]);
    }
    Ok(insert)
}

/// The number of the newest event, as a part of a statement.
fn newest() -> Expr {
    let newest = Query::select()
        .expr(Func::coalesce([
            Expr::col(event::Column::Seq).max(),
            Expr::value(0_i64),
        ]))
        .from(event::Entity)
        .to_owned();
    Expr::SubQuery(None, Box::new(newest.into()))
}

/// The number of the newest event; 0 when there is none.
pub async fn last_seq(store: &Store) -> Result<i64> {
    last(store.reader()).await
}

async fn last(db: &impl ConnectionTrait) -> Result<i64> {
    let seq: Option<Option<i64>> = event::Entity::find()
        .select_only()
        .column_as(event::Column::Seq.max(), "seq")
        .into_tuple()
        .one(db)
        .await?;
    Ok(seq.flatten().unwrap_or(0))
}

/// The number of the oldest event that is still kept.
pub async fn first_seq(store: &Store) -> Result<i64> {
    let seq: Option<Option<i64>> = event::Entity::find()
        .select_only()
        .column_as(event::Column::Seq.min(), "seq")
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(seq.flatten().unwrap_or(1))
}

/// A stretch of the log, as this release reads it.
#[derive(Debug, Default)]
pub struct Stretch {
    pub events: Vec<Logged>,
    /// The number of its last event, also of one that cannot be read; nothing at the end of the log.
    pub until: Option<i64>,
    /// How many are left out: a newer release wrote them, and this one has no words for them.
    pub unread: usize,
}

/// At most `limit` events after `seq`, in order.
pub async fn since(store: &Store, seq: i64, limit: u64) -> Result<Stretch> {
    let rows = event::Entity::find()
        .filter(event::Column::Seq.gt(seq))
        .order_by_asc(event::Column::Seq)
        .limit(limit)
        .all(store.reader())
        .await?;
    let mut stretch = Stretch {
        until: rows.last().map(|row| row.seq),
        ..Stretch::default()
    };
    for row in rows {
        match logged(row) {
            Some(event) => stretch.events.push(event),
            None => stretch.unread += 1,
        }
    }
    Ok(stretch)
}

fn logged(row: event::Model) -> Option<Logged> {
    let event = serde_json::json!({ "event_type": row.kind, "data": row.data });
    Some(Logged {
        seq: row.seq,
        topic: Topic::from_column(&row.topic)?,
        at: row.created_at,
        event: serde_json::from_value(event).ok()?,
        scope: Scope {
            unit_ids: serde_json::from_value(row.unit_ids).ok()?,
            user_ids: serde_json::from_value(row.user_ids).ok()?,
        },
    })
}

/// Names this log: a client that knows another epoch starts anew.
pub async fn epoch(store: &Store) -> Result<String> {
    if let Some(row) = setting::Entity::find_by_id("epoch")
        .one(store.reader())
        .await?
    {
        return Ok(row.value);
    }
    let fresh = crate::secret::fresh();
    store
        .write(move |tx| {
            Box::pin(async move {
                let row = setting::ActiveModel {
                    key: Set("epoch".into()),
                    value: Set(fresh),
                };
                setting::Entity::insert(row)
                    .on_conflict_do_nothing_on([setting::Column::Key])
                    .exec_without_returning(tx.db())
                    .await?;
                let row = setting::Entity::find_by_id("epoch").one(tx.db()).await?;
                Ok(row.map(|row| row.value).unwrap_or_default())
            })
        })
        .await
}

/// Forgets some events from before `until`, never the newest, whose number the next one follows; how many.
pub async fn prune(tx: &Tx, until: DateTime<Utc>) -> Result<u64> {
    let old = Condition::all()
        .add(event::Column::CreatedAt.lt(until))
        .add(event::Column::Seq.lt(last(tx.db()).await?));
    prune::some::<event::Entity>(tx, &[event::Column::Seq], old).await
}
