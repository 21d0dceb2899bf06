//! One-time links: who may open one, how often and how long.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::{Channel, Level},
    enrolment::{self, Caller, Enrolled},
    error::LinkProblem,
};

use crate::support::{World, each, refusal};

impl World {
    async fn invites(&self, user: &Actor) -> String {
        let user_id = user.user_id.expect("an account");
        let admin = Actor::system(Channel::Cli);
        let link = self
            .store
            .write(move |tx| Box::pin(async move { enrolment::invite(tx, &admin, user_id).await }))
            .await;
        link.expect("invited").code
    }

    async fn opens(&self, telegram_id: i64, code: &str) -> Result<Enrolled> {
        let code = code.to_owned();
        let caller = Caller {
            telegram_id,
            username: None,
            lang: Some("pt".into()),
        };
        self.store
            .write(move |tx| Box::pin(async move { enrolment::enrol(tx, &code, caller).await }))
            .await
    }

    async fn nobody(&self, name: &str) -> Actor {
        self.member(name, Level::Agent, None, self.unit_id).await
    }

    async fn telegram_of(&self, user: &Actor) -> Option<i64> {
        self.actor(user.user_id.expect("an account"))
            .await
            .telegram_id
    }
}

fn problem<T: std::fmt::Debug>(result: Result<T>) -> LinkProblem {
    match refusal(result) {
        Refusal::Link { problem } => problem,
        other => panic!("not about the link: {other:?}"),
    }
}

#[tokio::test]
async fn a_link_works_once() {
    each(async |world: World| {
        let ana = world.nobody("Ana").await;
        let code = world.invites(&ana).await;
        let name = enrolment::invited(&world.store, &code).await;
        assert_eq!(name.expect("a good link"), "Ana");
        world.opens(7, &code).await.expect("enrolled");
        assert_eq!(world.telegram_of(&ana).await, Some(7));
        assert_eq!(problem(world.opens(8, &code).await), LinkProblem::Used);
        assert_eq!(world.telegram_of(&ana).await, Some(7));
    })
    .await;
}

#[tokio::test]
async fn a_second_tap_of_the_same_phone_is_answered_like_the_first_and_changes_nothing() {
    each(async |world: World| {
        let ana = world.nobody("Ana").await;
        let code = world.invites(&ana).await;
        let first = world.opens(7, &code).await.expect("enrolled");
        let before = world.all::<entity::audit::Entity>().await.len();
        let second = world.opens(7, &code).await.expect("answered");
        assert_eq!(second, first);
        assert_eq!(world.all::<entity::audit::Entity>().await.len(), before);
        let newer = world.invites(&ana).await;
        world.opens(9, &newer).await.expect("a new phone");
        assert_eq!(problem(world.opens(7, &code).await), LinkProblem::Used);
        assert_eq!(world.telegram_of(&ana).await, Some(9));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_phones_with_the_same_link_one_gets_in() {
    each(async |world: World| {
        for round in 0..10 {
            let ana = world.nobody(&format!("Ana{round}")).await;
            let code = world.invites(&ana).await;
            let (one, two) = tokio::join!(
                world.opens(100 + round, &code),
                world.opens(200 + round, &code)
            );
            let lost = if one.is_ok() { two } else { one };
            assert_eq!(problem(lost), LinkProblem::Used);
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_after_a_day_or_with_the_next_one() {
    each(async |world: World| {
        let ana = world.nobody("Ana").await;
        let first = world.invites(&ana).await;
        let second = world.invites(&ana).await;
        assert_eq!(problem(world.opens(7, &first).await), LinkProblem::Expired);
        world.wait(TimeDelta::hours(24));
        assert_eq!(problem(world.opens(7, &second).await), LinkProblem::Expired);
        assert_eq!(
            problem(world.opens(7, "nonsense").await),
            LinkProblem::Unknown
        );
        assert_eq!(world.telegram_of(&ana).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_telegram_account_is_one_person_and_a_person_may_change_phones() {
    each(async |world: World| {
        let (ana, beto) = (world.nobody("Ana").await, world.nobody("Beto").await);
        let code = world.invites(&ana).await;
        world.opens(7, &code).await.expect("enrolled");
        let betos = world.invites(&beto).await;
        assert_eq!(
            problem(world.opens(7, &betos).await),
            LinkProblem::OtherUser
        );
        world
            .opens(8, &betos)
            .await
            .expect("his link is still good");
        let again = world.invites(&ana).await;
        world.opens(9, &again).await.expect("a new phone");
        assert_eq!(world.telegram_of(&ana).await, Some(9));
    })
    .await;
}

#[tokio::test]
async fn who_is_linked_later_is_asked_then() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.nobody("Ana").await;
        world.patrol(&boss, &[&ana]).await;
        let asked = async || world.all::<entity::assignment::Entity>().await.remove(0);
        assert!(asked().await.unreachable_at.is_some());
        world.wait(TimeDelta::minutes(5));
        let code = world.invites(&ana).await;
        world.opens(7, &code).await.expect("enrolled");
        let due = world.store.now() + TimeDelta::minutes(15);
        let now = asked().await;
        assert_eq!((now.unreachable_at, now.ack_due_at), (None, Some(due)));
        world.wait(TimeDelta::minutes(15));
        world.run_timers().await;
        assert_eq!(asked().await.rings, 1);
    })
    .await;
}
