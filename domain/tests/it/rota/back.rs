//! Whoever takes the rest of his leave back in the middle of a shift is awaited there again.

use chrono::TimeDelta;
use domain::{actor::Level, leave, outbox::Notice, shift};

use super::{at, id, missing::heard, planned, present, until, write};
use crate::support::{World, each};

#[tokio::test]
async fn whoever_takes_his_leave_back_in_a_shift_is_told_missing_once() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        let hers = planned(&world, &boss, &ana, 4, 12).await;
        planned(&world, &boss, &eva, 4, 12).await;
        let away = world.leave(&boss, id(&ana), (at(3), at(24))).await;
        let leave_id = away.expect("approved").id;
        let unit = Some(world.unit_id);
        let missing = Notice::Missing {
            unit_id: unit,
            at: at(4),
        };
        let names = async || -> Vec<String> {
            let named = shift::missing(&world.store, &boss, unit, at(4)).await;
            let named = named.expect("seen").into_iter();
            named.map(|one| one.name).collect()
        };
        until(&world, 6).await;
        assert_eq!(heard(&world, 1, &missing).await, 1, "of Eva");
        assert_eq!(names().await, ["Eva"]);

        let back = write!(world, ana, |tx, ana| leave::cancel(tx, &ana, leave_id));
        back.expect("taken back");
        world.run_timers().await;
        assert_eq!(heard(&world, 1, &missing).await, 1, "she has time to come");
        until(&world, 7).await;
        assert_eq!(heard(&world, 1, &missing).await, 2, "of Ana");
        assert_eq!(names().await, ["Ana", "Eva"]);
        present(&world, &boss, hers.id).await.expect("late");
        until(&world, 11).await;
        assert_eq!(heard(&world, 1, &missing).await, 2, "once");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_his_leave_back_again_is_not_awaited() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        planned(&world, &boss, &ana, 4, 12).await;
        let away = world.leave(&boss, id(&ana), (at(3), at(24))).await;
        let leave_id = away.expect("approved").id;
        let missing = Notice::Missing {
            unit_id: Some(world.unit_id),
            at: at(4),
        };
        until(&world, 6).await;
        let back = write!(world, ana, |tx, ana| leave::cancel(tx, &ana, leave_id));
        back.expect("taken back");
        world.wait(TimeDelta::seconds(30));
        let again = write!(world, ana, |tx, ana| leave::restore(tx, &ana, leave_id));
        again.expect("had back");
        until(&world, 11).await;
        assert_eq!(heard(&world, 1, &missing).await, 0);
    })
    .await;
}
