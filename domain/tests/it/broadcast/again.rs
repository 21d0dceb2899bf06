//! Who is asked again when what somebody said does not hold, and who has to be called in the end.

use domain::broadcast::Anew;

use super::*;

fn first() -> NewBroadcast {
    NewBroadcast {
        ack: AckMode::First,
        ..words()
    }
}

#[tokio::test]
async fn on_the_way_taken_back_asks_the_others_at_once() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, first()).await.expect("sent");
        world.telegram_takes().await;
        world
            .replies(&ana, id, Reply::OnTheWay)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Acknowledged, "she is coming");
        world
            .replies(&ana, id, Reply::Declined)
            .await
            .expect("said");
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Active);
        assert_eq!(world.rung(id).await, [1, 2, 2], "Bob is asked once more");
        let short = Notice::BroadcastShort {
            broadcast_id: id,
            user_id: ana.user_id.expect("an account"),
        };
        assert_eq!(world.told(&short).await, [900]);
        // The rounds go on as if it had just left.
        world.wait(TimeDelta::seconds(61));
        world.telegram_takes().await;
        world.run_timers().await;
        assert_eq!(world.rung(id).await, [1, 2, 2, 2]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_rung_anew_right_after_he_has_answered() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        world.person("Eva", Level::Agent, 3).await;
        let id = world.sends(&dora, first()).await.expect("sent");
        world.telegram_takes().await;
        let says = async |who: &Actor, reply| {
            world.replies(who, id, reply).await.expect("said");
            world.wait(TimeDelta::seconds(1));
        };
        says(&bob, Reply::OnTheWay).await;
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        says(&ana, Reply::Acknowledged).await;
        says(&bob, Reply::Declined).await;
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Active);
        assert_eq!(now.counts.anew, 1, "what Ana said holds no more");
        assert_eq!(world.rung(id).await, [1, 2, 3, 3], "but she is not rung");
        world.telegram_takes().await;
        world.wait(TimeDelta::seconds(61));
        world.run_timers().await;
        let rung = world.rung(id).await;
        let hers = rung.iter().filter(|chat| **chat == 1).count();
        assert_eq!(hers, 2, "she is with the next round");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_expired_does_not_stand_in_for_who_took_his_back() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, first()).await.expect("sent");
        world.telegram_takes().await;
        world
            .replies(&bob, id, Reply::Acknowledged)
            .await
            .expect("said");
        world
            .replies(&ana, id, Reply::OnTheWay)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        world
            .replies(&ana, id, Reply::NeedsHelp)
            .await
            .expect("said");
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Active);
        assert_eq!(now.counts.of(RecipientState::Acknowledged), 0);
        let silent = (now.counts.of(RecipientState::Sent), now.counts.anew);
        assert_eq!(silent, (1, 1), "Bob had answered");
        assert_eq!(world.rung(id).await, [1, 2, 2]);
    })
    .await;
}

#[tokio::test]
async fn within_the_time_to_get_under_way_those_who_have_it_count() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.person("Bob", Level::Agent, 2).await;
        world.person("Eva", Level::Agent, 3).await;
        let two = NewBroadcast {
            ack: AckMode::Quorum(2),
            ..words()
        };
        let id = world.sends(&dora, two).await.expect("sent");
        world.telegram_takes().await;
        for one in [&ana, &bob] {
            world
                .replies(one, id, Reply::Acknowledged)
                .await
                .expect("said");
        }
        world
            .replies(&bob, id, Reply::Declined)
            .await
            .expect("said");
        let now = world.roll_call(id).await;
        assert_eq!(now.status, BroadcastStatus::Active);
        assert_eq!(
            now.counts.of(RecipientState::Acknowledged),
            1,
            "Ana's holds"
        );
        assert_eq!(world.rung(id).await, [1, 2, 3, 3]);
    })
    .await;
}

#[tokio::test]
async fn of_whom_others_were_told_before_he_answered_they_know_nothing_once_that_expired() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, first()).await.expect("sent");
        for _ in 0..3 {
            world.telegram_takes_but(&[]).await;
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        world.telegram_takes_but(&[]).await;
        assert_eq!(world.roll_call(id).await.counts.escalated, 2);
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::Sent), 2, "both are asked");
        assert_eq!(now.counts.escalated, 1, "Bob has been silent all the time");
    })
    .await;
}

#[tokio::test]
async fn who_is_blocked_has_to_be_called_also_when_all_others_have_answered() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        world
            .store
            .write(|tx| Box::pin(async move { reach::lost(tx, 2).await }))
            .await
            .expect("recorded");
        for _ in 0..5 {
            world.wait(TimeDelta::seconds(61));
            world.run_timers().await;
        }
        let phones = Notice::BroadcastSilent {
            broadcast_id: id,
            phones: true,
        };
        assert_eq!(world.told(&phones).await, [900]);
    })
    .await;
}

#[tokio::test]
async fn of_whom_was_asked_again_it_is_said_when_and_that_he_had_answered() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.sends(&dora, first()).await.expect("sent");
        world.telegram_takes().await;
        let answered_at = world.store.now();
        world
            .replies(&ana, id, Reply::Acknowledged)
            .await
            .expect("said");
        assert_eq!(
            world.stands(&ana, id).await,
            (RecipientState::Acknowledged, None)
        );
        assert!(!world.roll_call(id).await.is_under_way());
        world.wait(TimeDelta::seconds(301));
        world.run_timers().await;
        let asked_at = world.store.now();
        let anew = Anew {
            answered_at,
            asked_at,
        };
        assert_eq!(
            world.stands(&ana, id).await,
            (RecipientState::Sent, Some(anew))
        );
        let one = world.roll_call(id).await;
        let silent = broadcast::silent(&world.store, &dora, &one, (0, 10)).await;
        let silent = silent.expect("listed").people;
        let said: Vec<_> = silent
            .iter()
            .map(|one| (one.name.as_str(), one.anew()))
            .collect();
        assert_eq!(said, [("Ana", Some(anew)), ("Bob", None)]);
        world
            .replies(&ana, id, Reply::OnTheWay)
            .await
            .expect("said");
        assert_eq!(
            world.stands(&ana, id).await,
            (RecipientState::OnTheWay, None)
        );
        assert!(world.roll_call(id).await.is_under_way());
    })
    .await;
}

impl World {
    /// How somebody stands in it, as he sees it.
    async fn stands(&self, who: &Actor, id: i64) -> (RecipientState, Option<Anew>) {
        let user_id = who.user_id.expect("an account");
        let mine = broadcast::mine(&self.store, user_id, id).await;
        let mine = mine.expect("read").expect("his");
        (mine.state, mine.anew)
    }
}
