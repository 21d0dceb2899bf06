//! Being there, and handing over.

use chrono::TimeDelta;
use domain::{
    Refusal,
    actor::Level,
    availability::Availability,
    error::Thing,
    outbox::Notice,
    shift::{self, ShiftStatus},
};

use super::{at, end, heard, id, planned, present, seq, told, until};
use crate::support::{World, each, refusal};

#[tokio::test]
async fn presence_is_said_around_the_start_and_later_by_a_supervisor() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let (first, second) = (
            planned(&world, &boss, &ana, 4, 12).await,
            planned(&world, &boss, &eva, 4, 12).await,
        );
        let early = Refusal::NotNow {
            from: at(4) - TimeDelta::minutes(30),
            until: None,
        };
        assert_eq!(refusal(present(&world, &ana, first.id).await), early);
        until(&world, 4).await;
        assert_eq!(
            told(&world, 2).await,
            [Notice::ShiftStarted { shift_id: first.id }]
        );
        let there = present(&world, &ana, first.id).await.expect("there");
        assert_eq!((there.present_at, there.present_by), (Some(at(4)), None));
        assert_eq!(there.status, ShiftStatus::Active);
        until(&world, 6).await;
        let again = present(&world, &ana, first.id).await.expect("nothing new");
        assert_eq!(again.present_at, Some(at(4)));

        let late = Refusal::NotNow {
            from: at(4) - TimeDelta::minutes(30),
            until: Some(at(5)),
        };
        assert_eq!(refusal(present(&world, &eva, second.id).await), late);
        let no = refusal(present(&world, &ana, second.id).await);
        assert_eq!(
            no,
            Refusal::missing(Thing::Shift),
            "nobody speaks for a colleague"
        );
        let there = present(&world, &boss, second.id).await.expect("there");
        assert_eq!(there.present_by, boss.user_id);
        until(&world, 12).await;
        let over = Refusal::Settled { what: Thing::Shift };
        assert_eq!(refusal(end(&world, &ana, first.id, None).await), over);
    })
    .await;
}

#[tokio::test]
async fn a_note_reaches_those_on_duty_and_the_next_shift_of_the_unit() {
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
        let next = planned(&world, &boss, &eva, 8, 16).await;
        let elsewhere = planned(&world, &root, &leo, 8, 16).await;
        let soon = refusal(end(&world, &ana, first.id, Some("Nada")).await);
        assert!(matches!(soon, Refusal::NotNow { .. }), "{soon:?}");
        until(&world, 8).await;
        let before = seq(&world).await;
        let note = "Llaves en la guardia";
        let ended = end(&world, &ana, first.id, Some(note))
            .await
            .expect("ended");
        assert_eq!(
            (ended.status, ended.ended_at),
            (ShiftStatus::Ended, Some(at(8)))
        );
        assert_eq!(
            heard(&world, id(&ana), before).await,
            [Availability::OffShift]
        );
        let handed = Notice::HandOver { shift_id: first.id };
        assert!(told(&world, 3).await.contains(&handed));
        assert!(!told(&world, 4).await.contains(&handed));
        let notes = shift::notes_for(&world.store, &eva, next.id)
            .await
            .expect("hers");
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].text.as_deref(), Some(note));
        let none = shift::notes_for(&world.store, &leo, elsewhere.id).await;
        assert!(none.expect("his").is_empty());
        until(&world, 9).await;
        assert_eq!(
            heard(&world, id(&ana), before).await,
            [Availability::OffShift],
            "the planned end is no event any more"
        );
    })
    .await;
}

#[tokio::test]
async fn a_note_reaches_who_is_there_before_his_own_start() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva, leo) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
            world.person("Leo", Level::Agent, 4).await,
        );
        let first = planned(&world, &boss, &ana, 1, 9).await;
        let next = planned(&world, &boss, &eva, 9, 17).await;
        planned(&world, &boss, &leo, 9, 17).await;
        until(&world, 8).await;
        world.wait(TimeDelta::minutes(45));
        present(&world, &eva, next.id).await.expect("early");
        end(&world, &ana, first.id, Some("Llaves en la guardia"))
            .await
            .expect("ended");
        let handed = Notice::HandOver { shift_id: first.id };
        assert!(told(&world, 3).await.contains(&handed));
        assert!(!told(&world, 4).await.contains(&handed), "he is not there");
        until(&world, 9).await;
        let told = told(&world, 4).await;
        assert!(
            matches!(told[..], [Notice::ShiftStarted { .. }]),
            "he learns it with the start of his shift: {told:?}"
        );
    })
    .await;
}
