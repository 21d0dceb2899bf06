//! PostgreSQL without its extensions: nobody is stopped, somebody is told, and it can come later.

use anyhow::{Context, Result};
use it::{Backend, Database, process};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::GAD;

const NOT_THERE: &str = "PostGIS is not there: the nearest are searched without";

#[tokio::test]
async fn without_the_right_to_postgis_gad_works_and_says_so() -> Result<()> {
    let Some(database) = Database::empty(Backend::Postgres).await? else {
        return Ok(());
    };
    let superuser = database.connect().await?;
    let url = plain_owner(&superuser, database.url()).await?;
    let folder = database.folder().display().to_string();
    let variables = [
        ("DATABASE_URL".to_owned(), url),
        ("GAD_SERVER__DATA_FOLDER".to_owned(), folder),
    ];

    let said = gad(&["migrate", "up"], &variables).await?;
    assert!(said.contains("up to date"), "{said}");
    let said = gad(&["doctor"], &variables).await?;
    assert!(said.contains("note PostGIS: not there"), "{said}");
    let said = said_at_start(&variables).await?;
    assert!(said.contains(NOT_THERE), "{said}");

    let create = "CREATE EXTENSION postgis";
    superuser.execute_unprepared(create).await?;
    let said = gad(&["doctor"], &variables).await?;
    assert!(said.contains("note PostGIS: there, but"), "{said}");
    gad(&["migrate", "up"], &variables).await?;
    let said = gad(&["doctor"], &variables).await?;
    assert!(said.contains("ok   PostGIS: there"), "{said}");
    let said = said_at_start(&variables).await?;
    assert!(!said.contains("PostGIS"), "{said}");
    Ok(())
}

#[tokio::test]
async fn the_doctor_tells_when_the_database_does_not_guard_shifts() -> Result<()> {
    let Some(database) = Database::migrated(Backend::Postgres).await? else {
        return Ok(());
    };
    let db = database.connect().await?;
    let folder = database.folder().display().to_string();
    let variables = [
        ("DATABASE_URL".to_owned(), database.url().to_owned()),
        ("GAD_SERVER__DATA_FOLDER".to_owned(), folder),
    ];
    let said = gad(&["doctor"], &variables).await?;
    assert!(said.contains("ok   shift guard"), "{said}");
    for unguard in [
        "ALTER TABLE shifts DROP CONSTRAINT ex_shifts_agent_time",
        "DROP EXTENSION btree_gist",
    ] {
        db.execute_unprepared(unguard).await?;
    }
    let said = gad(&["doctor"], &variables).await?;
    assert!(said.contains("note shift guard: not there"), "{said}");
    gad(&["migrate", "up"], &variables).await?;
    let said = gad(&["doctor"], &variables).await?;
    assert!(said.contains("ok   shift guard"), "{said}");
    Ok(())
}

/// What a server says before it is ready.
async fn said_at_start(variables: &[(String, String)]) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("gad.log");
    let log = tokio::fs::File::create(&path).await?;
    let mut variables = variables.to_vec();
    variables.push(("PORT".into(), "0".into()));
    let server = process::Process::serve_logging(GAD, &variables, log).await?;
    server.kill().await?;
    Ok(std::fs::read_to_string(path)?)
}

/// Gives the database to somebody who may not add extensions; the address to reach it as him.
async fn plain_owner(superuser: &DatabaseConnection, url: &str) -> Result<String> {
    let (base, name) = url.rsplit_once('/').context("a database in the address")?;
    let (_, server) = base.rsplit_once('@').context("a user in the address")?;
    for statement in [
        format!("CREATE ROLE {name}_plain LOGIN PASSWORD 'plain'"),
        format!("ALTER DATABASE {name} OWNER TO {name}_plain"),
    ] {
        superuser.execute_unprepared(&statement).await?;
    }
    Ok(format!("postgres://{name}_plain:plain@{server}/{name}"))
}

async fn gad(arguments: &[&str], variables: &[(String, String)]) -> Result<String> {
    let output = process::output(GAD, arguments, variables).await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(
        output.status.success(),
        "gad {arguments:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said)
}
