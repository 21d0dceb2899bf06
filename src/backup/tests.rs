//! The restore drill, and what a backup must survive, on both databases and on a bucket.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use domain::{
    Clock, attachment,
    bell::Bell,
    timer::{self, Due},
};
use objects::Objects;
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;

use super::{
    Source, census, daily,
    house::{House, each, postgres, start},
    last,
    manifest::{database_path, manifest_path},
    prune, restore, verify,
};
use crate::open;

/// What the drill may take with a few rows; with all those of a city it is thirty minutes.
const DRILL: Duration = Duration::from_secs(60);

fn message<T>(outcome: Result<T>) -> String {
    match outcome {
        Ok(_) => String::new(),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn what_was_backed_up_comes_back_in_another_house() -> Result<()> {
    each(async |server| {
        let old = House::inhabited(server(), &[]).await?;
        let name = old.good_backup().await?;
        // What comes later is not part of it.
        old.work(9).await?;
        let place = old.folder.path().join("backups");
        let new = House::empty(
            server(),
            &[("GAD_BACKUP__TARGET", &place.display().to_string())],
        )
        .await?;
        let begun = Instant::now();
        let manifest = restore(&new.source, &new.target, &name, false).await?;
        assert!(begun.elapsed() < DRILL, "{:?}", begun.elapsed());
        assert_eq!(manifest.census.counts["tasks"], 5);
        assert_eq!(manifest.files.len(), 5);
        let again =
            open::connect(&new.source.config, Clock::by_hand(start()), Bell::default()).await?;
        let new = Source::new(&new.source.config, again)?;
        for path in attachment::stored_paths(&new.store).await? {
            let bytes = new.files.get(&path).await?.context("the evidence")?;
            assert_eq!(Some(bytes), old.source.files.get(&path).await?);
        }
        let renewed = domain::setting::get(&new.store, "epoch").await?;
        assert!(renewed.is_some() && renewed != old.epoch().await?);
        Ok(())
    })
    .await
}

/// The main database has more in it than our tables: an extension, and a column that it computes.
#[tokio::test]
async fn what_postgis_indexes_comes_back_too() -> Result<()> {
    const SEEN: &str = "
        INSERT INTO agents (name, active, version, created_at, updated_at)
        VALUES ('Bruno', TRUE, 1, now(), now());
        INSERT INTO last_positions (agent_id, lat, lon, source, recorded_at)
        SELECT id, -34.6, -58.4, 'live', now() FROM agents WHERE name = 'Bruno'";
    const INDEXED: &str = "SELECT count(*) AS n FROM last_positions, pg_indexes
        WHERE geog IS NOT NULL AND indexname = 'ix_last_positions_geog'";
    let Some(server) = postgres() else {
        return Ok(());
    };
    let house = House::inhabited(Some(server), &[]).await?;
    let db = house.source.store.writer();
    db.execute_unprepared(SEEN).await?;
    let name = house.good_backup().await?;
    restore(&house.source, &house.target, &name, true).await?;
    let clock = Clock::by_hand(start());
    let again = open::connect(&house.source.config, clock, Bell::default()).await?;
    assert!(again.has_postgis());
    let row = census::one(again.writer(), INDEXED).await?;
    let indexed: i64 = row.context("a count")?.try_get("", "n")?;
    assert_eq!(indexed, 1);
    Ok(())
}

#[tokio::test]
async fn an_inhabited_database_is_replaced_only_by_force() -> Result<()> {
    each(async |server| {
        let house = House::inhabited(server(), &[]).await?;
        let name = house.good_backup().await?;
        house.work(9).await?;
        let refused = message(restore(&house.source, &house.target, &name, false).await);
        assert!(refused.contains("--force"), "{refused}");
        assert_eq!(
            attachment::stored_paths(&house.source.store).await?.len(),
            6
        );
        restore(&house.source, &house.target, &name, true).await?;
        let again = open::connect(
            &house.source.config,
            Clock::by_hand(start()),
            Bell::default(),
        )
        .await?;
        assert_eq!(attachment::stored_paths(&again).await?.len(), 5);
        Ok(())
    })
    .await
}

/// Changes one byte in the middle of a file.
fn damage(file: &Path) -> Result<()> {
    let mut bytes = std::fs::read(file)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    Ok(std::fs::write(file, bytes)?)
}

#[tokio::test]
async fn damage_is_found_wherever_it_is() -> Result<()> {
    each(async |server| {
        let house = House::inhabited(server(), &[]).await?;
        let name = house.backup().await?;
        let manifest = house.target.manifest(&name).await?;
        let place = |path: &str| house.folder.path().join("backups").join(path);
        let database = database_path(&name, manifest.engine);
        for (path, said) in [
            (&database, "is not what it was"),
            (&manifest.files[2].path, "is not what it was"),
        ] {
            damage(&place(path))?;
            let found = message(verify(&house.source, &house.target, &name).await);
            assert!(
                found.contains(said) && found.contains(path.as_str()),
                "{path}: {found}"
            );
            damage(&place(path))?;
        }
        let mut lying = manifest.clone();
        lying.census.counts.insert("tasks".into(), 6);
        house.target.complete(&lying).await?;
        let found = message(verify(&house.source, &house.target, &name).await);
        assert!(found.contains("tasks: 5 instead of 6"), "{found}");
        assert!(!house.target.is_verified(&name).await?);
        house.target.complete(&manifest).await?;
        verify(&house.source, &house.target, &name).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_record_that_was_tampered_with_before_the_backup_is_found() -> Result<()> {
    each(async |server| {
        let house = House::inhabited(server(), &[]).await?;
        let forged = "UPDATE audit SET action = 'nothing' WHERE number = 2";
        house
            .source
            .store
            .writer()
            .execute_unprepared(forged)
            .await?;
        let name = house.backup().await?;
        let found = message(verify(&house.source, &house.target, &name).await);
        assert!(found.contains("broken"), "{found}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn old_ones_go_but_never_the_newest_good_one() -> Result<()> {
    let house = House::inhabited(None, &[]).await?;
    let first = house.good_backup().await?;
    house.wait(TimeDelta::days(10));
    house.work(7).await?;
    let good = house.good_backup().await?;
    house.wait(TimeDelta::days(40));
    let untried = house.backup().await?;
    assert_eq!(prune(&house.source, &house.target).await?, 1);
    assert_eq!(house.target.names().await?, [good.clone(), untried.clone()]);
    assert!(!house.target.has(&manifest_path(&first)).await?);
    verify(&house.source, &house.target, &good).await?;
    verify(&house.source, &house.target, &untried).await?;
    assert_eq!(prune(&house.source, &house.target).await?, 1);
    assert_eq!(house.target.names().await?, [untried]);
    Ok(())
}

#[tokio::test]
async fn they_are_kept_for_thirty_days() -> Result<()> {
    each(async |server| {
        let house = House::inhabited(server(), &[]).await?;
        let mut made = Vec::new();
        // In the end they are 31, 30 and 29 days old.
        for days in [0, 1, 1] {
            house.wait(TimeDelta::days(days));
            made.push(house.backup().await?);
        }
        house.wait(TimeDelta::days(29));
        made.push(house.good_backup().await?);
        assert_eq!(prune(&house.source, &house.target).await?, 1);
        assert_eq!(house.target.names().await?, &made[1..]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn missing_programs_are_told_with_the_cure() -> Result<()> {
    let Some(server) = postgres() else {
        return Ok(());
    };
    let nothing = tempfile::tempdir()?;
    let programs = nothing.path().display().to_string();
    let house = House::inhabited(Some(server), &[("GAD_BACKUP__PROGRAMS", &programs)]).await?;
    let told = message(house.backup().await);
    assert!(told.contains("GAD_BACKUP__PROGRAMS"), "{told}");
    // A program of long ago.
    for name in ["pg_dump", "pg_restore"] {
        use std::os::unix::fs::PermissionsExt;
        let path = nothing.path().join(name);
        std::fs::write(
            &path,
            format!("#!/bin/sh\necho '{name} (PostgreSQL) 9.6.1'\n"),
        )?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    }
    let told = message(house.backup().await);
    assert!(
        told.contains("version 9") && told.contains("postgresql-client-"),
        "{told}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_one_makes_the_backup_of_the_night() -> Result<()> {
    each(async |server| {
        let house = House::inhabited(server(), &[]).await?;
        let store = &house.source.store;
        daily::schedule(store, true).await?;
        house.wait(TimeDelta::hours(12));
        let claims = timer::claim(store, 10).await?;
        let night = claims.iter().find(|claim| claim.due == Due::Backup);
        let night = night.context("the night is over")?;
        let stop = CancellationToken::new();
        let other =
            open::connect(&house.source.config, store.clock().clone(), Bell::default()).await?;
        let other = Source {
            store: other,
            ..house.source.clone()
        };
        for source in [house.source.clone(), other] {
            let nights = daily::Nights::new(source, stop.clone());
            nights.begin(night);
            nights.begin(night);
        }
        let deadline = tokio::time::Instant::now() + Duration::from_secs(120);
        while timer::is_waiting(store, night.id).await? {
            ensure!(
                tokio::time::Instant::now() < deadline,
                "the backup is not made"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(last(store).await?, Some(store.now()));
        let next = timer::next(store).await?;
        assert_eq!(next, Some("2026-11-24T02:00:00Z".parse()?));
        assert_eq!(house.target.names().await?.len(), 1);
        assert!(house.target.is_verified("2026-11-23T030000Z").await?);
        // Whoever waited for the lease finds nothing left to do.
        let after = daily::make(&house.source, &house.target).await?;
        assert_eq!(house.target.names().await?, [after.name]);
        stop.cancel();
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_bucket_is_as_good_as_a_folder() -> Result<()> {
    each(async |server| {
        let bucket = Objects::serve("safe").await?;
        let settings = [
            ("GAD_BACKUP__TARGET", "s3://safe/gad"),
            ("GAD_BACKUP__S3_ENDPOINT", bucket.endpoint.as_str()),
            ("GAD_BACKUP__S3_ACCESS_KEY", objects::KEY),
            ("GAD_BACKUP__S3_SECRET_KEY", objects::SECRET),
        ];
        let house = House::inhabited(server(), &settings).await?;
        let first = house.good_backup().await?;
        let database = format!("gad/{}", database_path(&first, house.source.engine()));
        assert!(bucket.has(&format!("gad/{}", manifest_path(&first))));
        assert!(bucket.has(&database));
        house.wait(TimeDelta::days(31));
        house.work(9).await?;
        let second = house.good_backup().await?;
        assert_eq!(prune(&house.source, &house.target).await?, 1);
        assert_eq!(house.target.names().await?, std::slice::from_ref(&second));
        assert!(!bucket.has(&database));
        house.work(10).await?;
        let restored = restore(&house.source, &house.target, &second, true).await?;
        assert_eq!(restored.files.len(), 6);
        let clock = Clock::by_hand(start());
        let again = open::connect(&house.source.config, clock, Bell::default()).await?;
        assert_eq!(attachment::stored_paths(&again).await?.len(), 6);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn evidence_that_no_backup_names_any_more_goes() -> Result<()> {
    let house = House::inhabited(None, &[]).await?;
    let first = house.good_backup().await?;
    let gone = house.target.manifest(&first).await?.files[0].path.clone();
    let forget = "DELETE FROM attachments WHERE id = (SELECT min(id) FROM attachments)";
    house
        .source
        .store
        .writer()
        .execute_unprepared(forget)
        .await?;
    house.wait(TimeDelta::days(31));
    let second = house.good_backup().await?;
    prune(&house.source, &house.target).await?;
    assert!(!house.target.has(&gone).await?);
    verify(&house.source, &house.target, &second).await?;
    Ok(())
}
