//! Several calls at once, and very many people.

use chrono::TimeDelta;
use domain::{
    actor::Level,
    emergency::{self, Coming, NewEmergency, OfferState},
    outbox::Notice,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{HERE, here, names};
use crate::support::{World, each};

#[tokio::test]
async fn whoever_comes_to_one_is_not_waited_for_by_the_other() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        let eva = world.person("Eva", Level::Agent, 2).await;
        let people = world.six().await;
        let first = world.sos(&ana, here()).await.id;
        let second = world.sos(&eva, here()).await.id;
        world.cannot(&people[1], second).await.expect("said");
        let said = world.goes(&people[0], first).await.expect("said");
        assert_eq!(said, Coming::Taken);
        let other = world.emergency(second).await;
        assert_eq!(names(&other, OfferState::StoodDown), ["P0"]);
        assert_eq!(names(&other, OfferState::Offered), ["P2"]);
        // Nobody waits for the end of the ring.
        world.run_timers().await;
        let other = world.emergency(second).await;
        assert_eq!(names(&other, OfferState::Offered), ["P2", "P3", "P4", "P5"]);
        assert_eq!(world.emergency(first).await.ring, 0);
    })
    .await;
}

#[tokio::test]
async fn a_word_answers_the_offer_that_came_last() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 9000.0).await;
        let bob = world.standing("Bob", 3, 10.0).await;
        let first = world.sos(&ana, here()).await.id;
        world.wait(TimeDelta::seconds(1));
        let second = world.sos(&eva, here()).await.id;
        let agent_id = bob.agent_id.expect("an agent");
        let newest = async || {
            let asked = emergency::asked_of(&world.store, agent_id).await;
            asked.expect("read").pop().expect("asked").id
        };
        assert_eq!(newest().await, second);
        // The first asks him once more, in the row of the first time.
        entity::emergency_offer::Entity::update_many()
            .col_expr(
                entity::emergency_offer::Column::OfferedAt,
                Expr::value(world.store.now() + TimeDelta::seconds(5)),
            )
            .filter(entity::emergency_offer::Column::EmergencyId.eq(first))
            .exec(world.store.writer())
            .await
            .expect("asked again");
        assert_eq!(newest().await, first);
    })
    .await;
}

#[tokio::test]
async fn a_word_answers_what_rang_last_however_early_it_was_offered() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let eva = world.standing("Eva", 2, 9000.0).await;
        let zoe = world.standing("Zoe", 4, 8000.0).await;
        let bob = world.standing("Bob", 3, 10.0).await;
        let agent_id = bob.agent_id.expect("an agent");
        let newest = async || {
            let asked = emergency::asked_of(&world.store, agent_id).await;
            let asked = asked.expect("read").pop().expect("asked");
            (asked.id, asked.at)
        };
        let first = world.sos(&ana, here()).await.id;
        world.delivers().await;
        world.wait(TimeDelta::seconds(1));
        let second = world.sos(&eva, here()).await.id;
        world.delivers().await;
        assert_eq!(newest().await, (second, world.store.now()));
        world.wait(TimeDelta::seconds(29));
        world.run_timers().await;
        assert_eq!(newest().await.0, second, "it has not rung yet");
        world.delivers().await;
        assert_eq!(newest().await, (first, world.store.now()));
        world.wait(TimeDelta::seconds(1));
        world.run_timers().await;
        world.delivers().await;
        assert_eq!(newest().await, (second, world.store.now()));
        let drill = NewEmergency {
            drill: true,
            ..here()
        };
        world.wait(TimeDelta::seconds(1));
        let drill = world.sos(&zoe, drill).await;
        assert!(names(&drill, OfferState::Offered).contains(&"Bob"));
        world.delivers().await;
        let asked = emergency::asked_of(&world.store, agent_id).await;
        let asked = asked.expect("read");
        let drills: Vec<bool> = asked.iter().map(|one| one.drill).collect();
        assert_eq!(drills, [false, false, true], "that is only practised");
    })
    .await;
}

/// Agents of another unit, all linked and just seen, in few statements.
async fn crowd(world: &World, unit_id: i64, size: i64) {
    let (db, now) = (world.store.writer(), world.store.now());
    let users = (0..size).map(|number| entity::user::ActiveModel {
        id: Set(10_000 + number),
        username: Set(format!("c{number}")),
        name: Set(format!("C{number}")),
        level: Set(Level::Agent as i16),
        permissions: Set(String::new()),
        telegram_id: Set(Some(10_000 + number)),
        active: Set(true),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    });
    let agents = (0..size).map(|number| entity::agent::ActiveModel {
        id: Set(10_000 + number),
        user_id: Set(Some(10_000 + number)),
        name: Set(format!("C{number}")),
        active: Set(true),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    });
    let units = (0..size).map(|number| entity::agent_unit::ActiveModel {
        agent_id: Set(10_000 + number),
        unit_id: Set(unit_id),
    });
    let places = (0..size).map(|number| entity::last_position::ActiveModel {
        agent_id: Set(10_000 + number),
        lat: Set(HERE.lat),
        lon: Set(HERE.lon),
        accuracy_m: Set(None),
        source: Set(domain::position::PositionSource::Pin),
        recorded_at: Set(now),
        refused_at: Set(None),
    });
    let users: Vec<_> = users.collect();
    for some in users.chunks(200) {
        let rows = entity::user::Entity::insert_many(some.to_vec());
        rows.exec_without_returning(db).await.expect("rows");
    }
    let agents: Vec<_> = agents.collect();
    for some in agents.chunks(200) {
        let rows = entity::agent::Entity::insert_many(some.to_vec());
        rows.exec_without_returning(db).await.expect("rows");
    }
    let rows = entity::agent_unit::Entity::insert_many(units.collect::<Vec<_>>());
    rows.exec_without_returning(db).await.expect("rows");
    let rows = entity::last_position::Entity::insert_many(places.collect::<Vec<_>>());
    rows.exec_without_returning(db).await.expect("rows");
}

#[tokio::test]
async fn without_a_place_those_of_the_unit_are_asked_first_however_many_others_there_are() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 1).await;
        let south = world.unit("Sur").await;
        crowd(&world, south, 520).await;
        // The last of them by number is the only one of her unit.
        entity::agent_unit::Entity::update_many()
            .col_expr(
                entity::agent_unit::Column::UnitId,
                Expr::value(world.unit_id),
            )
            .filter(entity::agent_unit::Column::AgentId.eq(10_519))
            .exec(world.store.writer())
            .await
            .expect("moved");
        let none = world.sos(&ana, NewEmergency::default()).await;
        assert_eq!(names(&none, OfferState::Offered)[0], "C519");
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_and_calls_himself_is_told_of_where_he_is_counted_on() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        let first = world.sos(&ana, here()).await.id;
        world.goes(&bob, first).await.expect("he comes");
        let drill = NewEmergency {
            drill: true,
            ..here()
        };
        let heard = async |chat: i64, own_id: i64| {
            let calls = Notice::EmergencyHelperCalls {
                emergency_id: first,
                own_id,
            };
            let told = world.notices(chat).await;
            told.iter().filter(|(_, one)| *one == calls).count()
        };
        let practised = world.sos(&bob, drill).await.id;
        let own = world.sos(&bob, here()).await.id;
        for chat in [1, 90] {
            assert_eq!(heard(chat, own).await, 1, "{chat}");
            assert_eq!(heard(chat, practised).await, 0, "{chat}");
        }
        assert_eq!(heard(2, own).await, 0, "he knows");
    })
    .await;
}
