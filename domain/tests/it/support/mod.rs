//! A store with people in it, and short words for what they do.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    Actor, Clock, Error, Refusal, Result, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    store::Connect,
};
use sea_orm::{ActiveValue::Set, EntityTrait};

mod database;
mod does;
mod measured;
mod sender;

pub use database::{Database, postgres_url};
pub use does::{cancel, create, crew, patrol};
pub use measured::within;
pub use sender::{Sender, Word, refused};

/// A migrated database with one unit and one kind in it, that goes away with it.
pub struct World {
    pub store: Store,
    pub unit_id: i64,
    _database: Database,
}

/// A world on a file that stands still, to begin from again and again.
pub struct Frozen {
    database: Database,
    now: DateTime<Utc>,
    unit_id: i64,
}

impl Frozen {
    /// Another world that goes on from here.
    pub async fn thaw(&self) -> World {
        let database = self.database.copy();
        let rules = Rules::default();
        let store = connect(&database.url, Clock::by_hand(self.now), rules).await;
        World {
            store,
            unit_id: self.unit_id,
            _database: database,
        }
    }
}

/// The moment every test starts at: a Sunday noon in Buenos Aires.
pub fn start() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().expect("a literal")
}

/// The same test on every database there is.
pub async fn each<F: AsyncFn(World)>(test: F) {
    test(World::sqlite().await).await;
    if let Some(url) = postgres_url() {
        test(World::postgres(&url).await).await;
    }
}

/// The rule that stood in the way.
///
/// # Panics
/// When nothing did.
pub fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => *refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

impl World {
    pub async fn sqlite() -> Self {
        Self::open(Database::sqlite().await).await
    }

    pub async fn postgres(server: &str) -> Self {
        Self::open(Database::postgres(server).await).await
    }

    async fn open(database: Database) -> Self {
        let clock = Clock::by_hand(start());
        let store = connect(&database.url, clock, Rules::default()).await;
        let unit = entity::unit::Entity::find()
            .one(store.writer())
            .await
            .expect("the database answers")
            .expect("the template has a unit");
        Self {
            store,
            unit_id: unit.id,
            _database: database,
        }
    }

    /// As it is now; its database must be a file.
    pub async fn freeze(&self) -> Frozen {
        Frozen {
            database: Database::copy_of(self.store.writer()).await,
            now: self.store.now(),
            unit_id: self.unit_id,
        }
    }

    /// Where its database is.
    pub fn url(&self) -> &str {
        &self._database.url
    }

    /// Another process on the same database, with the same clock.
    pub async fn other_process(&self) -> Store {
        let clock = self.store.clock().clone();
        connect(&self._database.url, clock, Rules::default()).await
    }

    /// The same of an installation that goes by the clock of another zone.
    pub async fn process_in(&self, zone: Tz) -> Store {
        let rules = Rules {
            zone,
            ..Rules::default()
        };
        connect(&self._database.url, self.store.clock().clone(), rules).await
    }

    pub fn wait(&self, by: TimeDelta) {
        self.store.clock().advance(by);
    }

    /// An account of a level, linked to Telegram, in the first unit; at level 1 also an agent.
    pub async fn person(&self, name: &str, level: Level, telegram_id: i64) -> Actor {
        self.member(name, level, Some(telegram_id), self.unit_id)
            .await
    }

    /// An account of a level in a unit; at level 1 also an agent.
    pub async fn member(
        &self,
        name: &str,
        level: Level,
        telegram_id: Option<i64>,
        unit_id: i64,
    ) -> Actor {
        let user = entity::user::ActiveModel {
            username: Set(name.to_lowercase()),
            name: Set(name.into()),
            level: Set(level as i16),
            permissions: Set(String::new()),
            telegram_id: Set(telegram_id),
            active: Set(true),
            version: Set(1),
            created_at: Set(start()),
            updated_at: Set(start()),
            ..Default::default()
        };
        let id = self.insert(user).await.id;
        let link = entity::unit_member::ActiveModel {
            unit_id: Set(unit_id),
            user_id: Set(id),
        };
        self.insert(link).await;
        if level == Level::Agent {
            self.agent(name, Some(id), unit_id).await;
        }
        self.actor(id).await
    }

    /// The person behind an account, as he is now.
    pub async fn actor(&self, user_id: i64) -> Actor {
        Actor::of_user(&self.store, user_id, Channel::Bot)
            .await
            .expect("the database answers")
            .expect("the account is there and active")
    }

    pub async fn agent(&self, name: &str, user_id: Option<i64>, unit_id: i64) -> i64 {
        let agent = entity::agent::ActiveModel {
            user_id: Set(user_id),
            name: Set(name.into()),
            active: Set(true),
            version: Set(1),
            created_at: Set(start()),
            updated_at: Set(start()),
            ..Default::default()
        };
        let id = self.insert(agent).await.id;
        self.belongs(id, unit_id).await;
        id
    }

    /// Has an agent belong to another unit as well.
    pub async fn belongs(&self, agent_id: i64, unit_id: i64) {
        let link = entity::agent_unit::ActiveModel {
            agent_id: Set(agent_id),
            unit_id: Set(unit_id),
        };
        self.insert(link).await;
    }

    /// Gives an agent a specialty.
    pub async fn trained(&self, who: &Actor, specialty: &str) {
        let update = entity::agent::ActiveModel {
            id: Set(who.agent_id.expect("an agent")),
            specialty: Set(Some(specialty.into())),
            ..Default::default()
        };
        entity::agent::Entity::update(update)
            .exec(self.store.writer())
            .await
            .expect("a row");
    }

    pub async fn unit(&self, name: &str) -> i64 {
        let unit = entity::unit::ActiveModel {
            name: Set(name.into()),
            created_at: Set(start()),
            ..Default::default()
        };
        self.insert(unit).await.id
    }

    pub async fn insert<A>(&self, row: A) -> <A::Entity as EntityTrait>::Model
    where
        A: sea_orm::ActiveModelTrait,
        <A::Entity as EntityTrait>::Model: sea_orm::IntoActiveModel<A>,
    {
        A::Entity::insert(row)
            .exec_with_returning(self.store.writer())
            .await
            .expect("a row that fits")
    }

    /// Every row of a table, in the order of its key.
    pub async fn all<E: EntityTrait>(&self) -> Vec<E::Model> {
        use sea_orm::{Iterable, PrimaryKeyToColumn, QueryOrder};
        let key = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        key.fold(E::find(), QueryOrder::order_by_asc)
            .all(self.store.writer())
            .await
            .expect("the database answers")
    }
}

async fn connect(url: &str, clock: Clock, rules: Rules) -> Store {
    let connect = Connect {
        connections: 8,
        // The machine that runs the tests may be busy.
        acquire_timeout: std::time::Duration::from_secs(30),
        ..Connect::new(url)
    };
    Store::connect(&connect, clock, Bell::default(), rules)
        .await
        .expect("the database opens")
}
