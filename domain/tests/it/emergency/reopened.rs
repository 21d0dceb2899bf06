//! A call for help that is open again: who is back, who leads, and what whoever called hears.

use domain::{
    Refusal,
    actor::Level,
    emergency::{EmergencyStatus, OfferState},
    outbox::{Lane, Notice, OutboxStatus},
    task::{News, life::Step},
};

use super::{bound::asks, here, names, outage::passes};
use crate::support::{World, each, refusal};

/// Whether this person was told that he is to come back, or leads from now on.
async fn told(world: &World, chat_id: i64, wanted: News) -> bool {
    let notices = world.notices(chat_id).await;
    let mut news = notices.iter().filter_map(|(_, notice)| match notice {
        Notice::Task { what, .. } => Some(*what),
        _ => None,
    });
    news.any(|what| what == wanted)
}

#[tokio::test]
async fn planned_work_keeps_nobody_from_coming_back() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.goes(&bob, call.id).await.expect("he comes");
        let ended = world.resolves(&boss, call.id, Some("Hecho")).await;
        ended.expect("done");
        world.patrol(&boss, &[&bob]).await;
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        let again = again.expect("open");
        assert!(again.missing.is_empty(), "{:?}", again.missing);
        assert_eq!(again.task.lead.expect("still he").name, "Bob");
        let now = world.emergency(call.id).await;
        assert_eq!(names(&now, OfferState::Taken), ["Bob"]);
        assert!(told(&world, 2, News::Reopened).await);
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_come_back_leads_no_more() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.goes(&bob, call.id).await.expect("he comes");
        let ended = world.resolves(&boss, call.id, Some("Hecho")).await;
        ended.expect("done");
        world.begun(&boss, &[&bob]).await;
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        let again = again.expect("open");
        assert_eq!(again.missing, ["Bob"]);
        assert_eq!(again.task.lead, None);
        assert!(!told(&world, 2, News::Reopened).await);
        let his = world.complete(&bob, task_id, Step::default()).await;
        assert_eq!(refusal(his), Refusal::NotLead { lead: None });
        world.run_timers().await;
        world.goes(&eva, call.id).await.expect("she comes");
        let lead = world.task(&boss, task_id).await.lead;
        assert_eq!(lead.expect("she").name, "Eva");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_came_the_one_who_is_back_leads() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        for one in [&bob, &eva] {
            world.goes(one, call.id).await.expect("said");
        }
        let ended = world.resolves(&boss, call.id, Some("Hecho")).await;
        ended.expect("done");
        world.begun(&boss, &[&bob]).await;
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        let lead = again.expect("open").task.lead;
        assert_eq!(lead.expect("somebody").name, "Eva");
        assert!(told(&world, 3, News::Lead).await);
    })
    .await;
}

#[tokio::test]
async fn whoever_called_hears_it_and_is_asked_for_nobody_else() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let ended = world.resolves(&boss, call.id, Some("Hecho")).await;
        ended.expect("done");
        let other = world.sos(&eva, here()).await;
        assert!(names(&other, OfferState::Offered).contains(&"Ana"));
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        again.expect("open");
        let other = world.emergency(other.id).await;
        assert_eq!(names(&other, OfferState::StoodDown), ["Ana"]);
        world.run_timers().await;
        let other = world.emergency(other.id).await;
        assert!(!names(&other, OfferState::Offered).contains(&"Ana"));
        let open = world.emergency(call.id).await;
        assert_eq!(open.status, EmergencyStatus::Active);
        let told = Notice::EmergencyReopened {
            emergency_id: call.id,
            by_user: boss.user_id,
        };
        let heard = world.notices(1).await;
        assert!(heard.contains(&(Lane::Emergency, told)), "{heard:?}");
    })
    .await;
}

#[tokio::test]
async fn those_in_command_hear_that_it_ended_and_that_it_is_open_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        world.person("Rojas", Level::Supervisor, 8).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let (emergency_id, task_id) = (call.id, call.task_id.expect("a task"));
        world.goes(&bob, emergency_id).await.expect("he comes");
        let hears = async |chat: i64, what: Notice| {
            let heard = world.notices(chat).await.into_iter();
            let same = heard.filter(|one| *one == (Lane::Emergency, what.clone()));
            same.count()
        };
        world.resolves(&bob, emergency_id, None).await.expect("his");
        let ended = Notice::EmergencyEnded {
            emergency_id,
            by_user: bob.user_id,
        };
        for (chat, times) in [(1, 1), (2, 0), (8, 1), (9, 1)] {
            assert_eq!(hears(chat, ended.clone()).await, times, "{chat}");
        }
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        again.expect("open");
        let open = Notice::EmergencyReopened {
            emergency_id,
            by_user: boss.user_id,
        };
        for (chat, times) in [(1, 1), (2, 0), (8, 1), (9, 0)] {
            assert_eq!(hears(chat, open.clone()).await, times, "{chat}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_back_is_asked_for_no_other_call() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.goes(&bob, call.id).await.expect("he comes");
        let ended = world.resolves(&boss, call.id, Some("Hecho")).await;
        ended.expect("done");
        let other = world.sos(&eva, here()).await;
        assert_eq!(names(&other, OfferState::Offered), ["Bob"]);
        world.telegram_takes_calls().await;
        let again = world.reopen(&boss, task_id, Step::because("No era")).await;
        again.expect("open");
        let other = world.emergency(other.id).await;
        assert_eq!(names(&other, OfferState::StoodDown), ["Bob"]);
        let now = world.emergency(call.id).await;
        assert_eq!(names(&now, OfferState::Taken), ["Bob"]);
        // His card of the other one asks nothing any more.
        let card = Notice::Emergency {
            emergency_id: other.id,
            ring: false,
        };
        let told = world.all::<entity::outbox::Entity>().await;
        let mut queued = told
            .into_iter()
            .filter(|row| row.chat_id == 2 && row.status == OutboxStatus::Queued)
            .map(|row| serde_json::from_value::<Notice>(row.notice).expect("ours"));
        assert!(queued.any(|notice| notice == card));
        world.delivers().await;
        let before = asks(&world, 2, other.id).await;
        for _ in 0..3 {
            passes(&world).await;
            world.delivers().await;
        }
        assert_eq!(asks(&world, 2, other.id).await, before);
        let other = world.emergency(other.id).await;
        assert!(names(&other, OfferState::Offered).is_empty(), "{other:?}");
    })
    .await;
}
