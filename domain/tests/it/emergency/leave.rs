//! People who come and then do not: by their own word, by others' decision, and after the end.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Channel, Level},
    assignment::{Answer, Crew},
    emergency::{Coming, EmergencyStatus, OfferState, Said},
    outbox::Notice,
    task::{Status, life::Step},
    user,
};
use sea_orm::{EntityTrait, sea_query::Expr};

use super::{here, names};
use crate::support::{World, crew, each};

#[tokio::test]
async fn whoever_cannot_after_all_is_replaced() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        for one in &people[..3] {
            world.goes(one, id).await.expect("said");
        }
        assert_eq!(
            world.cannot(&people[0], id).await.expect("said"),
            Said::Declined
        );
        assert_eq!(
            world.cannot(&people[0], id).await.expect("said"),
            Said::Declined
        );
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        assert_eq!(names(&now, OfferState::Taken), ["P1", "P2"]);
        assert_eq!(names(&now, OfferState::Declined), ["P0"]);
        let held = world.task(&boss, task_id).await.held().count();
        assert_eq!(held, 2, "he is free for something else");
        world.run_timers().await;
        let asked = world.emergency(id).await;
        assert_eq!(names(&asked, OfferState::Offered), ["P3", "P4", "P5"]);
        world
            .resolves(&boss, id, Some("Hecho"))
            .await
            .expect("done");
        assert_eq!(
            world.cannot(&people[1], id).await.expect("said"),
            Said::Over
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_leads_when_nobody_else_can() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        let ghost = world.agent("Ghost", None, world.unit_id).await;
        let by_hand = Crew {
            lead_agent_id: Some(ghost),
            ..Crew::default()
        };
        world.assign(&boss, task_id, by_hand).await.expect("his");
        let version = world.task(&boss, task_id).await.version;
        assert_eq!(
            world.goes(&people[0], id).await.expect("said"),
            Coming::Taken
        );
        let task = world.task(&boss, task_id).await;
        assert_eq!(task.status, Status::InProgress);
        assert_eq!(
            task.lead.as_ref().map(|lead| lead.name.as_str()),
            Some("P0")
        );
        // Whoever read it before learns that it is another task now.
        assert!(task.version > version);
        world.cannot(&people[0], id).await.expect("said");
        assert_eq!(world.task(&boss, task_id).await.lead, None);
        world.goes(&people[1], id).await.expect("said");
        let lead = world.task(&boss, task_id).await.lead.expect("somebody");
        assert_eq!(lead.name, "P1");
        let unlinked = entity::user::Entity::update_many()
            .col_expr(entity::user::Column::TelegramId, Expr::value(None::<i64>));
        use sea_orm::{ColumnTrait, QueryFilter};
        unlinked
            .filter(entity::user::Column::Name.eq("P1"))
            .exec(world.store.writer())
            .await
            .expect("gone");
        world.goes(&people[2], id).await.expect("said");
        let lead = world.task(&boss, task_id).await.lead.expect("somebody");
        assert_eq!(lead.name, "P2");
    })
    .await;
}

#[tokio::test]
async fn a_taker_makes_the_task_another_version() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        world.goes(&people[0], id).await.expect("said");
        let version = world.task(&boss, task_id).await.version;
        world.goes(&people[1], id).await.expect("said");
        assert!(world.task(&boss, task_id).await.version > version);
    })
    .await;
}

#[tokio::test]
async fn whom_command_takes_off_or_puts_on_counts() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        for one in &people[..3] {
            world.goes(one, id).await.expect("said");
        }
        let without = crew(&[&people[0], &people[2]]);
        world.assign(&boss, task_id, without).await.expect("his");
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        assert_eq!(names(&now, OfferState::Taken), ["P0", "P2"]);
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["P3", "P4", "P5"]);
        assert_eq!(names(&now, OfferState::StoodDown), ["P1"]);
        // Somebody put on it counts once he has said that he goes: neither before nor because he only got it.
        let zoe = world.standing("Zoe", 2, 9000.0).await;
        let with = crew(&[&people[0], &people[2], &zoe]);
        world.assign(&boss, task_id, with).await.expect("his");
        assert_eq!(world.emergency(id).await.status, EmergencyStatus::Active);
        let says = async |answer: Answer| {
            world.answer(&zoe, task_id, answer).await.expect("said");
            world.emergency(id).await
        };
        let now = says(Answer::Acknowledge).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        let now = says(Answer::EnRoute).await;
        assert_eq!(now.status, EmergencyStatus::Answered);
        assert_eq!(names(&now, OfferState::Taken), ["P0", "P2", "Zoe"]);
        let asked = world.emergency(id).await;
        assert!(names(&asked, OfferState::Offered).is_empty());
    })
    .await;
}

#[tokio::test]
async fn reopened_it_counts_only_those_who_are_back() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        for one in &people[..3] {
            world.goes(one, id).await.expect("said");
        }
        world
            .resolves(&boss, id, Some("Hecho"))
            .await
            .expect("done");
        world.begun(&boss, &[&people[1]]).await;
        world.wait(TimeDelta::minutes(2));
        let reopened = world.reopen(&boss, task_id, Step::because("No era")).await;
        assert_eq!(reopened.expect("open").missing, ["P1"]);
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        assert_eq!(names(&now, OfferState::Taken), ["P0", "P2"]);
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["P3", "P4", "P5"]);
    })
    .await;
}

#[tokio::test]
async fn that_somebody_who_came_does_not_any_more_is_heard_and_he_may_come_after_all() {
    each(async |world: World| {
        let south = world.unit("Sur").await;
        world
            .member("Marta", Level::Supervisor, Some(91), south)
            .await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        let agent_id = bob.agent_id.expect("an agent");
        world.goes(&bob, id).await.expect("he comes");
        world.cannot(&bob, id).await.expect("by mistake");
        let left = Notice::EmergencyLeft {
            emergency_id: id,
            agent_id,
        };
        let declined = Notice::Declined { task_id, agent_id };
        let heard = async |chat: i64, what: &Notice| {
            let heard = world.notices(chat).await;
            heard.iter().filter(|(_, one)| one == what).count()
        };
        assert_eq!(heard(1, &left).await, 1);
        assert_eq!(heard(91, &declined).await, 1);
        assert_eq!(heard(2, &declined).await + heard(2, &left).await, 0);
        assert_eq!(world.goes(&bob, id).await.expect("said"), Coming::Taken);
        assert_eq!(
            names(&world.emergency(id).await, OfferState::Taken),
            ["Bob"]
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_was_sent_and_cannot_stands_so_and_whoever_sent_him_hears_it() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let admin = world.person("Rojas", Level::Admin, 92).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        let both = world.assign(&admin, task_id, crew(&[&bob, &zoe])).await;
        both.expect("sent");
        for one in [&bob, &zoe] {
            let cannot = Answer::Decline {
                reason: "Estoy lejos".into(),
            };
            world.answer(one, task_id, cannot).await.expect("said");
        }
        let mut cannot = names(&world.emergency(id).await, OfferState::Declined)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        cannot.sort();
        assert_eq!(cannot, ["Bob", "Zoe"]);
        let heard = world.notices(92).await;
        let declined = |one: &Notice| matches!(one, Notice::Declined { .. });
        assert_eq!(heard.iter().filter(|(_, one)| declined(one)).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn that_somebody_cannot_who_never_said_that_he_goes_is_no_news_that_nobody_does() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let zoe = world.person("Zoe", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        world.patrol(&boss, &[&eva]).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        let escalated = world.call_row(id).await.escalated_at;
        assert!(escalated.is_some());
        let both = world.assign(&boss, task_id, crew(&[&zoe, &eva])).await;
        both.expect("sent");
        let says = async |who: &Actor, answer: Answer| {
            world.answer(who, task_id, answer).await.expect("said");
        };
        let cannot = || Answer::Decline {
            reason: "Estoy lejos".into(),
        };
        says(&zoe, Answer::Acknowledge).await;
        world.wait(TimeDelta::seconds(1));
        says(&zoe, cannot()).await;
        assert_eq!(world.call_row(id).await.escalated_at, escalated);
        // Whom the search had not thought of stands with what he has to do all the same.
        says(&eva, cannot()).await;
        let now = world.emergency(id).await;
        let hers = now.offers.iter().find(|one| one.agent.name == "Eva");
        assert_eq!(hers.and_then(|one| one.load), Some(1));
    })
    .await;
}

#[tokio::test]
async fn whoever_was_coming_and_is_switched_off_is_replaced_and_that_is_heard() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        for one in &people[..3] {
            world.goes(one, id).await.expect("said");
        }
        let (gone, agent_id) = (&people[0], people[0].agent_id.expect("an agent"));
        let system = Actor::system(Channel::Api);
        let user_id = gone.user_id.expect("an account");
        let off = user::disable(&world.store, &system, user_id).await;
        off.expect("switched off");
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        assert_eq!(names(&now, OfferState::Taken), ["P1", "P2"]);
        assert_eq!(
            names(&now, OfferState::StoodDown),
            ["P0"],
            "he said nothing"
        );
        let left = Notice::EmergencyLeft {
            emergency_id: id,
            agent_id,
        };
        let removed = Notice::Removed { task_id, agent_id };
        let heard = async |chat: i64, what: &Notice| {
            let heard = world.notices(chat).await;
            heard.iter().filter(|(_, one)| one == what).count()
        };
        assert_eq!(heard(1, &left).await, 1);
        assert_eq!(heard(90, &removed).await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_asked_and_is_switched_off_is_not_waited_for() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        assert_eq!(
            names(&world.emergency(id).await, OfferState::Offered),
            ["Bob"]
        );
        let system = Actor::system(Channel::Api);
        let user_id = bob.user_id.expect("an account");
        let off = user::disable(&world.store, &system, user_id).await;
        off.expect("switched off");
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::StoodDown), ["Bob"]);
        assert_eq!(
            now.next_ring_at,
            Some(world.store.now()),
            "others are asked at once"
        );
    })
    .await;
}
