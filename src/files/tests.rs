//! The store of evidence, in a folder and on a server of S3 that others wrote, with what goes wrong in a night.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::files::{Files, Pieces, check, checked, named};
use futures::TryStreamExt;
use objects::{Fault, KEY, Objects, SECRET};

use super::{Stored, sweep::Sweep};
use crate::{
    backup::house::{House, start},
    config::Config,
};

/// Time for repetitions on a machine that is busy, and for what never comes.
const USUAL: &str = "20";
const SHORT: &str = "1";

/// More than comes in one piece.
const LARGE: usize = 3_000_000;

fn settings(endpoint: &str, secret: &str, patience: &str) -> Vec<(String, String)> {
    [
        ("GAD_FILES__TARGET", "s3://evidence/north"),
        ("GAD_FILES__S3_ENDPOINT", endpoint),
        ("GAD_FILES__S3_ACCESS_KEY", KEY),
        ("GAD_FILES__S3_SECRET_KEY", secret),
        ("GAD_FILES__PATIENCE_SECONDS", patience),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn in_bucket(bucket: &Objects, secret: &str, patience: &str) -> Result<Stored> {
    let settings = settings(&bucket.endpoint, secret, patience);
    Stored::of(&Config::from_parts(None, settings)?)
}

async fn served() -> Result<(Objects, Stored)> {
    let bucket = Objects::serve("evidence").await?;
    let files = in_bucket(&bucket, SECRET, USUAL)?;
    Ok((bucket, files))
}

/// Bytes that are not all the same.
fn film() -> Vec<u8> {
    (0..LARGE).map(|n| (n % 251) as u8).collect()
}

async fn whole(pieces: Pieces) -> Result<Vec<u8>> {
    let pieces: Vec<_> = pieces.try_collect().await?;
    Ok(pieces.concat())
}

#[tokio::test]
async fn what_is_put_is_there_and_nowhere_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (bucket, there) = served().await?;
    for files in [Stored::in_folder(&folder.path().join("files"))?, there] {
        files.put("2026/7/photo.jpg", b"first".to_vec()).await?;
        files.put("2026/7/photo.jpg", b"second".to_vec()).await?;
        assert_eq!(
            files.get("2026/7/photo.jpg").await?.as_deref(),
            Some(b"second".as_slice())
        );
        let part = files.open("2026/7/photo.jpg", Some(1..4)).await?;
        let part = part.context("it is there")?;
        assert_eq!((part.size, whole(part.pieces).await?), (6, b"eco".to_vec()));
        assert!(files.has("2026/7/photo.jpg").await?);
        assert_eq!(files.get("2026/7/other.jpg").await?, None);
        assert!(files.open("2026/7/other.jpg", None).await?.is_none());
        assert!(!files.has("2026/7/other.jpg").await?);
        assert!(files.put("../outside", Vec::new()).await.is_err());
        files.remove("2026/7/photo.jpg").await?;
        files.remove("2026/7/photo.jpg").await?;
        assert_eq!(files.get("2026/7/photo.jpg").await?, None);
    }
    assert!(folder.path().join("files").is_dir());
    assert_eq!(bucket.recover(), 0);
    Ok(())
}

#[tokio::test]
async fn several_instances_see_the_same_and_strangers_nothing() -> Result<()> {
    let (bucket, one) = served().await?;
    one.put("uploads/a", b"photo".to_vec()).await?;
    assert!(bucket.has("north/uploads/a"));
    let other = in_bucket(&bucket, SECRET, USUAL)?;
    assert_eq!(other.get("uploads/a").await?, Some(b"photo".to_vec()));
    let stranger = in_bucket(&bucket, "a guess", USUAL)?;
    assert!(stranger.get("uploads/a").await.is_err());
    assert!(stranger.put("uploads/a", Vec::new()).await.is_err());
    assert_eq!(one.get("uploads/a").await?, Some(b"photo".to_vec()));
    Ok(())
}

#[tokio::test]
async fn a_film_comes_in_pieces_and_any_part_of_it() -> Result<()> {
    let (_bucket, files) = served().await?;
    let film = film();
    files.put("uploads/film", film.clone()).await?;
    let opened = files.open("uploads/film", None).await?;
    let pieces: Vec<_> = opened.context("it is there")?.pieces.try_collect().await?;
    let largest = pieces.iter().map(|piece| piece.len() * 4).max();
    assert!(largest < Some(LARGE), "{largest:?}");
    assert!(pieces.concat() == film);
    let part = files
        .open("uploads/film", Some(1_000_000..1_000_100))
        .await?;
    let part = part.context("it is there")?;
    assert_eq!(part.size, LARGE as u64);
    assert_eq!(whole(part.pieces).await?, film[1_000_000..1_000_100]);
    Ok(())
}

#[tokio::test]
async fn what_passes_is_tried_again() -> Result<()> {
    let (bucket, files) = served().await?;
    let film = film();
    for fault in [Fault::Refused, Fault::Reset] {
        bucket.fail([fault, fault]);
        files.put("uploads/film", film.clone()).await?;
        bucket.fail([fault, fault]);
        assert!(
            files.get("uploads/film").await? == Some(film.clone()),
            "{fault:?}"
        );
        bucket.fail([fault]);
        files.remove("uploads/film").await?;
        assert!(!bucket.has("north/uploads/film"), "{fault:?}");
        assert_eq!(bucket.recover(), 0, "{fault:?}");
    }
    // An answer that ends in the middle goes on where it ended.
    files.put("uploads/film", film.clone()).await?;
    bucket.fail([Fault::Cut, Fault::Cut]);
    assert!(files.get("uploads/film").await? == Some(film));
    assert_eq!(bucket.recover(), 0);
    Ok(())
}

#[tokio::test]
async fn what_does_not_pass_ends_and_says_so() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let files = in_bucket(&bucket, SECRET, SHORT)?;
    files.put("uploads/a", b"photo".to_vec()).await?;
    for fault in [Fault::Refused, Fault::Hung, Fault::Reset] {
        bucket.fail(vec![fault; 100]);
        let begun = Instant::now();
        assert!(
            files.put("uploads/b", b"photo".to_vec()).await.is_err(),
            "{fault:?}"
        );
        assert!(files.get("uploads/a").await.is_err(), "{fault:?}");
        assert!(files.has("uploads/a").await.is_err(), "{fault:?}");
        assert!(files.remove("uploads/a").await.is_err(), "{fault:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{fault:?}");
        assert!(bucket.recover() > 0, "{fault:?}");
    }
    assert_eq!(files.get("uploads/a").await?, Some(b"photo".to_vec()));
    Ok(())
}

#[tokio::test]
async fn a_byte_that_changes_on_the_way_is_noticed_both_ways() -> Result<()> {
    let (bucket, files) = served().await?;
    let film = film();
    let path = named("uploads/film", &film);
    bucket.fail(vec![Fault::SentWrong; 100]);
    let hasty = in_bucket(&bucket, SECRET, SHORT)?;
    assert!(hasty.put(&path, film.clone()).await.is_err());
    assert!(!bucket.has(&format!("north/{path}")));
    assert!(bucket.recover() > 0);
    files.put(&path, film.clone()).await?;
    bucket.fail([Fault::GivenWrong]);
    let given = files.get(&path).await?.context("it is there")?;
    assert!(check(&path, &given).is_err());
    bucket.fail([Fault::GivenWrong]);
    let opened = files.open(&path, None).await?.context("it is there")?;
    assert!(whole(checked(&path, opened.pieces)).await.is_err());
    assert_eq!(bucket.recover(), 0);
    let opened = files.open(&path, None).await?.context("it is there")?;
    assert!(whole(checked(&path, opened.pieces)).await? == film);
    Ok(())
}

/// A house whose evidence lies in a bucket.
async fn house(bucket: &Objects) -> Result<(House, Stored)> {
    let settings = settings(&bucket.endpoint, SECRET, USUAL);
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let house = House::inhabited(None, &settings).await?;
    let files = Stored::of(&house.source.config)?;
    Ok((house, files))
}

fn dated(bucket: &Objects, path: &str, age: TimeDelta) -> Result<()> {
    let file = std::fs::File::options()
        .write(true)
        .open(bucket.path(&format!("north/{path}")))?;
    Ok(file.set_modified(SystemTime::from(start() - age))?)
}

#[tokio::test]
async fn files_that_nothing_names_go_when_no_backup_is_as_old() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let (house, files) = house(&bucket).await?;
    let store = &house.source.store;
    let kept = domain::attachment::stored_paths(store).await?;
    assert_eq!(kept.len(), 5);
    for path in &kept {
        dated(&bucket, path, TimeDelta::days(99))?;
    }
    let strays = [
        "uploads/old",
        "evidence/7/old",
        "uploads/young",
        "elsewhere/old",
    ];
    for path in strays {
        files.put(path, b"stray".to_vec()).await?;
        let age = if path.ends_with("old") { 41 } else { 39 };
        dated(&bucket, path, TimeDelta::days(age))?;
    }
    let sweep = Sweep::new(store.clone(), files.clone());
    assert_eq!(sweep.run().await?, 2);
    for path in kept.iter().map(String::as_str).chain(strays) {
        let stays = path != strays[0] && path != strays[1];
        assert_eq!(files.has(path).await?, stays, "{path}");
    }
    assert_eq!(sweep.run().await?, 0);
    Ok(())
}

#[tokio::test]
async fn nothing_goes_where_another_database_keeps_its_files() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let (one, files) = house(&bucket).await?;
    assert_eq!(
        Sweep::new(one.source.store.clone(), files.clone())
            .run()
            .await?,
        0
    );
    for path in domain::attachment::stored_paths(&one.source.store).await? {
        dated(&bucket, &path, TimeDelta::days(99))?;
    }
    let (other, files) = house(&bucket).await?;
    assert_eq!(
        Sweep::new(other.source.store.clone(), files.clone())
            .run()
            .await?,
        0
    );
    for path in domain::attachment::stored_paths(&one.source.store).await? {
        assert!(files.has(&path).await?, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn the_timer_sweeps_and_comes_again_tomorrow() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let (house, files) = house(&bucket).await?;
    files.put("uploads/old", b"stray".to_vec()).await?;
    dated(&bucket, "uploads/old", TimeDelta::days(41))?;
    let store = &house.source.store;
    domain::timer::start(store).await?;
    house.wait(TimeDelta::minutes(6));
    let claims = domain::timer::claim(store, 50).await?;
    let due = claims
        .iter()
        .find(|claim| claim.due == domain::timer::Due::Sweep);
    let due = due.context("it is due")?;
    Sweep::new(store.clone(), files).begin(due);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while domain::timer::is_waiting(store, due.id).await? {
        anyhow::ensure!(tokio::time::Instant::now() < deadline, "it is not done");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!bucket.has("north/uploads/old"));
    house.wait(TimeDelta::days(1));
    let claims = domain::timer::claim(store, 50).await?;
    let again = |claim: &domain::timer::Claim| claim.due == domain::timer::Due::Sweep;
    assert!(claims.iter().any(again));
    Ok(())
}

#[tokio::test]
async fn a_backup_takes_evidence_out_of_a_bucket_and_puts_it_back() -> Result<()> {
    let bucket = Objects::serve("evidence").await?;
    let (house, files) = house(&bucket).await?;
    let name = house.good_backup().await?;
    let evidence = domain::attachment::stored_paths(&house.source.store).await?;
    for path in &evidence {
        files.remove(path).await?;
    }
    let restored = crate::backup::restore(&house.source, &house.target, &name, true).await?;
    assert_eq!(restored.files.len(), evidence.len());
    for path in &evidence {
        let bytes = files.get(path).await?.with_context(|| path.clone())?;
        assert_eq!(bytes.len(), 1000);
    }
    // The files are still of this database, though its log begins anew.
    let clock = domain::Clock::by_hand(start());
    let store = crate::open::connect(&house.source.config, clock, Default::default()).await?;
    assert!(super::sweep::owns(&store, &files).await?);
    let owner = super::sweep::owner(&files).await?;
    assert_eq!(owner, Some(domain::event::epoch(&store).await?));
    Ok(())
}
