//! Exchanges of shifts.

use domain::{
    Actor, Refusal, Result,
    actor::Level,
    agent,
    availability::Availability,
    error::Thing,
    outbox::Notice,
    shift,
    swap::{self, NewSwap, Swap, SwapStatus},
};

use sea_orm::EntityTrait;

use super::{at, id, planned, write};
use crate::support::{World, each, patrol, refusal};

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
        let again = decide(&world, &boss, made.id, true).await;
        assert_eq!(again.expect("nothing new").status, SwapStatus::Approved);
        assert_eq!(
            refusal(decide(&world, &boss, made.id, false).await),
            settled
        );
    })
    .await;
}

#[tokio::test]
async fn said_twice_it_is_said_once() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        let made = propose(&world, &ana, &eva, hers, None).await;
        let swap_id = made.expect("proposed").id;
        let count = async || world.all::<entity::audit::Entity>().await.len();
        answer(&world, &eva, swap_id, true).await.expect("accepted");
        let before = count().await;
        let again = answer(&world, &eva, swap_id, true).await;
        assert_eq!(again.expect("no news").status, SwapStatus::Accepted);
        let settled = Refusal::Settled { what: Thing::Swap };
        assert_eq!(refusal(answer(&world, &eva, swap_id, false).await), settled);
        let cancel = async || write!(world, ana, |tx, ana| swap::cancel(tx, &ana, swap_id));
        assert_eq!(count().await, before);
        cancel().await.expect("hers");
        let before = count().await;
        let again = cancel().await.expect("no news");
        assert_eq!(again.status, SwapStatus::Cancelled);
        assert_eq!(count().await, before);
    })
    .await;
}

#[tokio::test]
async fn whoever_gets_a_shift_is_not_there_because_the_other_was() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        super::until(&world, 9).await;
        world.wait(chrono::TimeDelta::minutes(40));
        super::present(&world, &ana, hers).await.expect("there");
        let made = propose(&world, &ana, &eva, hers, None).await;
        let swap_id = made.expect("proposed").id;
        answer(&world, &eva, swap_id, true).await.expect("accepted");
        decide(&world, &boss, swap_id, true)
            .await
            .expect("approved");
        let now = shift::find(&world.store, &eva, hers).await.expect("seen");
        assert_eq!(
            (now.agent_id, now.present_at, now.present_by),
            (id(&eva), None, None)
        );
        super::until(&world, 10).await;
        let asked = Notice::ShiftStarted { shift_id: hers };
        assert!(super::told(&world, 3).await.contains(&asked));
    })
    .await;
}

/// The press waits for the agent while the exchange is being approved, and then it is not her shift any more.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_there_for_a_shift_that_changed_hands_meanwhile() {
    let Some(url) = crate::support::postgres_url() else {
        return;
    };
    let world = World::postgres(&url).await;
    let boss = world.person("Silva", Level::Supervisor, 1).await;
    for round in 0..20 {
        let (ana, eva) = (
            world
                .person(&format!("Ana{round}"), Level::Agent, 100 + round)
                .await,
            world
                .person(&format!("Eva{round}"), Level::Agent, 200 + round)
                .await,
        );
        let from = super::start() + chrono::TimeDelta::minutes(10);
        let span = (from, from + chrono::TimeDelta::hours(8));
        let hers = world.shift(&boss, id(&ana), span).await;
        let hers = hers.expect("planned").id;
        let made = propose(&world, &ana, &eva, hers, None).await;
        let swap_id = made.expect("proposed").id;
        answer(&world, &eva, swap_id, true).await.expect("accepted");
        let (approved, there) = tokio::join!(
            decide(&world, &boss, swap_id, true),
            super::present(&world, &ana, hers)
        );
        approved.expect("approved");
        let now = shift::find(&world.store, &eva, hers).await.expect("hers");
        assert_eq!(now.present_at, None, "round {round}: {there:?}");
    }
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
                agent_id: eva.agent_id,
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

#[tokio::test]
async fn whoever_was_asked_to_decide_hears_that_there_is_nothing_left() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        world.person("Rojas", Level::Supervisor, 8).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        for (hours, accepted) in [((10, 18), false), ((30, 38), true)] {
            let hers = planned(&world, &boss, &ana, hours.0, hours.1).await.id;
            let made = propose(&world, &ana, &eva, hers, None).await;
            let swap_id = made.expect("proposed").id;
            if accepted {
                answer(&world, &eva, swap_id, true).await.expect("accepted");
            }
            let forgotten = entity::outbox::Entity::delete_many();
            let forgotten = forgotten.exec(world.store.writer()).await;
            forgotten.expect("nothing waits");
            write!(world, boss, |tx, boss| shift::remove(tx, &boss, hers)).expect("removed");
            let card = Notice::Swap {
                swap_id,
                ring: true,
            };
            let hears = async |chat| super::told(&world, chat).await.contains(&card);
            assert!(hears(2).await && hears(3).await);
            assert_eq!(hears(8).await, accepted);
            assert!(!hears(1).await, "he did it himself");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_can_decide_about_both_is_asked_and_nobody_else() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let far = world.unit("Sur").await;
        world.member("Otero", Level::Supervisor, Some(5), far).await;
        world.person("Root", Level::Admin, 9).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        world.belongs(id(&eva), far).await;
        world.agent("Sin Telegram", None, world.unit_id).await;
        let mates = swap::mates(&world.store, id(&ana)).await.expect("mates");
        assert_eq!(mates, [(id(&eva), "Eva".to_owned())]);
        let (one, two) = (
            planned(&world, &boss, &ana, 10, 18).await.id,
            planned(&world, &boss, &ana, 30, 38).await.id,
        );
        let asked = async |swap_id| {
            let card = Notice::Swap {
                swap_id,
                ring: true,
            };
            let mut chats = Vec::new();
            for chat in [1, 5, 9] {
                if super::told(&world, chat).await.contains(&card) {
                    chats.push(chat);
                }
            }
            chats
        };
        let made = propose(&world, &ana, &eva, one, None).await;
        let made = made.expect("proposed").id;
        answer(&world, &eva, made, true).await.expect("accepted");
        assert_eq!(asked(made).await, [1], "he has both of them");
        let gone = entity::unit_member::Entity::delete_by_id((
            world.unit_id,
            boss.user_id.expect("an account"),
        ));
        let gone = gone.exec(world.store.writer()).await;
        assert_eq!(gone.expect("moved").rows_affected, 1);
        let made = propose(&world, &ana, &eva, two, None).await;
        let made = made.expect("proposed").id;
        answer(&world, &eva, made, true).await.expect("accepted");
        assert_eq!(asked(made).await, [9], "nobody else has both");
    })
    .await;
}

#[tokio::test]
async fn an_exchange_ends_with_the_start_of_its_shift_and_both_hear_of_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        let made = propose(&world, &ana, &eva, hers, None).await;
        let swap_id = made.expect("proposed").id;
        let forgotten = entity::outbox::Entity::delete_many();
        let forgotten = forgotten.exec(world.store.writer()).await;
        forgotten.expect("nothing waits");
        super::until(&world, 10).await;
        let now = swap::find(&world.store, &eva, swap_id).await;
        assert_eq!(now.expect("seen").status, SwapStatus::Cancelled);
        let card = Notice::Swap {
            swap_id,
            ring: true,
        };
        for chat in [2, 3] {
            assert!(super::told(&world, chat).await.contains(&card), "{chat}");
        }
        let audit = world.all::<entity::audit::Entity>().await;
        assert!(audit.iter().any(|entry| entry.action == "swap.drop"));
    })
    .await;
}

#[tokio::test]
async fn whoever_gave_his_only_shift_away_is_off_shift() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let hers = planned(&world, &boss, &ana, 10, 18).await.id;
        let made = propose(&world, &ana, &eva, hers, None).await;
        let made = made.expect("proposed");
        answer(&world, &eva, made.id, true).await.expect("accepted");
        decide(&world, &boss, made.id, true)
            .await
            .expect("approved");
        let seen = agent::find(&world.store, &boss, id(&ana)).await;
        let seen = seen.expect("of her unit");
        assert_eq!(seen.availability, Availability::OffShift);
        let asked = world.create(&boss, patrol(&[&ana])).await;
        assert!(matches!(refusal(asked), Refusal::Soft { .. }));
    })
    .await;
}
