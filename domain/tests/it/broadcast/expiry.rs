//! A time of its own until which it is worth anything, and what comes after that.

use domain::error::Problem;

use super::*;

fn until(world: &World, after: TimeDelta) -> NewBroadcast {
    NewBroadcast {
        expires_at: Some(world.store.now() + after),
        ..words()
    }
}

#[tokio::test]
async fn what_would_be_over_before_it_leaves_is_refused() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        for after in [TimeDelta::minutes(-1), TimeDelta::zero()] {
            assert_eq!(
                refusal(world.sends(&dora, until(&world, after)).await),
                Refusal::invalid("expires_at", Problem::InThePast)
            );
        }
        assert!(world.all::<entity::broadcast::Entity>().await.is_empty());
        assert!(world.all::<outbox::Entity>().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn it_is_over_at_its_minute_and_nobody_is_asked_after_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let span = TimeDelta::seconds(90);
        let id = world.sends(&dora, until(&world, span)).await.expect("sent");
        assert_eq!(world.roll_call(id).await.expires_at, start() + span);
        world.telegram_takes().await;
        world.wait(TimeDelta::seconds(60));
        world.run_timers().await;
        assert_eq!(world.rung(id).await.len(), 4, "both are asked again");
        world.wait(TimeDelta::seconds(29));
        world.run_timers().await;
        assert_eq!(world.roll_call(id).await.status, BroadcastStatus::Active);
        world.wait(TimeDelta::seconds(1));
        world.run_timers().await;
        assert_eq!(world.roll_call(id).await.status, BroadcastStatus::Expired);
        for _ in 0..5 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        assert_eq!(world.rung(id).await.len(), 4);
        world.telegram_takes_but(&[1, 2]).await;
        assert_eq!(world.roll_call(id).await.counts.escalated, 2);
        let silent = Notice::BroadcastSilent {
            broadcast_id: id,
            phones: false,
        };
        assert_eq!(world.told(&silent).await, [900], "who never answered");
    })
    .await;
}

#[tokio::test]
async fn who_presses_after_it_is_heard_and_told_that_it_is_over() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let new = until(&world, TimeDelta::seconds(30));
        let id = world.sends(&dora, new).await.expect("sent");
        world.telegram_takes().await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let shown = Notice::Broadcast {
            broadcast_id: id,
            ring: false,
        };
        assert!(world.told(&shown).await.is_empty());
        let said = world.replies(&ana, id, Reply::Acknowledged).await;
        assert!(said.expect("said"));
        // His message is brought up to date, and what it says comes from this.
        assert_eq!(world.told(&shown).await, [1]);
        let user_id = ana.user_id.expect("an account");
        let standing = broadcast::standing(&world.store, id, user_id).await;
        let standing = standing.expect("read").expect("his");
        assert_eq!(
            (standing.reply, standing.open),
            (Some(Reply::Acknowledged), false)
        );
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Expired);
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 1);
    })
    .await;
}
