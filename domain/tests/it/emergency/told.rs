//! Who learns of a call: who may see it and how much, who was told, and whom Telegram cannot reach.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::Level,
    agent,
    assignment::Crew,
    emergency::{self, Coming, OfferState},
    event::{self, Event},
    outbox::{Lane, Notice},
    reach,
    task::life::Step,
};
use futures::future::join;

use super::{here, names};
use crate::support::{World, crew, each, refusal};

pub(super) async fn reached(world: &World, chat_id: i64, present: bool) {
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                match present {
                    true => reach::regained(tx, chat_id).await,
                    false => reach::lost(tx, chat_id).await,
                }
            })
        })
        .await
        .expect("noted");
}

async fn sees(world: &World, actor: &Actor, id: i64) -> bool {
    emergency::find(&world.store, actor, id).await.is_ok()
}

#[tokio::test]
async fn whoever_is_told_because_nobody_else_can_be_sees_it() {
    each(async |world: World| {
        let south = world.unit("Sur").await;
        let marta = world
            .member("Marta", Level::Supervisor, Some(91), south)
            .await;
        let late = world.member("Late", Level::Supervisor, None, south).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let id = world.sos(&ana, here()).await.id;
        assert!(world.notices(91).await.iter().any(|(lane, notice)| {
            *lane == Lane::Emergency && matches!(notice, Notice::Emergency { .. })
        }));
        assert!(sees(&world, &marta, id).await);
        assert!(!sees(&world, &late, id).await, "nobody told him");
        let page = emergency::list(&world.store, &marta, Default::default(), Default::default());
        assert_eq!(page.await.expect("read").items.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_to_do_with_its_task_sees_it_and_its_lead_ends_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let south = world.unit("Sur").await;
        let marta = world
            .member("Marta", Level::Supervisor, Some(91), south)
            .await;
        let zoe = world.member("Zoe", Level::Agent, Some(2), south).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        assert!(!sees(&world, &zoe, id).await && !sees(&world, &marta, id).await);
        let by_hand = Crew {
            lead_agent_id: zoe.agent_id,
            ..crew(&[&zoe])
        };
        world.assign(&boss, task_id, by_hand).await.expect("his");
        assert!(sees(&world, &zoe, id).await && sees(&world, &marta, id).await);
        let over = world.resolves(&zoe, id, None).await.expect("she leads");
        assert_eq!(over.status, emergency::EmergencyStatus::Resolved);
        let ended = Notice::EmergencyEnded {
            emergency_id: id,
            by_user: zoe.user_id,
        };
        let told = world.notices(1).await;
        assert_eq!(told.iter().filter(|(_, one)| *one == ended).count(), 1);
        let second = world.sos(&zoe, here()).await.id;
        world.takes_back(&zoe, second).await.expect("in time");
        let of = |one: &Notice| matches!(one, Notice::EmergencyEnded { .. });
        let told = world.notices(2).await;
        assert!(!told.iter().any(|(_, one)| of(one)), "she did it herself");
    })
    .await;
}

#[tokio::test]
async fn whose_people_are_asked_sees_it_on_his_board_and_how_it_ends() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let (south, north) = (world.unit("Sur").await, world.unit("Norte").await);
        let marta = world
            .member("Marta", Level::Supervisor, Some(91), south)
            .await;
        let nora = world
            .member("Nora", Level::Supervisor, Some(92), north)
            .await;
        let zoe = world.member("Zoe", Level::Agent, Some(2), south).await;
        world.at(&zoe, 100.0).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let emergency = world.sos(&ana, here()).await;
        assert_eq!(names(&emergency, OfferState::Offered), ["Zoe"]);
        let id = emergency.id;
        assert!(sees(&world, &marta, id).await, "Zoe is hers");
        assert!(!sees(&world, &nora, id).await, "nobody of hers is asked");
        let facts = event::since(&world.store, 0, 1000).await.expect("the log");
        let told = |actor: &Actor| {
            let mut facts = facts.events.iter();
            facts.any(|fact| {
                matches!(fact.event, Event::EmergencyUpdated { .. }) && fact.concerns(actor)
            })
        };
        assert!(told(&marta) && !told(&nora));
        world.cannot(&zoe, id).await.expect("said");
        let over = world.resolves(&boss, id, Some("Hecho")).await;
        let by = over.expect("done").ended_by.map(|user| user.name);
        assert_eq!(by.as_deref(), Some("Silva"));
        let ended = emergency::find(&world.store, &marta, id).await;
        assert_eq!(ended.expect("hers").nobody_since, None, "it is over");
    })
    .await;
}

#[tokio::test]
async fn those_who_do_not_command_see_who_comes_and_nothing_of_the_others() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let id = world.sos(&ana, here()).await.id;
        world.goes(&people[1], id).await.expect("said");
        let seen = async |actor: &Actor| {
            let one = emergency::find(&world.store, actor, id).await;
            let one = one.expect("his business");
            let known = one.offers.iter().filter(|one| one.load.is_some()).count();
            let names = one.offers.iter().map(|one| one.agent.name.clone());
            (names.collect::<Vec<_>>(), known, (one.told, one.asked))
        };
        assert_eq!(seen(&ana).await, (vec!["P1".into()], 0, (0, 3)));
        let his = vec!["P0".to_owned(), "P1".into()];
        assert_eq!(seen(&people[0]).await, (his, 0, (0, 3)));
        let (all, known, _) = seen(&boss).await;
        assert_eq!((all.len(), known), (6, 6));
    })
    .await;
}

#[tokio::test]
async fn it_is_escalated_when_somebody_was_told_and_anew_when_nobody_comes_any_more() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let alone = world.sos(&ana, here()).await.id;
        let row = world.call_row(alone).await;
        assert_eq!(
            (row.escalated_at, row.phones_at),
            (None, None),
            "nobody is there"
        );
        world.person("Silva", Level::Supervisor, 90).await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        assert!(world.call_row(alone).await.phones_at.is_some());
        assert_eq!(world.emergency(alone).await.escalated_at, None, "not sent");
        world.wait(TimeDelta::seconds(2));
        world.delivers().await;
        let sent = world.store.now();
        assert_eq!(world.emergency(alone).await.escalated_at, Some(sent));
        let bob = world.standing("Bob", 2, 10.0).await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        world.goes(&bob, alone).await.expect("said");
        world.cannot(&bob, alone).await.expect("said");
        let row = world.call_row(alone).await;
        assert_eq!((row.escalated_at, row.phones_at), (None, None));
        world.run_timers().await;
        assert!(world.call_row(alone).await.escalated_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn whoever_blocked_the_bot_is_not_told_and_others_are_in_his_place() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        reached(&world, 90, false).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let id = world.sos(&ana, here()).await.id;
        let row = world.call_row(id).await;
        let nothing = (row.escalated_at, row.phones_at);
        assert_eq!(nothing, (None, None), "nobody can hear it");
        let south = world.unit("Sur").await;
        world
            .member("Marta", Level::Supervisor, Some(91), south)
            .await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        assert!(world.call_row(id).await.phones_at.is_some());
        let escalated =
            |notice: &Notice| matches!(notice, Notice::EmergencyEscalated { phones: true, .. });
        let told = world.notices(91).await;
        assert!(told.iter().any(|(_, notice)| escalated(notice)), "{told:?}");
        assert!(world.notices(90).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_the_bot_back_is_asked_for_what_still_runs() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.six().await;
        let id = world.sos(&ana, here()).await.id;
        reached(&world, 100, false).await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Unreachable), ["P0"]);
        reached(&world, 100, true).await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["P0", "P1", "P2"]);
        assert!(names(&now, OfferState::Unreachable).is_empty());
    })
    .await;
}

async fn is_away(world: &World, who: &Actor, away: bool) {
    let (id, who) = (who.agent_id.expect("an agent"), who.clone());
    world
        .store
        .write(move |tx| {
            Box::pin(async move { agent::set_availability(tx, &who, id, away, None, None).await })
        })
        .await
        .expect("said");
}

#[tokio::test]
async fn whoever_takes_the_bot_back_and_cannot_come_is_asked_once_he_can() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        let id = world.sos(&ana, here()).await.id;
        reached(&world, 2, false).await;
        is_away(&world, &bob, true).await;
        let asked = world.notices(2).await.len();
        reached(&world, 2, true).await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Unreachable), ["Bob"]);
        assert_eq!(world.notices(2).await.len(), asked);
        is_away(&world, &bob, false).await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Bob"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stands_though_telegram_fails_in_the_same_moment() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let id = world.sos(&ana, here()).await.id;
        for (number, one) in people[..3].iter().enumerate() {
            let chat = 100 + number as i64;
            let (said, ()) = join(world.goes(one, id), reached(&world, chat, false)).await;
            assert_eq!(said.expect("said"), Coming::Taken);
        }
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Taken), ["P0", "P1", "P2"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_called_cannot_cancel_the_task_either_once_it_is_too_late() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let task = async || {
            let raised = world.sos(&ana, here()).await;
            raised.task_id.expect("a task")
        };
        let first = task().await;
        let because = || Step::because("Sin querer");
        world.cancel(&ana, first, because()).await.expect("in time");
        let second = task().await;
        world.wait(TimeDelta::seconds(10));
        assert_eq!(
            refusal(world.cancel(&ana, second, because()).await),
            Refusal::WithdrawOver
        );
        world.cancel(&boss, second, because()).await.expect("his");
    })
    .await;
}

#[tokio::test]
async fn whoever_blocked_the_bot_is_passed_over_for_that_reason() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        reached(&world, 2, false).await;
        let call = world.sos(&ana, here()).await;
        let passed = call.offers.iter().find(|one| one.agent.name == "Bob");
        assert_eq!(
            passed.and_then(|one| one.why.as_deref()),
            Some("blocked"),
            "{call:?}"
        );
        let id = bob.agent_id.expect("an agent");
        let seen = agent::find(&world.store, &bob, id).await;
        let seen = seen.expect("himself");
        assert!(seen.linked && seen.blocked);
    })
    .await;
}
