//! Fresh databases, copied from one that was migrated once.

use migration::MigratorTrait;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait};
use tokio::sync::OnceCell;

/// Where a database is; a file goes away with it.
pub struct Database {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told of a database by the environment"
)]
pub fn postgres_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

impl Database {
    pub async fn sqlite() -> Self {
        static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(sqlite_template).await;
        let new = Self::file();
        std::fs::write(new.path(), template).expect("room for a copy");
        new
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("gad.db");
        Self {
            url: format!("sqlite://{}?mode=rwc", file.display()),
            _folder: Some(folder),
        }
    }

    fn path(&self) -> &str {
        let path = self.url.trim_start_matches("sqlite://");
        path.trim_end_matches("?mode=rwc")
    }

    /// A file that holds what this one holds now.
    pub async fn copy_of(open: &DatabaseConnection) -> Self {
        let new = Self::file();
        let copy = format!("VACUUM INTO '{}'", new.path());
        let copied = open.execute_unprepared(&copy).await;
        copied.expect("room for a copy");
        new
    }

    /// The same of a file that nobody has open.
    pub fn copy(&self) -> Self {
        let new = Self::file();
        std::fs::copy(self.path(), new.path()).expect("room for a copy");
        new
    }

    pub async fn postgres(server: &str) -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(|| postgres_template(server)).await;
        let name = format!("domain_{}", domain::secret::fresh());
        admin(
            server,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        Self {
            url: within(server, &name),
            _folder: None,
        }
    }
}

async fn sqlite_template() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("template.db");
    fill(&format!("sqlite://{}?mode=rwc", file.display())).await;
    std::fs::read(&file).expect("the template was written")
}

async fn postgres_template(server: &str) -> String {
    let name = format!("template_{}", domain::secret::fresh());
    admin(server, &format!("CREATE DATABASE {name}")).await;
    fill(&within(server, &name)).await;
    name
}

async fn admin(server: &str, statement: &str) {
    let db = sea_orm::Database::connect(server)
        .await
        .expect("the test server answers");
    db.execute_unprepared(statement)
        .await
        .expect("a superuser's statement");
    db.close().await.expect("it was open");
}

fn within(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{base}/{name}")
}

async fn fill(url: &str) {
    let db = sea_orm::Database::connect(url)
        .await
        .expect("the database opens");
    migration::Migrator::up(&db, None)
        .await
        .expect("the schema");
    seed(&db).await;
    db.close().await.expect("it was open");
}

async fn seed(db: &DatabaseConnection) {
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
        created_at: Set(super::start()),
        ..Default::default()
    };
    entity::unit::Entity::insert(unit)
        .exec(db)
        .await
        .expect("a unit");
}
