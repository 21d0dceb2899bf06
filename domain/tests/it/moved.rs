//! Whoever belongs to another unit from now on hears it, and so do those who answer for either; what he did stays where it was.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    figures::Period,
    ledger::{self, Wanted},
    outbox::Notice,
    unit::Key,
    user::{self, UserPatch},
};

use sea_orm::{EntityTrait, sea_query::Expr};

use crate::{
    rota::told,
    support::{World, each},
};

async fn moves(world: &World, who: &Actor, unit_id: i64) {
    let patch = UserPatch {
        units: Some(vec![Key::Id(unit_id)]),
        ..UserPatch::default()
    };
    let id = who.user_id.expect("an account");
    let moved = user::patch(&world.store, &Actor::system(Channel::Api), id, patch).await;
    moved.expect("moved");
}

#[tokio::test]
async fn he_and_both_his_supervisors_hear_where_he_belongs_now() {
    each(async |world: World| {
        let (here, far) = (world.unit_id, world.unit("Sur").await);
        let third = world.unit("Oeste").await;
        for (name, chat, unit_id) in [("Silva", 10, here), ("Sosa", 11, far), ("Otto", 12, third)] {
            world
                .member(name, Level::Supervisor, Some(chat), unit_id)
                .await;
        }
        let ana = world.person("Ana", Level::Agent, 1).await;
        for _ in 0..2 {
            moves(&world, &ana, far).await;
        }
        let moved = Notice::Moved {
            agent_id: ana.agent_id.expect("an agent"),
            before: vec![here],
            now: vec![far],
        };
        for (chat, times) in [(1, 1), (10, 1), (11, 1), (12, 0)] {
            let heard = told(&world, chat).await;
            let heard = heard.iter().filter(|one| **one == moved).count();
            assert_eq!(heard, times, "chat {chat}");
        }
    })
    .await;
}

/// Whose shifts stand in the report of this person.
async fn reported(world: &World, who: &Actor) -> Vec<String> {
    let today = world.store.now().date_naive();
    let period = Period {
        from: today,
        until: today,
    };
    let wanted = Wanted {
        period,
        unit_id: None,
    };
    let rows = ledger::shifts(&world.store, who, wanted, None).await;
    let rows = rows.expect("a page").into_iter();
    rows.map(|row| row.agent).collect()
}

#[tokio::test]
async fn a_shift_stays_in_the_report_of_the_unit_for_which_it_was_planned() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 10).await;
        let far = world.unit("Sur").await;
        let sosa = world.member("Sosa", Level::Supervisor, Some(11), far).await;
        let root = world.person("Root", Level::Admin, 20).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let starts_at = world.store.now();
        let hours = (starts_at, starts_at + TimeDelta::hours(2));
        let shift = world
            .shift(&boss, ana.agent_id.expect("an agent"), hours)
            .await;
        shift.expect("planned");
        moves(&world, &ana, far).await;
        for who in [&boss, &root] {
            assert_eq!(reported(&world, who).await, ["Ana"], "{:?}", who.level);
        }
        assert!(reported(&world, &sosa).await.is_empty());

        let nowhere = entity::shift::Entity::update_many()
            .col_expr(entity::shift::Column::UnitId, Expr::value(None::<i64>))
            .exec(world.store.writer());
        nowhere.await.expect("of no unit");
        assert_eq!(reported(&world, &sosa).await, ["Ana"], "of his agent's");
        assert!(reported(&world, &boss).await.is_empty());
    })
    .await;
}
