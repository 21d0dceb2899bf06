//! A hand-over that was spoken reaches the next shift as it was left.

use domain::{
    Actor,
    actor::Level,
    outbox::Notice,
    report::{NewFile, Source},
    shift::{self, HandOver, NewShift},
};

use super::{id, new_shift, planned, present, told, until, write};
use crate::support::{World, each};

async fn speaks(world: &World, who: &Actor, shift_id: i64) -> Notice {
    let handover = HandOver {
        text: None,
        file: Some(NewFile {
            source: Source::Telegram("voice".into()),
            name: None,
            mime: "audio/ogg".into(),
            bytes: Some(3),
        }),
    };
    let ended = write!(world, who, |tx, who| shift::end(
        tx, &who, shift_id, handover
    ));
    ended.expect("ended");
    Notice::HandOver { shift_id }
}

#[tokio::test]
async fn it_comes_with_the_start_of_the_next_shift_and_only_once() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let far = world.unit("Sur").await;
        let (ana, eva, leo) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
            world.member("Leo", Level::Agent, Some(4), far).await,
        );
        let root = world.person("Root", Level::Admin, 9).await;
        let first = planned(&world, &boss, &ana, 1, 9).await;
        planned(&world, &boss, &eva, 9, 17).await;
        planned(&world, &boss, &eva, 18, 20).await;
        planned(&world, &boss, &ana, 18, 20).await;
        planned(&world, &root, &leo, 9, 17).await;
        until(&world, 8).await;
        let handed = speaks(&world, &ana, first.id).await;
        assert!(!told(&world, 3).await.contains(&handed), "not there yet");
        until(&world, 21).await;
        let count = async |chat| {
            let told = told(&world, chat).await;
            told.iter().filter(|notice| **notice == handed).count()
        };
        assert_eq!(count(3).await, 1, "not with her second shift again");
        assert_eq!(count(2).await, 0, "it is her own");
        assert_eq!(count(4).await, 0, "of another unit");
    })
    .await;
}

#[tokio::test]
async fn who_is_there_early_hears_it_then_and_not_again_at_the_start() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let first = planned(&world, &boss, &ana, 1, 9).await;
        let next = planned(&world, &boss, &eva, 9, 17).await;
        until(&world, 8).await;
        let handed = speaks(&world, &ana, first.id).await;
        world.wait(chrono::TimeDelta::minutes(45));
        present(&world, &eva, next.id).await.expect("early");
        assert!(told(&world, 3).await.contains(&handed));
        until(&world, 10).await;
        let told = told(&world, 3).await;
        let heard = told.iter().filter(|notice| **notice == handed).count();
        assert_eq!(heard, 1, "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn who_was_on_duty_in_another_unit_has_not_heard_it_yet() {
    each(async |world: World| {
        let root = world.person("Root", Level::Admin, 9).await;
        let far = world.unit("Sur").await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        world.belongs(id(&eva), far).await;
        let first = planned(&world, &root, &ana, 1, 9).await;
        let elsewhere = NewShift {
            unit_id: Some(far),
            ..new_shift(&eva, 7, 9)
        };
        let elsewhere = write!(world, root, |tx, root| shift::create(tx, &root, elsewhere));
        elsewhere.expect("planned");
        planned(&world, &root, &eva, 9, 17).await;
        until(&world, 8).await;
        let handed = speaks(&world, &ana, first.id).await;
        assert!(!told(&world, 3).await.contains(&handed), "another unit's");
        until(&world, 10).await;
        assert!(told(&world, 3).await.contains(&handed));
    })
    .await;
}
