//! Who heard it: those who were lost and are back, those of an outage, and what an answer says about being told.

use super::*;

#[tokio::test]
async fn who_was_lost_is_asked_when_he_is_back_and_an_answer_is_never_taken_from_him() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        for chat in [1, 2] {
            world
                .store
                .write(move |tx| Box::pin(async move { reach::lost(tx, chat).await }))
                .await
                .expect("recorded");
        }
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 1);
        assert_eq!(now.counts.of(RecipientState::Unreachable), 1);
        outbox::Entity::delete_many()
            .exec(world.store.writer())
            .await
            .expect("nothing waits");
        world
            .store
            .write(|tx| Box::pin(async move { reach::regained(tx, 2).await }))
            .await
            .expect("recorded");
        assert_eq!(world.rung(id).await, [2]);
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::Queued), 1);
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_only_the_silent_are_asked_again() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        for _ in 0..5 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        world.telegram_takes_but(&[1, 2]).await;
        assert_eq!(world.roll_call(id).await.counts.escalated, 1);
        outbox::Entity::delete_many()
            .exec(world.store.writer())
            .await
            .expect("nothing waits");
        let since = world.store.now() - TimeDelta::minutes(5);
        world.telegram_away(Some(since)).await;
        world.telegram_away(None).await;
        world.run_timers().await;
        assert_eq!(world.rung(id).await, [2]);
        let rows = world.all::<broadcast_recipient::Entity>().await;
        let escalated: Vec<bool> = rows.iter().map(|row| row.escalated_at.is_some()).collect();
        assert_eq!(escalated, [false, true]);
        world
            .replies(&bob, id, Reply::OnTheWay)
            .await
            .expect("said");
        let counts = world.roll_call(id).await.counts;
        assert_eq!((counts.escalated, counts.all()), (0, 2), "he has answered");
    })
    .await;
}

#[tokio::test]
async fn an_answer_expires_unless_somebody_gets_under_way() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let first = NewBroadcast {
            ack: AckMode::First,
            ..words()
        };
        let id = world.sends(&dora, first.clone()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Active, "asked again");
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 0);
        world
            .replies(&ana, id, Reply::OnTheWay)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Acknowledged, "she is coming");
        assert_eq!(world.all::<broadcast_answer::Entity>().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn supervisors_of_that_moment_are_told_of_their_silent_people() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        let marta = world.person("Marta", Level::Supervisor, 50).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&marta, id, Reply::Acknowledged)
            .await
            .expect("said");
        // She came after it left: not hers.
        world.person("Nueva", Level::Supervisor, 51).await;
        for _ in 0..4 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        let told = async |phones| {
            let silent = Notice::BroadcastSilent {
                broadcast_id: id,
                phones,
            };
            world.told(&silent).await
        };
        assert_eq!(told(false).await, [50, 900]);
        assert_eq!(told(true).await, [50, 900], "then the phones");
        let one = broadcast::show(&world.store, id).await.expect("there");
        let silent = broadcast::silent(&world.store, &dora, &one, (0, 10)).await;
        assert_eq!(silent.expect("listed").total, 1);
    })
    .await;
}

#[tokio::test]
async fn an_area_holds_those_who_were_seen_in_it_lately() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for (name, chat, lat, minutes_ago) in [
            ("Ana", 1, -34.6, 29),
            ("Bob", 2, -34.7, 0),
            ("Eva", 3, -34.6, 31),
        ] {
            let one = world.person(name, Level::Agent, chat).await;
            let seen = entity::last_position::ActiveModel {
                agent_id: Set(one.agent_id.expect("an agent")),
                lat: Set(lat),
                lon: Set(-58.4),
                source: Set(entity::position::PositionSource::Pin),
                recorded_at: Set(world.store.now() - TimeDelta::minutes(minutes_ago)),
                ..Default::default()
            };
            entity::last_position::Entity::insert(seen)
                .exec_without_returning(world.store.writer())
                .await
                .expect("a position");
        }
        let corner = |lat, lon| Point { lat, lon };
        let points = vec![
            corner(-34.65, -58.5),
            corner(-34.55, -58.5),
            corner(-34.55, -58.3),
            corner(-34.65, -58.3),
        ];
        let drawn = Audience::Area { points };
        let seen = broadcast::preview(&world.store, &dora, &drawn, None).await;
        assert_eq!(seen.expect("seen").recipients, 1);
        let too_few = Audience::Area {
            points: vec![corner(0.0, 0.0)],
        };
        refusal(broadcast::preview(&world.store, &dora, &too_few, None).await);
    })
    .await;
}

#[tokio::test]
async fn a_word_answers_only_what_was_sent() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let waits = async || {
            let user_id = ana.user_id.expect("an account");
            let found = broadcast::waiting_of(&world.store, user_id).await;
            found.expect("read").map(|(id, _)| id)
        };
        assert_eq!(waits().await, None, "it has not left yet");
        world.telegram_takes().await;
        assert_eq!(waits().await, Some(id));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_quicker_than_the_record_counts_as_sent_too() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::NeedsHelp)
            .await
            .expect("said");
        world.telegram_takes().await;
        let rows = world.all::<broadcast_recipient::Entity>().await;
        assert_eq!(rows[0].state, RecipientState::NeedsHelp);
        assert!(rows[0].sent_at.is_some());
        let user_id = ana.user_id.expect("an account");
        let standing = broadcast::standing(&world.store, id, user_id).await;
        let standing = standing.expect("read").expect("his");
        assert_eq!(
            (standing.reply, standing.open),
            (Some(Reply::NeedsHelp), true)
        );
    })
    .await;
}

#[tokio::test]
async fn closing_names_those_who_never_got_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        world.person("Bob", Level::Agent, 2).await;
        let second = world.sends(&dora, words()).await.expect("sent");
        for id in [id, second] {
            let dora = dora.clone();
            let closed = world.store.write(move |tx| {
                Box::pin(async move { broadcast::close(tx, &dora, id, None).await })
            });
            closed.await.expect("closed");
        }
        world.telegram_takes_but(&[1, 2]).await;
        assert_eq!(world.roll_call(id).await.counts.escalated, 0);
        assert_eq!(world.roll_call(second).await.counts.escalated, 2);
    })
    .await;
}

#[tokio::test]
async fn who_needs_help_is_named_and_the_rest_counted() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let mut people = Vec::new();
        for number in 0..4 {
            let name = format!("P{number}");
            people.push(world.person(&name, Level::Agent, 100 + number).await);
        }
        let id = world.sends(&dora, words()).await.expect("sent");
        let one = broadcast::show(&world.store, id).await.expect("there");
        let named = async |most| {
            let found = broadcast::needing(&world.store, &dora, &one, most).await;
            let found = found.expect("listed");
            (found.names, found.more)
        };
        assert_eq!(named(2).await, (Vec::new(), 0));
        for who in [3, 1, 0] {
            let said = world.replies(&people[who], id, Reply::NeedsHelp).await;
            said.expect("said");
        }
        let all = ["P0", "P1", "P3"].map(str::to_owned).to_vec();
        assert_eq!(named(2).await, (all[..2].to_vec(), 1));
        assert_eq!(named(3).await, (all.clone(), 0));
        // Whoever is fine again is named no more.
        let well = world.replies(&people[0], id, Reply::Acknowledged).await;
        well.expect("said");
        assert_eq!(named(3).await, (all[1..].to_vec(), 0));
        refusal(broadcast::needing(&world.store, &people[2], &one, 3).await);
    })
    .await;
}
