//! In a rolling restart a newer release writes what this one has no words for: that row is left to it, and nobody else
//! waits behind it.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level, Permission},
    audit::{list, seal, verify::verify},
    broadcast::{self, BroadcastFilter, NewBroadcast},
    event::{self, Event, Scope},
    lease,
    outbox::{self, Lane, Message},
    page::Window,
    report::{self, NewReport},
    task::{life::Step, timeline},
    timer::{self, Due},
    user,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend};
use serde_json::json;

use crate::support::{World, each};

/// Changes rows as a newer release would, whose migration lets the column hold more words.
async fn newer(world: &World, widened: &str, statement: &str) {
    let writer = world.store.writer();
    let widen = match writer.get_database_backend() {
        DbBackend::Sqlite => "PRAGMA ignore_check_constraints = ON",
        _ => widened,
    };
    writer.execute_unprepared(widen).await.expect("widened");
    let done = writer.execute_unprepared(statement).await;
    assert_eq!(done.expect("a statement").rows_affected(), 1, "{statement}");
}

/// Facts that this release knows.
async fn happen(world: &World, count: i64) {
    let write = world.store.write(move |tx| {
        Box::pin(async move {
            for agent_id in 0..count {
                tx.log(Event::AgentPositionChanged { agent_id }, &Scope::default());
            }
            Ok(())
        })
    });
    write.await.expect("they are written");
}

#[tokio::test]
async fn an_event_of_a_newer_release_is_passed_over_and_its_number_is_not() {
    for strange in [
        "kind = 'of_tomorrow'",
        "topic = 'of_tomorrow'",
        "data = '{\"agent\":\"Ana\"}'",
        "unit_ids = '{\"all\":true}'",
    ] {
        each(async |world: World| {
            happen(&world, 5).await;
            for seq in [3, 5] {
                let statement = format!("UPDATE events SET {strange} WHERE seq = {seq}");
                newer(&world, "SELECT 1", &statement).await;
            }
            let read = event::since(&world.store, 0, 100).await.expect("read");
            let seqs: Vec<i64> = read.events.iter().map(|fact| fact.seq).collect();
            assert_eq!((seqs, read.until, read.unread), (vec![1, 2, 4], Some(5), 2));
            let only = event::since(&world.store, 4, 100).await.expect("read");
            assert_eq!((only.events.len(), only.until), (0, Some(5)));
            let end = event::since(&world.store, 5, 100).await.expect("read");
            assert_eq!((end.until, end.unread), (None, 0));
        })
        .await;
    }
}

#[tokio::test]
async fn a_timer_that_cannot_be_read_holds_nobody_up() {
    each(async |world: World| {
        let now = world.store.now();
        let strange = entity::timer::ActiveModel {
            kind: Set("remind".into()),
            subject: Set("1:of_tomorrow".into()),
            data: Set(
                json!({ "kind": "remind", "task_id": 1, "what": "of_tomorrow", "again": false }),
            ),
            due_at: Set(now - TimeDelta::hours(1)),
            status: Set(entity::timer::TimerStatus::Waiting),
            tries: Set(0),
            created_at: Set(now),
            ..Default::default()
        };
        let strange = world.insert(strange).await;
        let set = world.store.write(|tx| {
            Box::pin(async move {
                let now = tx.now();
                timer::set(tx, &Due::Figures, now).await
            })
        });
        set.await.expect("set");
        let taken = timer::claim(&world.store, 10).await.expect("claimed");
        let dues: Vec<&Due> = taken.iter().map(|claim| &claim.due).collect();
        assert_eq!(dues, [&Due::Figures]);
        // The worker does not turn in circles over it.
        let next = timer::next(&world.store).await.expect("an answer");
        assert_eq!(next, None);
        world.wait(TimeDelta::seconds(3));
        let next = timer::next(&world.store).await.expect("an answer");
        assert_eq!(next, Some(strange.due_at), "a newer instance can take it");
        let rows = world.all::<entity::timer::Entity>().await;
        let left = rows.iter().find(|row| row.id == strange.id);
        let left = left.expect("still there");
        let waits = entity::timer::TimerStatus::Waiting;
        assert_eq!((left.status, left.tries), (waits, 0));
    })
    .await;
}

#[tokio::test]
async fn a_lane_of_a_newer_release_stops_no_sender() {
    const WIDENED: &str = "ALTER TABLE outbox DROP CONSTRAINT outbox_lane_check";
    each(async |world: World| {
        let push = world.store.write(|tx| {
            Box::pin(async move {
                let messages = [7, 8].map(|chat| Message::reply(chat, None, json!("hola")));
                outbox::push(tx, messages.into()).await
            })
        });
        push.await.expect("stored");
        let lane = "UPDATE outbox SET lane = 'of_tomorrow' WHERE chat_id = 7";
        newer(&world, WIDENED, lane).await;
        let span = Duration::from_secs(15);
        let fence = lease::take(&world.store, "send:1".into(), "a".into(), span).await;
        let fence = fence.expect("leases can be asked for").expect("free");
        let legacy = outbox::take_over(&world.store, fence.clone()).await;
        assert!(legacy.expect("taken over").under_way.is_empty());
        let depth = outbox::depth(&world.store).await.expect("a depth");
        assert_eq!((depth[0].lane, depth[0].waiting), (Lane::Answer, 1));
        let taken = outbox::claim(&world.store, fence.clone(), 10, Vec::new()).await;
        let chats: Vec<i64> = taken
            .expect("claimed")
            .iter()
            .map(|one| one.chat_id)
            .collect();
        assert_eq!(chats, [8]);
        // The other one is no reason to look again and again.
        let rest = outbox::claim(&world.store, fence, 10, Vec::new()).await;
        assert!(rest.expect("claimed").is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_record_shows_and_seals_a_door_of_a_newer_release() {
    const WIDENED: &str = "ALTER TABLE audit DROP CONSTRAINT audit_channel_check";
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        world.patrol(&boss, &[]).await;
        world.patrol(&boss, &[]).await;
        let door =
            "UPDATE audit SET channel = 'of_tomorrow' WHERE id = (SELECT max(id) FROM audit)";
        newer(&world, WIDENED, door).await;
        let auditor = Actor {
            permissions: vec![Permission::Audit],
            ..boss.clone()
        };
        let filter = list::Filter::default();
        let page = list::list(&world.store, &auditor, filter, Window::default()).await;
        let items = page.expect("a page").items;
        assert!(items.len() > 1, "{items:?}");
        let doors: Vec<&str> = items.iter().map(|entry| entry.channel.as_str()).collect();
        assert_eq!(doors[0], "of_tomorrow");
        assert!(!doors[1..].contains(&"of_tomorrow"), "{doors:?}");
        let span = Duration::from_secs(30);
        let fence = lease::take(&world.store, "audit".into(), "one".into(), span).await;
        let fence = fence.expect("leases can be asked for").expect("free");
        let sealed = seal::seal(&world.store, &fence).await.expect("sealed");
        assert_eq!(sealed, items.len() as u64);
        let proof = verify(&world.store, None).await.expect("read");
        assert_eq!((proof.broken, proof.unsealed), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn a_broadcast_to_an_audience_of_a_newer_release_hides_no_other() {
    each(async |world: World| {
        let mut dora = world.person("Dora", Level::Supervisor, 900).await;
        dora.permissions.push(Permission::Broadcast);
        world.person("Ana", Level::Agent, 7).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let by = dora.clone();
            let send = world.store.write(move |tx| {
                Box::pin(async move {
                    let new = NewBroadcast {
                        text: Some("Prueba".into()),
                        ..NewBroadcast::default()
                    };
                    broadcast::send(tx, &by, new).await
                })
            });
            ids.push(send.await.expect("sent"));
        }
        let audience = format!(
            "UPDATE broadcasts SET audience = '{{\"kind\":\"of_tomorrow\"}}' WHERE id = {}",
            ids[1]
        );
        newer(&world, "SELECT 1", &audience).await;
        let filter = BroadcastFilter::default();
        let page = broadcast::list(&world.store, &dora, filter, Window::first(2)).await;
        let page = page.expect("a page");
        let seen: Vec<i64> = page.items.iter().map(|one| one.id).collect();
        assert_eq!(seen, [ids[2]]);
        assert!(page.next_cursor.is_some(), "the list does not end here");
    })
    .await;
}

#[tokio::test]
async fn the_story_of_a_task_goes_on_through_a_door_of_a_newer_release() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&boss, &[&ana]).await;
        let by = ana.clone();
        let report = world.store.write(move |tx| {
            Box::pin(async move { report::add(tx, &by, task.id, NewReport::text("Vidrio")).await })
        });
        report.await.expect("reported");
        let done = world.complete(&ana, task.id, Step::default()).await;
        done.expect("done");
        for (table, which) in [
            ("status_history", "to_status = 'completed'"),
            ("reports", "text = 'Vidrio'"),
        ] {
            let widened = format!("ALTER TABLE {table} DROP CONSTRAINT {table}_channel_check");
            let door = format!("UPDATE {table} SET channel = 'of_tomorrow' WHERE {which}");
            newer(&world, &widened, &door).await;
        }
        let story = timeline::timeline(&world.store, &boss, task.id, Window::default()).await;
        let story = story.expect("told").items;
        let said = story.iter().filter_map(|entry| entry.text.as_deref());
        assert_eq!(
            said.filter(|text| *text == "Vidrio").count(),
            1,
            "{story:?}"
        );
        let again = world.reopen(&ana, task.id, Step::default()).await;
        again.expect("what it was is known");
    })
    .await;
}

#[tokio::test]
async fn an_account_of_a_level_of_a_newer_release_is_the_only_one_that_is_not_known() {
    each(async |world: World| {
        let boss = world.person("Alba", Level::Admin, 1).await;
        let eva = world.person("Eva", Level::Supervisor, 2).await;
        let zoe = world.person("Zoe", Level::Supervisor, 3).await;
        newer(
            &world,
            "SELECT 1",
            "UPDATE users SET level = 9 WHERE name = 'Eva'",
        )
        .await;
        let ids = [&boss, &eva, &zoe].map(|one| one.user_id.expect("an account"));
        let people = Actor::of_users(&world.store, ids.into(), Channel::Api).await;
        let mut known: Vec<i64> = people.expect("read").into_keys().collect();
        known.sort_unstable();
        assert_eq!(known, [ids[0], ids[2]]);
        let (all, window) = (user::Filter::default(), Window::first(2));
        let page = user::list(&world.store, &boss, &all, &window).await;
        let page = page.expect("a page");
        let names: Vec<&str> = page.items.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Alba"]);
        let rest = Window {
            cursor: page.next_cursor,
            ..window
        };
        let rest = user::list(&world.store, &boss, &all, &rest).await;
        let names: Vec<String> = rest
            .expect("a page")
            .items
            .into_iter()
            .map(|one| one.name)
            .collect();
        assert_eq!(names, ["Zoe"]);
    })
    .await;
}
