//! Drills: planned ones leave once at their time, or it is said why not.

mod kept;
mod score;

use domain::{
    drill::{self, Drill, DrillFilter, DrillStatus, MissedWhy, NewDrill},
    error::{Problem, Thing},
    timer,
};
use entity::user;
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};

use super::*;

const HOUR: TimeDelta = TimeDelta::hours(1);

fn in_an_hour() -> NewDrill {
    NewDrill {
        protocol: Some("evacuacion".into()),
        text: Some("Plaza Norte".into()),
        audience: Audience::All,
        starts_at: start() + HOUR,
        zone: None,
        minutes: Some(20),
        confirm_word: None,
    }
}

impl World {
    /// Dora, as the database has her.
    async fn planner(&self) -> Actor {
        let dora = self.person("Dora", Level::Supervisor, 900).await;
        let id = dora.user_id.expect("an account");
        self.permit(id, "broadcast").await;
        self.actor(id).await
    }

    async fn permit(&self, user_id: i64, permissions: &str) {
        self.change_user(user_id, user::Column::Permissions, permissions)
            .await;
    }

    async fn change_user(
        &self,
        user_id: i64,
        column: user::Column,
        value: impl Into<sea_orm::Value>,
    ) {
        user::Entity::update_many()
            .col_expr(column, Expr::value(value))
            .filter(user::Column::Id.eq(user_id))
            .exec(self.store.writer())
            .await
            .expect("a row");
    }

    async fn plans(&self, actor: &Actor, new: NewDrill) -> Result<i64> {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { drill::plan(tx, &actor, new).await }))
            .await
    }

    async fn calls_drill_off(&self, actor: &Actor, id: i64) -> Result<()> {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { drill::cancel(tx, &actor, id).await }))
            .await
    }

    async fn closes(&self, actor: &Actor, id: i64) {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { broadcast::close(tx, &actor, id, None).await }))
            .await
            .expect("closed");
    }

    async fn drill(&self, id: i64) -> Drill {
        let system = Actor::system(Channel::Cli);
        drill::find(&self.store, &system, id).await.expect("there")
    }

    async fn drills(&self) -> Vec<Drill> {
        let system = Actor::system(Channel::Cli);
        let any = DrillFilter::default();
        let page = drill::list(&self.store, &system, any, Window::first(50)).await;
        page.expect("listed").items
    }
}

#[tokio::test]
async fn a_planned_drill_leaves_once_at_its_time_as_a_drill() {
    each(async |world: World| {
        let dora = world.planner().await;
        world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let id = world.plans(&dora, in_an_hour()).await.expect("planned");
        let planned = world.drill(id).await;
        assert_eq!(planned.status, DrillStatus::Planned);
        assert_eq!(
            planned.words,
            "EVACUACIÓN. Salgan ahora y confirmen. Plaza Norte"
        );
        assert!(planned.zone.is_some() && planned.broadcast.is_none());
        world.wait(TimeDelta::minutes(59));
        world.run_timers().await;
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 0);
        world.wait(TimeDelta::minutes(1));
        world.run_timers().await;
        world.run_timers().await;
        let held = world.drill(id).await;
        assert_eq!(held.status, DrillStatus::Held);
        let broadcast_id = held.broadcast.expect("it left").id;
        let sent = world.roll_call(broadcast_id).await;
        assert!(sent.drill);
        assert_eq!((sent.text, sent.created_by), (planned.words, dora.user_id));
        assert_eq!(sent.expires_at, start() + HOUR + TimeDelta::minutes(20));
        assert_eq!(world.rung(broadcast_id).await, [1, 2]);
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 1);
        assert_eq!(world.drills().await.len(), 1, "it is listed once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_that_take_its_timer_hold_it_once() {
    each(async |world: World| {
        let dora = world.planner().await;
        world.person("Ana", Level::Agent, 1).await;
        world.plans(&dora, in_an_hour()).await.expect("planned");
        world.wait(HOUR);
        let other = world.other_process().await;
        let claim = timer::claim(&world.store, 50).await.expect("timers");
        let claim = claim.into_iter().next().expect("its own");
        let (one, two) = tokio::join!(timer::run(&world.store, &claim), timer::run(&other, &claim));
        one.and(two).expect("both run");
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_could_not_be_sent_is_not_planned_either() {
    each(async |world: World| {
        let dora = world.planner().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let refused = async |actor: &Actor, new: NewDrill| refusal(world.plans(actor, new).await);
        assert_eq!(refused(&ana, in_an_hour()).await, Refusal::NotAllowed);
        let past = NewDrill {
            starts_at: start(),
            ..in_an_hour()
        };
        assert_eq!(
            refused(&dora, past).await,
            Refusal::invalid("starts_at", Problem::InThePast)
        );
        let endless = NewDrill {
            minutes: Some(10_000),
            ..in_an_hour()
        };
        assert_eq!(
            refused(&dora, endless).await,
            Refusal::invalid("minutes", Problem::OutOfRange)
        );
        let wordless = NewDrill {
            protocol: None,
            text: Some("  ".into()),
            ..in_an_hour()
        };
        assert_eq!(
            refused(&dora, wordless).await,
            Refusal::invalid("text", Problem::Required)
        );
        let grave = NewDrill {
            protocol: Some("codigo_rojo".into()),
            ..in_an_hour()
        };
        assert_eq!(
            refused(&dora, grave.clone()).await,
            Refusal::invalid("confirm_word", Problem::Required)
        );
        let typed = NewDrill {
            confirm_word: Some("código rojo".into()),
            ..grave
        };
        world.plans(&dora, typed).await.expect("planned");
        world.wait(HOUR);
        world.run_timers().await;
        assert_eq!(world.drills().await[0].status, DrillStatus::Held);
    })
    .await;
}

#[tokio::test]
async fn one_that_was_called_off_never_leaves_and_one_that_left_is_not_called_off() {
    each(async |world: World| {
        let dora = world.planner().await;
        world.person("Ana", Level::Agent, 1).await;
        let off = world.plans(&dora, in_an_hour()).await.expect("planned");
        let on = world.plans(&dora, in_an_hour()).await.expect("planned");
        world.calls_drill_off(&dora, off).await.expect("called off");
        world
            .calls_drill_off(&dora, off)
            .await
            .expect("again: nothing");
        world.wait(HOUR);
        world.run_timers().await;
        assert_eq!(world.drill(off).await.status, DrillStatus::Cancelled);
        assert_eq!(world.drill(on).await.status, DrillStatus::Held);
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 1);
        let late = refusal(world.calls_drill_off(&dora, on).await);
        assert_eq!(late, Refusal::Settled { what: Thing::Drill });
    })
    .await;
}

#[tokio::test]
async fn without_its_planner_it_is_missed_and_those_who_may_send_are_told() {
    each(async |world: World| {
        let dora = world.planner().await;
        let her_id = dora.user_id.expect("an account");
        let eva = world.person("Eva", Level::Supervisor, 901).await;
        world
            .permit(eva.user_id.expect("an account"), "broadcast")
            .await;
        world.person("Ana", Level::Agent, 1).await;
        let unpermitted = world.plans(&dora, in_an_hour()).await.expect("planned");
        world.permit(her_id, "").await;
        world.wait(HOUR);
        world.run_timers().await;
        let missed = world.drill(unpermitted).await;
        assert_eq!(
            (missed.status, missed.why),
            (DrillStatus::Missed, Some(MissedWhy::NoSender))
        );
        let notice = Notice::DrillMissed {
            drill_id: unpermitted,
        };
        assert_eq!(world.told(&notice).await, [900, 901]);
        world.permit(her_id, "broadcast").await;
        let tomorrow = NewDrill {
            starts_at: world.store.now() + HOUR,
            ..in_an_hour()
        };
        let removed = world.plans(&dora, tomorrow).await.expect("planned");
        world.change_user(her_id, user::Column::Active, false).await;
        world.wait(HOUR);
        world.run_timers().await;
        assert_eq!(world.drill(removed).await.why, Some(MissedWhy::NoSender));
        let notice = Notice::DrillMissed { drill_id: removed };
        assert_eq!(world.told(&notice).await, [901], "she is gone");
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_unlinked_planner_still_holds_it_and_nobody_else_gets_her_messages() {
    each(async |world: World| {
        let dora = world.planner().await;
        world.person("Ana", Level::Agent, 1).await;
        let id = world.plans(&dora, in_an_hour()).await.expect("planned");
        let nobody: Option<i64> = None;
        let her_id = dora.user_id.expect("an account");
        world
            .change_user(her_id, user::Column::TelegramId, nobody)
            .await;
        world.wait(HOUR);
        world.run_timers().await;
        let held = world.drill(id).await.broadcast.expect("it left");
        world.closes(&dora, held.id).await;
        let rows = world.all::<outbox::Entity>().await;
        assert!(rows.iter().all(|row| row.chat_id == 1), "{rows:?}");
    })
    .await;
}

#[tokio::test]
async fn late_or_with_nobody_to_hear_it_it_is_missed() {
    each(async |world: World| {
        let dora = world.planner().await;
        let empty = world.unit("Vacía").await;
        let nobody = NewDrill {
            audience: Audience::Unit { unit_id: empty },
            ..in_an_hour()
        };
        let nobody = world.plans(&dora, nobody).await.expect("planned");
        world.wait(HOUR);
        world.run_timers().await;
        assert_eq!(world.drill(nobody).await.why, Some(MissedWhy::Nobody));
        world.person("Ana", Level::Agent, 1).await;
        let later = NewDrill {
            starts_at: world.store.now() + HOUR,
            ..in_an_hour()
        };
        let late = world.plans(&dora, later).await.expect("planned");
        world.wait(HOUR + TimeDelta::minutes(16));
        world.run_timers().await;
        assert_eq!(world.drill(late).await.why, Some(MissedWhy::Late));
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 0);
    })
    .await;
}
