//! Whoever needs help himself is not free, and is sent elsewhere only for a reason.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::Level,
    agent::{self, AgentFilter, Need},
    availability::Availability,
    error::{SoftConflict, SoftKind},
    task::create::{NewTask, When},
};

use super::{HERE, here, wanted::needs_help};
use crate::support::{World, each, patrol, refusal};

/// The refusal that wants a reason for this person's need.
fn soft(who: &Actor, need: Need) -> Refusal {
    let because = SoftKind::Needs(need);
    let (agent_id, agent) = (who.agent_id.expect("an agent"), who.name.clone());
    Refusal::Soft {
        conflicts: vec![SoftConflict {
            agent_id,
            agent,
            because,
        }],
    }
}

#[tokio::test]
async fn whoever_calls_for_help_is_sent_elsewhere_only_for_a_reason() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let call = world.sos(&ana, here()).await;
        let need = Need::Calling {
            code: call.code.clone(),
        };
        let refused = world.create(&boss, patrol(&[&ana])).await;
        assert_eq!(refusal(refused), soft(&ana, need.clone()));
        let known = agent::in_need(&world.store, &boss).await.expect("read");
        let known: Vec<_> = known.into_iter().map(|one| one.need).collect();
        assert_eq!(known, [Some(need)]);

        let tomorrow = NewTask {
            planned_start: When::At(world.store.now() + TimeDelta::hours(24)),
            ..patrol(&[&ana])
        };
        let planned = world.create(&boss, tomorrow).await;
        planned.expect("who knows how she is tomorrow");
        world.takes_back(&ana, call.id).await.expect("at once");
        let fits = world.create(&boss, patrol(&[&ana])).await;
        fits.expect("she calls no more");
        let known = agent::in_need(&world.store, &boss).await.expect("read");
        assert!(known.is_empty(), "{known:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_said_that_he_needs_help_is_not_free_and_sent_only_for_a_reason() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let eva = world.standing("Eva", 2, 10.0).await;
        world.standing("Zoe", 3, 900.0).await;
        needs_help(&world, &eva).await;
        let free = AgentFilter {
            availability: Some(Availability::Available),
            well: true,
            ..AgentFilter::default()
        };
        let (found, count) = agent::numbered(&world.store, &boss, free, 0, 5)
            .await
            .expect("read");
        let found: Vec<_> = found.into_iter().map(|one| one.name).collect();
        assert!(!found.contains(&"Eva".to_owned()), "{found:?}");
        assert_eq!(count, found.len() as u64);
        let ranked = agent::candidates(&world.store, &boss, AgentFilter::default(), Some(HERE));
        let ranked: Vec<_> = ranked.await.expect("ranked");
        let last = ranked.last().expect("somebody");
        assert_eq!(
            (last.agent.name.as_str(), &last.agent.need),
            ("Eva", &Some(Need::Said))
        );

        let refused = world.create(&boss, patrol(&[&eva])).await;
        assert_eq!(refusal(refused), soft(&eva, Need::Said));
        let mut new = patrol(&[&eva]);
        new.crew.override_reason = Some("ya está a salvo".into());
        world.create(&boss, new).await.expect("with a reason");
    })
    .await;
}
