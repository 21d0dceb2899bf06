//! Whom Telegram does not reach: blocked, not delivered, or away for everybody.

use domain::outbox::{Outcome, Settled};

use super::*;

#[tokio::test]
async fn whoever_telegram_does_not_reach_is_told_at_once_and_asked_when_he_is_back() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.blocks(ANA, true).await;
        assert_eq!(world.hears().await, [(LEAD, SILENT), (BOSS, PHONES)]);
        world.wait(TimeDelta::minutes(20));
        assert_eq!(world.hears().await, [(LEAD, ASK)], "told once");
        world.says(&lead, Said::Well).await;
        world.blocks(ANA, false).await;
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(LEAD, WELL), (BOSS, WELL)]);
        world.blocks(ANA, true).await;
        assert_eq!(world.hears().await, [], "she has just answered");
        world.wait(TimeDelta::minutes(20));
        let told = world.hears().await;
        assert_eq!(told, [(LEAD, ASK), (LEAD, SILENT), (BOSS, PHONES)]);
    })
    .await;
}

#[tokio::test]
async fn whoever_only_the_lead_could_be_told_of_is_told_to_command_once_it_can_hear() {
    each(async |world: World| {
        let (boss, lead, _ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.blocks(BOSS, true).await;
        world.blocks(ANA, true).await;
        assert_eq!(world.hears().await, [(LEAD, SILENT)]);
        let step = async || world.roll(&boss, task.id).await.people[0].step;
        assert_eq!(step().await, 2, "nobody in command knows");
        world.wait(TimeDelta::minutes(2));
        assert_eq!(world.hears().await, [], "the lead knows already");
        world.blocks(BOSS, false).await;
        world.wait(TimeDelta::minutes(2));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        assert_eq!(step().await, 3);
        world.wait(TimeDelta::minutes(2));
        assert_eq!(world.hears().await, [], "once");
    })
    .await;
}

#[tokio::test]
async fn the_time_to_answer_runs_from_when_telegram_took_the_question() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.wait(TimeDelta::seconds(110));
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)], "late");
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::seconds(119));
        assert_eq!(world.hears().await, [], "not before her time");
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        world.says(&ana, Said::Well).await;
    })
    .await;
}

#[tokio::test]
async fn while_telegram_is_away_nobody_is_silent_but_out_of_reach() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 30).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::seconds(60));
        world.telegram(true).await;
        for _ in 0..5 {
            world.wait(TimeDelta::seconds(120));
            world.run_timers().await;
        }
        let roll = world.roll(&boss, task.id).await;
        let first = &roll.people[0];
        assert_eq!(
            (&*first.name, first.state),
            ("Ana", PersonState::Unreachable)
        );
        assert_eq!(first.escalated_at, None);
        assert_eq!(world.audited("check_in.silent").await, 0);
        let list = check_in::silent(&world.store, world.check().await.id).await;
        assert_eq!(list.expect("the database answers").people.len(), 1);
        let filter = WatchFilter {
            alone: None,
            silent: true,
        };
        let seen = check_in::watched(&world.store, &boss, filter, Window::default()).await;
        let seen = seen.expect("a list").items;
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert_eq!(seen[0].task.as_ref().map(|one| one.id), Some(task.id));
        world.telegram(false).await;
        assert_eq!(
            world.hears().await,
            [(ANA, ASK)],
            "she is asked, nobody told"
        );
        world.wait(TimeDelta::seconds(119));
        assert_eq!(world.hears().await, []);
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [], "nobody had been told");
    })
    .await;
}

#[tokio::test]
async fn the_time_of_an_outage_does_not_count_and_no_more_than_that() {
    each(async |world: World| {
        let (boss, lead, _ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 30).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::seconds(100));
        world.telegram(true).await;
        world.wait(TimeDelta::seconds(15));
        world.telegram(false).await;
        assert_eq!(world.hears().await, []);
        world.wait(TimeDelta::seconds(14));
        assert_eq!(world.hears().await, [], "it could not come");
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
    })
    .await;
}

/// Telegram takes nothing of what is queued for so long, though it answers.
async fn refuses(world: &World, span: TimeDelta) {
    let lease = Duration::from_secs(3600);
    let fence = lease::take(&world.store, "sender".into(), "us".into(), lease).await;
    let fence = fence.expect("leases").expect("it is ours");
    let batch = outbox::claim(&world.store, fence.clone(), 50, Vec::new()).await;
    let later = world.store.now() + span;
    let settled = batch.expect("messages").into_iter().map(|message| Settled {
        message,
        outcome: Outcome::Later {
            not_before: later,
            error: "busy".into(),
        },
        shown: None,
    });
    outbox::settle_all(&world.store, fence, settled.collect())
        .await
        .expect("settled");
}

#[tokio::test]
async fn a_question_that_is_not_delivered_is_told_as_such_until_it_is() {
    each(async |world: World| {
        let (boss, _lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 30).await.expect("his unit");
        refuses(&world, TimeDelta::minutes(5)).await;
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        let states = async || {
            let roll = world.roll(&boss, task.id).await;
            let people = roll.people.into_iter();
            people.map(|one| one.state).collect::<Vec<_>>()
        };
        assert_eq!(states().await, [PersonState::Unreachable; 2]);
        world.wait(TimeDelta::seconds(180));
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)]);
        assert_eq!(
            states().await,
            [PersonState::Waiting; 2],
            "Telegram took it"
        );
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(BOSS, WELL)]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_those_whom_we_have_not_rung_ourselves() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 240).await.expect("his unit");
        // Everything of ours was down.
        world.wait(TimeDelta::hours(1));
        world.run_timers().await;
        let roll = world.roll(&boss, task.id).await;
        assert!(roll.people.iter().all(check_in::Person::is_silent));
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)]);
        for one in [&lead, &ana] {
            assert_eq!(world.says(one, Said::Well).await, Answered::Well);
        }
        assert_eq!(world.hears().await, []);
    })
    .await;
}
