//! Exchanges of shifts.

use domain::{
    Actor, Refusal, Result,
    actor::Level,
    error::Thing,
    shift,
    swap::{self, NewSwap, Swap, SwapStatus},
};

use super::{at, id, planned, write};
use crate::support::{World, each, refusal};

async fn propose(
    world: &World,
    who: &Actor,
    to: &Actor,
    give: i64,
    get: Option<i64>,
) -> Result<Swap> {
    let new = NewSwap {
        shift_id: give,
        to_agent_id: id(to),
        other_shift_id: get,
        reason: None,
    };
    write!(world, who, |tx, who| swap::propose(tx, &who, new))
}

async fn answer(world: &World, who: &Actor, swap_id: i64, yes: bool) -> Result<Swap> {
    write!(world, who, |tx, who| swap::answer(tx, &who, swap_id, yes))
}

async fn decide(world: &World, who: &Actor, swap_id: i64, yes: bool) -> Result<Swap> {
    write!(world, who, |tx, who| swap::decide(
        tx, &who, swap_id, yes, None
    ))
}

#[tokio::test]
async fn agreed_and_approved_the_shifts_change_hands_even_in_the_same_hours() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        let other = planned(&world, &boss, &eva, 12, 20).await.id;
        let made = propose(&world, &ana, &eva, hers, Some(other))
            .await
            .expect("proposed");
        let twice = refusal(propose(&world, &ana, &eva, hers, None).await);
        assert!(matches!(twice, Refusal::Taken { .. }));
        let settled = Refusal::Settled { what: Thing::Swap };
        assert_eq!(refusal(decide(&world, &boss, made.id, true).await), settled);
        assert_eq!(
            refusal(answer(&world, &ana, made.id, true).await),
            Refusal::NotAllowed
        );
        answer(&world, &eva, made.id, true).await.expect("accepted");
        assert_eq!(
            refusal(decide(&world, &eva, made.id, true).await),
            Refusal::NotAllowed
        );
        let done = decide(&world, &boss, made.id, true)
            .await
            .expect("approved");
        assert_eq!(done.status, SwapStatus::Approved);
        assert_eq!(done.shift.map(|one| one.agent_id), Some(id(&eva)));
        assert_eq!(done.other_shift.map(|one| one.agent_id), Some(id(&ana)));
        assert_eq!(refusal(decide(&world, &boss, made.id, true).await), settled);
    })
    .await;
}

#[tokio::test]
async fn what_would_overlap_or_fall_into_leave_is_refused_and_nothing_moves() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        planned(&world, &boss, &eva, 17, 20).await;
        let no = refusal(propose(&world, &ana, &eva, hers, None).await);
        assert_eq!(
            no,
            Refusal::ShiftOverlap {
                agent: Some("Eva".into())
            }
        );
        let later = planned(&world, &boss, &ana, 30, 38).await.id;
        let made = propose(&world, &ana, &eva, later, None)
            .await
            .expect("free then");
        answer(&world, &eva, made.id, true).await.expect("accepted");
        world
            .leave(&boss, id(&eva), (at(37), at(50)))
            .await
            .expect("meanwhile");
        let no = refusal(decide(&world, &boss, made.id, true).await);
        assert!(matches!(no, Refusal::OnLeave { .. }), "{no:?}");
        let still = shift::find(&world.store, &ana, later).await.expect("hers");
        assert_eq!(still.agent_id, id(&ana));
    })
    .await;
}

#[tokio::test]
async fn a_shift_that_is_removed_takes_its_exchange_along() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        let made = propose(&world, &ana, &eva, hers, None)
            .await
            .expect("proposed");
        write!(world, boss, |tx, boss| shift::remove(tx, &boss, hers)).expect("removed");
        let now = swap::find(&world.store, &eva, made.id).await.expect("seen");
        assert_eq!((now.status, now.shift), (SwapStatus::Cancelled, None));
        let no = refusal(answer(&world, &eva, made.id, true).await);
        assert_eq!(no, Refusal::Settled { what: Thing::Swap });
    })
    .await;
}
