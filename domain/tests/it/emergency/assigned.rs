//! Whom those in command send to an emergency: what stands against it, that he is asked once, and that he comes when he answers.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::Level,
    agent::{self, AgentFilter},
    assignment::{Answer, Crew},
    availability::Availability,
    emergency::{Coming, Emergency, EmergencyStatus, NewEmergency, OfferState},
    task::{AssignmentState, Status, life::Step},
};

use super::{HERE, here, names, north};
use crate::support::{World, crew, each, refusal};

fn silent(emergency: &Emergency) -> Vec<&str> {
    let names = emergency.silent.iter().map(|one| one.name.as_str());
    names.collect()
}

async fn availability(world: &World, who: &Actor) -> Availability {
    let id = who.agent_id.expect("an agent");
    let seen = agent::find(&world.store, who, id).await;
    seen.expect("himself").availability
}

async fn next_ring(world: &World) {
    world.wait(TimeDelta::seconds(30));
    world.run_timers().await;
}

#[tokio::test]
async fn what_is_only_planned_keeps_nobody_from_an_emergency() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        let busy = world.person("Busy", Level::Agent, 4).await;
        let resting = world.person("Resting", Level::Agent, 5).await;
        let planned = world.patrol(&boss, &[&bob, &eva]).await.id;
        world.begun(&boss, &[&busy]).await;
        let now = world.store.now();
        let off = (now - TimeDelta::hours(1), now + TimeDelta::hours(24));
        let agent_id = resting.agent_id.expect("an agent");
        world.leave(&boss, agent_id, off).await.expect("on leave");
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        // The same by his own word and by that of somebody in command.
        assert_eq!(world.goes(&bob, id).await.expect("said"), Coming::Taken);
        let with = async |who: &Actor| world.assign(&boss, task_id, crew(&[&bob, who])).await;
        let runs = refusal(with(&busy).await);
        assert!(matches!(runs, Refusal::Overlap { .. }), "{runs:?}");
        let away = refusal(with(&resting).await);
        assert!(matches!(away, Refusal::OnLeave { .. }), "{away:?}");
        with(&eva).await.expect("planned work gives way");
        assert_eq!(silent(&world.emergency(id).await), ["Eva"]);
        let patrol = world.task(&boss, planned).await;
        assert_eq!(
            (patrol.status, patrol.held().count()),
            (Status::Scheduled, 2)
        );
        // For any other task it still stands.
        let other = world.patrol(&boss, &[]).await.id;
        let twice = refusal(world.assign(&boss, other, crew(&[&eva])).await);
        assert!(matches!(twice, Refusal::Overlap { .. }), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_sent_is_asked_once_and_it_begins_when_he_answers() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let people = world.six().await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        assert_eq!(names(&emergency, OfferState::Offered), ["P0", "P1", "P2"]);
        let sent = Crew {
            lead_agent_id: people[5].agent_id,
            ..crew(&[&people[1], &people[5]])
        };
        world.assign(&boss, task_id, sent).await.expect("his");
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        assert_eq!(names(&now, OfferState::Offered), ["P0", "P2"]);
        assert_eq!(silent(&now), ["P1", "P5"]);
        assert_eq!(world.task(&boss, task_id).await.status, Status::Scheduled);
        let cannot = Answer::Decline {
            reason: "Choqué".into(),
        };
        world
            .answer(&people[1], task_id, cannot)
            .await
            .expect("said");
        next_ring(&world).await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["P0", "P2", "P3", "P4"]);
        assert_eq!(silent(&now), ["P5"]);
        let eva = world.standing("Eva", 2, 600.0).await;
        let there = NewEmergency {
            place: Some(north(600.0)),
            ..NewEmergency::default()
        };
        let other = world.sos(&eva, there).await;
        assert!(names(&other, OfferState::Offered).contains(&"P5"));

        let task = world.answer(&people[5], task_id, Answer::Acknowledge).await;
        assert_eq!(task.expect("said").status, Status::InProgress);
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Taken), ["P5"]);
        assert!(silent(&now).is_empty());
        assert_eq!(availability(&world, &people[5]).await, Availability::OnTask);
        let other = world.emergency(other.id).await;
        assert_eq!(names(&other, OfferState::StoodDown), ["P5"]);
        let done = world.complete(&people[5], task_id, Step::default()).await;
        assert_eq!(done.expect("he leads").status, Status::Completed);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_sent_and_begins_the_work_himself_comes() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let zoe = world.person("Zoe", Level::Agent, 2).await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        let sent = world.assign(&boss, task_id, crew(&[&zoe])).await;
        sent.expect("his");
        let begun = world.start(&zoe, task_id, Step::default()).await;
        begun.expect("she leads");
        assert_eq!(
            names(&world.emergency(id).await, OfferState::Taken),
            ["Zoe"]
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_is_sent_stands_in_no_ring_of_the_search() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 10.0).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let eva = world.person("Eva", Level::Agent, 4).await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        next_ring(&world).await;
        let sent = world.assign(&boss, task_id, crew(&[&zoe, &eva])).await;
        sent.expect("theirs");
        let got = world.answer(&zoe, task_id, Answer::Acknowledge).await;
        got.expect("said");
        let no = Answer::Decline {
            reason: "Estoy lejos".into(),
        };
        world.answer(&eva, task_id, no).await.expect("said");
        let now = world.emergency(id).await;
        let asked = now
            .offers
            .iter()
            .filter(|one| one.state != OfferState::Passed);
        let rings: Vec<_> = asked.map(|one| (&*one.agent.name, one.ring)).collect();
        assert_eq!(rings[0], ("Bob", Some(0)));
        assert!(rings.contains(&("Zoe", None)) && rings.contains(&("Eva", None)));
    })
    .await;
}

#[tokio::test]
async fn whoever_was_asked_and_sent_may_still_say_that_he_goes() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 10.0).await;
        let emergency = world.sos(&ana, here()).await;
        let (id, task_id) = (emergency.id, emergency.task_id.expect("a task"));
        let sent = world.assign(&boss, task_id, crew(&[&bob])).await;
        sent.expect("his");
        // He pressed before the card changed under his thumb.
        assert_eq!(world.goes(&bob, id).await.expect("said"), Coming::Taken);
        let task = world.task(&boss, task_id).await;
        assert_eq!(task.status, Status::InProgress);
        let states: Vec<_> = task.held().map(|one| one.state).collect();
        assert_eq!(states, [AssignmentState::EnRoute]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_offered_to_be_sent_to_himself() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 10.0).await;
        let emergency = world.sos(&ana, here()).await;
        let offered = async |for_task: Option<i64>| {
            let wanted = AgentFilter {
                for_task,
                ..AgentFilter::default()
            };
            let found = agent::candidates(&world.store, &boss, wanted, Some(HERE)).await;
            let mut found: Vec<String> = found
                .expect("ranked")
                .into_iter()
                .map(|one| one.agent.name)
                .collect();
            found.sort();
            found
        };
        assert_eq!(offered(None).await, ["Ana", "Bob"]);
        assert_eq!(offered(emergency.task_id).await, ["Bob"]);
    })
    .await;
}
