//! A disk that says nothing for a while: what was under way may still be kept.

use std::{pin::pin, time::Duration};

use domain::{Error, attachment};
use entity::attachment::{ActiveModel, Entity, FetchState};
use sea_orm::{
    ActiveValue::Set, Database, EntityTrait, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::support::World;

/// How long a commit is held up here; a connection waits longer than that for another's.
const STALL: Duration = Duration::from_millis(400);

#[tokio::test]
async fn a_file_stays_whose_row_is_kept_only_after_the_disk_moves_again() {
    let world = World::sqlite().await;
    let silent = || Error::Away("no answer within 62s".into());
    let lost = attachment::is_left_over(&world.store, "uploads/lost", &silent()).await;
    assert!(lost, "nothing names it");
    let stalled = Database::connect(world.url()).await.expect("it opens");
    let alone = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let commit = stalled.begin_with_options(alone).await.expect("begun");
    let row = ActiveModel {
        path: Set(Some("uploads/late".into())),
        mime: Set("image/jpeg".into()),
        state: Set(FetchState::Stored),
        created_at: Set(world.store.now()),
        ..Default::default()
    };
    Entity::insert(row).exec(&commit).await.expect("a row");
    let error = silent();
    let mut asked = pin!(attachment::is_left_over(
        &world.store,
        "uploads/late",
        &error
    ));
    let early = patience::within(STALL, asked.as_mut()).await;
    assert_eq!(early, None, "nobody can know yet");
    commit.commit().await.expect("kept at last");
    assert!(!asked.await, "a row names it");
    stalled.close().await.expect("it was open");
}
