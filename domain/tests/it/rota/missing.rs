//! Who is not there a quarter of an hour after his shift began, and who hears of it.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Level,
    digest,
    outbox::Notice,
    page::Window,
    reach,
    shift::{self, Missing, ShiftFilter, ShiftPatch},
    timer,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{at, id, planned, present, told, until, write};
use crate::support::{World, each};

async fn with_phone(world: &World, who: &Actor, phone: &str) {
    let row = entity::user::ActiveModel {
        id: Set(who.user_id.expect("an account")),
        phone: Set(Some(phone.into())),
        ..Default::default()
    };
    let changed = entity::user::Entity::update(row).exec(world.store.writer());
    changed.await.expect("a phone");
}

/// How often a chat was told this, in whatever lane.
pub async fn heard(world: &World, chat_id: i64, wanted: &Notice) -> usize {
    let rows = world.all::<entity::outbox::Entity>().await;
    let own = rows.into_iter().filter(|row| row.chat_id == chat_id);
    own.filter(|row| {
        let notice: Notice = serde_json::from_value(row.notice.clone()).expect("a notice");
        notice == *wanted
    })
    .count()
}

#[tokio::test]
async fn whoever_is_missing_is_told_of_once_with_his_phone_and_nobody_on_leave_is() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva, leo) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
            world.person("Leo", Level::Agent, 4).await,
        );
        with_phone(&world, &eva, "+54 9 11 5555-0101").await;
        let first = planned(&world, &boss, &ana, 4, 12).await;
        let second = planned(&world, &boss, &eva, 4, 12).await;
        planned(&world, &boss, &leo, 4, 12).await;
        let away = world.leave(&boss, id(&leo), (at(3), at(24))).await;
        away.expect("approved");
        let unit = Some(world.unit_id);
        let missing = Notice::Missing {
            unit_id: unit,
            at: at(4),
        };
        until(&world, 4).await;
        world.wait(TimeDelta::minutes(1));
        world.run_timers().await;
        let overview = digest::read(&world.store, &boss, unit).await;
        let overview = overview.expect("an overview");
        assert_eq!((overview.on_shift, overview.absent.len()), (2, 2));
        assert!(!overview.absent.contains(&"Leo".to_owned()), "on leave");
        for (chat_id, wanted) in [(3, 1), (4, 0)] {
            let told = told(&world, chat_id).await;
            let asked = told
                .iter()
                .filter(|notice| matches!(notice, Notice::ShiftStarted { .. }));
            assert_eq!(asked.count(), wanted, "whether {chat_id} is there");
        }

        present(&world, &ana, first.id).await.expect("there");
        world.wait(TimeDelta::minutes(14) - TimeDelta::seconds(1));
        world.run_timers().await;
        assert_eq!(heard(&world, 1, &missing).await, 0, "a second too early");
        world.wait(TimeDelta::seconds(1));
        world.run_timers().await;
        assert_eq!(heard(&world, 1, &missing).await, 1);
        let named = shift::missing(&world.store, &boss, unit, at(4)).await;
        let wanted = Missing {
            shift_id: second.id,
            agent_id: id(&eva),
            name: "Eva".into(),
            phone: Some("+54 9 11 5555-0101".into()),
        };
        assert_eq!(named.expect("her"), [wanted]);
        let filter = ShiftFilter {
            missing: true,
            ..ShiftFilter::default()
        };
        let listed = shift::list(&world.store, &boss, filter, Window::first(5)).await;
        let listed: Vec<i64> = listed
            .expect("a page")
            .items
            .iter()
            .map(|one| one.id)
            .collect();
        assert_eq!(listed, [second.id]);
        until(&world, 11).await;
        assert_eq!(heard(&world, 1, &missing).await, 1, "not again");
        assert_eq!(heard(&world, 2, &missing).await, 0);
        present(&world, &boss, second.id).await.expect("late");
        let named = shift::missing(&world.store, &boss, unit, at(4)).await;
        assert!(named.expect("nobody").is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_planned_late_is_told_missing_too_and_nobody_for_his_sake() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva, leo) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
            world.person("Leo", Level::Agent, 4).await,
        );
        let missing = Notice::Missing {
            unit_id: Some(world.unit_id),
            at: at(4),
        };
        let look = async || {
            world.wait(TimeDelta::minutes(15));
            world.run_timers().await;
            heard(&world, 1, &missing).await
        };
        planned(&world, &boss, &ana, 4, 12).await;
        until(&world, 4).await;
        assert_eq!(look().await, 1);
        world.wait(TimeDelta::minutes(5));
        planned(&world, &boss, &eva, 4, 12).await;
        assert_eq!(look().await, 2, "Eva, for the first time");
        world.wait(TimeDelta::minutes(5));
        let third = planned(&world, &boss, &leo, 4, 12).await;
        present(&world, &leo, third.id).await.expect("there");
        assert_eq!(look().await, 2, "Ana and Eva were told of");
    })
    .await;
}

#[tokio::test]
async fn an_admin_hears_of_the_unit_he_belongs_to_and_of_one_that_nobody_leads() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 1).await;
        let far = world.unit("Sur").await;
        let leo = world.member("Leo", Level::Agent, Some(4), far).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let root = world.person("Root", Level::Admin, 9).await;
        let other = world.unit("Lejos").await;
        world.member("Alba", Level::Admin, Some(8), other).await;
        planned(&world, &root, &leo, 4, 12).await;
        planned(&world, &root, &ana, 4, 12).await;
        until(&world, 5).await;
        let of = |unit_id| {
            let missing = Notice::Missing { unit_id, at: at(4) };
            (Notice::Digest { unit_id }, missing)
        };
        let near = of(Some(world.unit_id));
        let left = of(Some(far));
        for (chat, near_heard, left_heard) in [(1, 1, 0), (9, 1, 1), (8, 0, 1)] {
            for (notice, wanted) in [
                (&near.0, near_heard),
                (&near.1, near_heard),
                (&left.0, left_heard),
                (&left.1, left_heard),
            ] {
                let heard = heard(&world, chat, notice).await;
                assert_eq!(heard, wanted, "{chat}: {notice:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_admins_hear_of_a_unit_whose_supervisor_blocked_the_bot() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let other = world.unit("Lejos").await;
        let alba = world.member("Alba", Level::Admin, Some(8), other).await;
        planned(&world, &alba, &ana, 4, 12).await;
        let lost = world.store.write(|tx| Box::pin(reach::lost(tx, 1)));
        lost.await.expect("blocked");
        until(&world, 5).await;
        let unit_id = Some(world.unit_id);
        let missing = Notice::Missing { unit_id, at: at(4) };
        for notice in [Notice::Digest { unit_id }, missing] {
            assert_eq!(heard(&world, 8, &notice).await, 1, "{notice:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_moved_to_a_start_that_was_looked_at_is_told_missing_once() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        let missing = Notice::Missing {
            unit_id: Some(world.unit_id),
            at: at(4),
        };
        planned(&world, &boss, &ana, 4, 12).await;
        let later = planned(&world, &boss, &eva, 8, 12).await;
        until(&world, 4).await;
        let look = async || {
            world.wait(TimeDelta::minutes(15));
            world.run_timers().await;
            heard(&world, 1, &missing).await
        };
        assert_eq!(look().await, 1, "Ana");
        world.wait(TimeDelta::minutes(5));
        let (later, patch) = (later.id, earlier());
        let moved = write!(world, boss, |tx, boss| shift::edit(tx, &boss, later, patch));
        moved.expect("moved");
        assert_eq!(look().await, 2, "Eva, for her new start");
        assert_eq!(look().await, 2, "and not again");
    })
    .await;
}

fn earlier() -> ShiftPatch {
    ShiftPatch {
        starts_at: Some(at(4)),
        ..ShiftPatch::default()
    }
}

/// Somebody in command who has shifts of his own, and so is off duty outside of them.
async fn on_shift(world: &World, who: &Actor, root: &Actor, hours: (i64, i64)) -> Actor {
    let user_id = who.user_id.expect("an account");
    world.agent(&who.name, Some(user_id), world.unit_id).await;
    let who = world.actor(user_id).await;
    planned(world, root, &who, hours.0, hours.1).await;
    who
}

#[tokio::test]
async fn while_all_in_charge_are_off_duty_the_admins_hear_who_is_missing() {
    each(async |world: World| {
        let far = world.unit("Lejos").await;
        let root = world.member("Root", Level::Admin, Some(9), far).await;
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        on_shift(&world, &boss, &root, (10, 12)).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        planned(&world, &root, &ana, 4, 12).await;
        until(&world, 11).await;
        let missing = Notice::Missing {
            unit_id: Some(world.unit_id),
            at: at(4),
        };
        assert_eq!(heard(&world, 9, &missing).await, 1);
        assert_eq!(heard(&world, 1, &missing).await, 0, "an admin knows it");
    })
    .await;
}

#[tokio::test]
async fn while_nobody_can_be_told_whoever_comes_on_duty_next_hears_who_is_missing() {
    each(async |world: World| {
        let root = world.person("Root", Level::Admin, 9).await;
        let root = on_shift(&world, &root, &root, (8, 10)).await;
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        on_shift(&world, &boss, &root, (6, 8)).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let shift = planned(&world, &root, &ana, 4, 12).await;
        let missing = Notice::Missing {
            unit_id: Some(world.unit_id),
            at: at(4),
        };
        until(&world, 5).await;
        let heard = async || {
            let chats = [heard(&world, 1, &missing), heard(&world, 9, &missing)];
            futures::future::join_all(chats).await
        };
        assert_eq!(heard().await, [0, 0], "off duty");
        until(&world, 7).await;
        assert_eq!(heard().await, [1, 0], "who came first, once");
        present(&world, &root, shift.id).await.expect("late");
        until(&world, 11).await;
        assert_eq!(heard().await, [1, 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_told_of_is_not_told_of_again_for_others_who_are_there_by_now() {
    each(async |world: World| {
        let root = world.person("Root", Level::Admin, 9).await;
        let root = on_shift(&world, &root, &root, (8, 10)).await;
        world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        planned(&world, &root, &ana, 4, 12).await;
        let missing = Notice::Missing {
            unit_id: Some(world.unit_id),
            at: at(4),
        };
        until(&world, 4).await;
        world.wait(TimeDelta::minutes(15));
        world.run_timers().await;
        assert_eq!(heard(&world, 1, &missing).await, 1, "Ana");
        world.wait(TimeDelta::minutes(5));
        let lost = world.store.write(|tx| Box::pin(reach::lost(tx, 1)));
        lost.await.expect("blocked");
        let late = planned(&world, &root, &eva, 4, 12).await;
        world.wait(TimeDelta::minutes(15));
        world.run_timers().await;
        let waits = timer_waits(&world, "missing").await;
        assert!(waits, "nobody can be told of Eva");
        present(&world, &root, late.id).await.expect("there");
        until(&world, 10).await;
        assert_eq!(heard(&world, 9, &missing).await, 0, "Ana was told of");
    })
    .await;
}

/// Whether a timer of this kind waits.
async fn timer_waits(world: &World, kind: &str) -> bool {
    let timers = world.all::<entity::timer::Entity>().await;
    timers
        .iter()
        .any(|one| one.kind == kind && one.status == entity::timer::TimerStatus::Waiting)
}

#[tokio::test]
async fn admins_hear_of_a_unit_of_nobody_only_while_somebody_serves_in_it() {
    each(async |world: World| {
        let root = world.person("Root", Level::Admin, 9).await;
        world.person("Silva", Level::Supervisor, 1).await;
        let far = world.unit("Sur").await;
        let leo = world.member("Leo", Level::Agent, Some(4), far).await;
        let of_root = entity::unit_member::Column::UserId.eq(root.user_id);
        let apart = entity::unit_member::Entity::delete_many().filter(of_root);
        let apart = apart.exec(world.store.writer()).await;
        apart.expect("he belongs to no unit");
        timer::start(&world.store).await.expect("started");
        let morning = Notice::Digest { unit_id: None };
        until(&world, 21).await;
        assert_eq!(heard(&world, 9, &morning).await, 1, "of Sur");
        let former = entity::agent::ActiveModel {
            id: Set(id(&leo)),
            active: Set(false),
            ..Default::default()
        };
        let former = entity::agent::Entity::update(former).exec(world.store.writer());
        former.await.expect("out of service");
        until(&world, 45).await;
        assert_eq!(heard(&world, 9, &morning).await, 1, "nobody is left there");
        assert_eq!(heard(&world, 1, &morning).await, 2, "every morning");
    })
    .await;
}
