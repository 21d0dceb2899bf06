//! A store with people in it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    Actor, Clock, Rules, Store,
    actor::{Channel, Level},
    bell::Bell,
    store::Connect,
};
use migration::MigratorTrait;
use sea_orm::{ActiveValue::Set, ConnectionTrait, Database, EntityTrait};

/// A migrated database that goes away with it.
pub struct World {
    pub store: Store,
    pub unit_id: i64,
    _folder: Option<Arc<tempfile::TempDir>>,
}

/// The moment every test starts at: a Sunday noon in Buenos Aires.
pub fn start() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().expect("a literal")
}

/// The same test on every database there is.
pub async fn each<F: AsyncFn(World)>(test: F) {
    test(sqlite().await).await;
    if let Some(url) = postgres_url() {
        test(postgres(&url).await).await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told of a database by the environment"
)]
fn postgres_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

async fn sqlite() -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}/gad.db?mode=rwc", folder.path().display());
    world(&url, Some(Arc::new(folder))).await
}

async fn postgres(server: &str) -> World {
    let name = format!("domain_{}", domain::secret::fresh());
    let admin = Database::connect(server)
        .await
        .expect("the test server answers");
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("a fresh database");
    let (base, _) = server.rsplit_once('/').expect("a URL with a database");
    world(&format!("{base}/{name}"), None).await
}

async fn world(url: &str, folder: Option<Arc<tempfile::TempDir>>) -> World {
    let connect = Connect {
        connections: 8,
        ..Connect::new(url)
    };
    let store = Store::connect(
        &connect,
        Clock::by_hand(start()),
        Bell::default(),
        Rules::default(),
    )
    .await
    .expect("the database opens");
    migration::Migrator::up(store.writer(), None)
        .await
        .expect("the schema");
    let unit_id = seed(&store).await;
    World {
        store,
        unit_id,
        _folder: folder,
    }
}

async fn seed(store: &Store) -> i64 {
    let db = store.writer();
    let kind = entity::task_kind::ActiveModel {
        code: Set("patrullaje".into()),
        label: Set("Patrullaje".into()),
        emoji: Set("🚓".into()),
        prefix: Set("PAT".into()),
        priority: Set(2),
        duration_min: Set(60),
        crew: Set(2),
        needs_place: Set(false),
        needs_evidence: Set(false),
        checklist: Set(serde_json::json!([])),
        active: Set(true),
        sort: Set(1),
        ..Default::default()
    };
    entity::task_kind::Entity::insert(kind)
        .exec(db)
        .await
        .expect("a kind");
    let unit = entity::unit::ActiveModel {
        name: Set("Centro".into()),
        created_at: Set(start()),
        ..Default::default()
    };
    entity::unit::Entity::insert(unit)
        .exec(db)
        .await
        .expect("a unit")
        .last_insert_id
}

impl World {
    /// An account of a level, linked to Telegram, in the unit; at level 1 also an agent.
    pub async fn person(&self, name: &str, level: Level, telegram_id: i64) -> Actor {
        let db = self.store.writer();
        let user = entity::user::ActiveModel {
            username: Set(name.to_lowercase()),
            name: Set(name.into()),
            level: Set(level as i16),
            permissions: Set(String::new()),
            telegram_id: Set(Some(telegram_id)),
            active: Set(true),
            version: Set(1),
            created_at: Set(start()),
            updated_at: Set(start()),
            ..Default::default()
        };
        let id = entity::user::Entity::insert(user)
            .exec(db)
            .await
            .expect("a user")
            .last_insert_id;
        let link = entity::unit_member::ActiveModel {
            unit_id: Set(self.unit_id),
            user_id: Set(id),
        };
        entity::unit_member::Entity::insert(link)
            .exec(db)
            .await
            .expect("a membership");
        if level == Level::Agent {
            self.agent(name, Some(id)).await;
        }
        Actor::of_user(&self.store, id, Channel::Bot)
            .await
            .expect("it answers")
            .expect("he is there")
    }

    async fn agent(&self, name: &str, user_id: Option<i64>) {
        let db = self.store.writer();
        let agent = entity::agent::ActiveModel {
            user_id: Set(user_id),
            name: Set(name.into()),
            active: Set(true),
            version: Set(1),
            created_at: Set(start()),
            updated_at: Set(start()),
            ..Default::default()
        };
        let id = entity::agent::Entity::insert(agent)
            .exec(db)
            .await
            .expect("an agent")
            .last_insert_id;
        let link = entity::agent_unit::ActiveModel {
            agent_id: Set(id),
            unit_id: Set(self.unit_id),
        };
        entity::agent_unit::Entity::insert(link)
            .exec(db)
            .await
            .expect("a membership");
    }
}
