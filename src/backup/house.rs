//! An installation with people and evidence in it.

use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Actor, Clock,
    actor::{Channel, Level},
    audit::seal::seal,
    bell::Bell,
    catalogue::{self, Pack},
    event, lease,
    report::{self, NewFile, NewReport, ReportKind, Source as From},
    task::create::{self, NewTask},
    user::{self, NewUser},
};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;

use crate::{
    backup::{Source, Target, create as back_up, verify},
    config::Config,
    open, schema,
};

/// An installation of its own.
pub struct House {
    pub source: Source,
    pub target: Target,
    pub folder: TempDir,
}

pub fn start() -> DateTime<Utc> {
    "2026-11-22T15:00:00Z".parse().expect("a literal")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told of a database by the environment"
)]
pub fn postgres() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

/// The same test on every database there is; it gets empty houses.
pub async fn each<F: AsyncFn(&dyn Fn() -> Option<String>) -> Result<()>>(test: F) -> Result<()> {
    test(&|| None).await?;
    match postgres() {
        Some(server) => test(&|| Some(server.clone())).await,
        None => Ok(()),
    }
}

impl House {
    /// An empty database with tables; on the server, when one is named.
    pub async fn empty(server: Option<String>, settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = match server {
            Some(server) => database_on(&server).await?,
            None => format!("sqlite://{}/gad.db?mode=rwc", folder.path().display()),
        };
        let data = folder.path().display().to_string();
        let mut variables = vec![
            ("DATABASE_URL", url.as_str()),
            ("GAD_SERVER__DATA_FOLDER", &data),
            // The machine that runs the tests may be busy.
            ("GAD_DATABASE__ACQUIRE_SECONDS", "30"),
        ];
        variables.extend(settings);
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_parts(None, variables)?;
        let store = open::connect(&config, Clock::by_hand(start()), Bell::default()).await?;
        schema::up(&store).await?;
        Ok(Self {
            target: Target::open(&config)?,
            source: Source::new(&config, store)?,
            folder,
        })
    }

    /// People, work, evidence, and a record that is sealed.
    pub async fn inhabited(server: Option<String>, settings: &[(&str, &str)]) -> Result<Self> {
        let house = Self::empty(server, settings).await?;
        let (store, system) = (&house.source.store, Actor::system(Channel::Cli));
        store
            .write(|tx| Box::pin(async move { catalogue::seed(tx, Pack::Police).await }))
            .await?;
        user::create(store, &system, NewUser::named("ana", "Ana", Level::Admin)).await?;
        for n in 0..5 {
            house.work(n).await?;
        }
        let fence = lease::take(
            store,
            "audit".into(),
            "test".into(),
            Duration::from_secs(60),
        );
        seal(store, &fence.await?.context("it is free")?).await?;
        event::epoch(store).await?;
        Ok(house)
    }

    /// A task with a photo.
    pub async fn work(&self, n: u8) -> Result<()> {
        let path = format!("uploads/{}", domain::secret::fresh());
        self.source.files.put(&path, vec![n; 1000]).await?;
        let work = self.source.store.write(move |tx| {
            Box::pin(async move {
                let system = Actor::system(Channel::Cli);
                let new = NewTask {
                    title: "Ronda".into(),
                    kind: "patrullaje".into(),
                    ..NewTask::default()
                };
                let task = create::create(tx, &system, new).await?;
                let photo = NewReport {
                    kind: ReportKind::Photo,
                    file: Some(NewFile {
                        source: From::Stored(path),
                        name: None,
                        mime: "image/jpeg".into(),
                        bytes: Some(1000),
                    }),
                    ..NewReport::text("Foto")
                };
                report::add(tx, &system, task.id, photo).await
            })
        });
        work.await?;
        Ok(())
    }

    pub async fn backup(&self) -> Result<String> {
        Ok(back_up(&self.source, &self.target).await?.name)
    }

    pub async fn good_backup(&self) -> Result<String> {
        let name = self.backup().await?;
        verify(&self.source, &self.target, &name).await?;
        Ok(name)
    }

    pub fn wait(&self, by: TimeDelta) {
        self.source.store.clock().advance(by);
    }

    pub async fn epoch(&self) -> Result<Option<String>> {
        Ok(domain::setting::get(&self.source.store, "epoch").await?)
    }
}

async fn database_on(server: &str) -> Result<String> {
    let name = format!("backup_{}", &domain::secret::fresh()[..12]);
    let admin = sea_orm::Database::connect(server).await?;
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await?;
    admin.close().await?;
    let mut url = reqwest::Url::parse(server)?;
    url.set_path(&name);
    Ok(url.into())
}
