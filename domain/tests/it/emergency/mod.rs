//! Calls for help: who is asked, who is not and why, who wins, how the search widens and how it ends.

mod after;
mod album;
mod askings;
mod assigned;
mod at_work;
mod before;
mod bound;
mod busy;
mod call;
mod caller;
mod crew;
mod deaf;
mod drill;
mod earlier;
mod helper;
mod leave;
mod lost;
mod model;
mod need;
mod outage;
mod pressed;
mod progress;
mod reopened;
mod said;
mod sequences;
mod several;
mod told;
mod turn;
mod unheeded;
mod wanted;

use chrono::TimeDelta;
use domain::{
    Actor, Result,
    actor::{Channel, Level},
    emergency::{self, Called, Coming, Emergency, EmergencyStatus, NewEmergency, OfferState, Said},
    event::{self, Event},
    geo::Point,
    outbox::{Lane, Notice},
    position::{self, PositionSource, Shared},
    task::{Priority, Status, load},
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::support::{World, each, patrol, refusal};

const HERE: Point = Point {
    lat: -34.6,
    lon: -58.4,
};

/// So many metres to the north.
fn north(metres: f64) -> Point {
    Point {
        lat: HERE.lat + metres / 111_195.0,
        ..HERE
    }
}

impl World {
    async fn at(&self, actor: &Actor, metres: f64) {
        let actor = actor.clone();
        let shared = Shared {
            point: north(metres),
            accuracy_m: Some(15.0),
            source: PositionSource::Live,
            at: self.store.now(),
        };
        self.store
            .write(move |tx| Box::pin(async move { position::share(tx, &actor, shared).await }))
            .await
            .expect("kept");
    }

    /// An agent who stands so many metres away.
    async fn standing(&self, name: &str, telegram_id: i64, metres: f64) -> Actor {
        let actor = self.person(name, Level::Agent, telegram_id).await;
        self.at(&actor, metres).await;
        actor
    }

    /// Six agents, each a hundred metres farther away.
    async fn six(&self) -> Vec<Actor> {
        let mut people = Vec::new();
        for number in 0..6 {
            let name = format!("P{number}");
            let metres = 100.0 * (1 + number) as f64;
            people.push(self.standing(&name, 100 + number, metres).await);
        }
        people
    }

    async fn actor_named(&self, name: &str) -> Actor {
        let users = self.all::<entity::user::Entity>().await;
        let user = users.iter().find(|user| user.name == name);
        self.actor(user.expect("somebody of this name").id).await
    }

    async fn sos(&self, actor: &Actor, new: NewEmergency) -> Emergency {
        let caller = actor.clone();
        let id = self
            .store
            .write(move |tx| Box::pin(async move { emergency::raise(tx, &caller, new).await }))
            .await
            .expect("a call for help never fails");
        self.emergency(id).await
    }

    async fn emergency(&self, id: i64) -> Emergency {
        let system = Actor::system(Channel::Cli);
        emergency::find(&self.store, &system, id)
            .await
            .expect("it is there")
    }

    async fn goes(&self, actor: &Actor, id: i64) -> Result<Coming> {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { emergency::go(tx, &actor, id).await }))
            .await
    }

    async fn cannot(&self, actor: &Actor, id: i64) -> Result<Said> {
        let actor = actor.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { emergency::decline(tx, &actor, id, "No puede ir").await })
            })
            .await
    }

    async fn resolves(&self, actor: &Actor, id: i64, reason: Option<&str>) -> Result<Emergency> {
        let (actor, reason) = (actor.clone(), reason.map(str::to_owned));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    emergency::resolve(tx, &actor, id, reason).await?;
                    emergency::find_in(tx, &actor, id).await
                })
            })
            .await
    }

    /// The row itself, with what is shown to nobody.
    async fn call_row(&self, id: i64) -> entity::emergency::Model {
        let rows = self.all::<entity::emergency::Entity>().await;
        rows.into_iter()
            .find(|row| row.id == id)
            .expect("it is there")
    }

    async fn takes_back(&self, actor: &Actor, id: i64) -> Result<()> {
        let actor = actor.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { emergency::withdraw(tx, &actor, id, "Sin querer").await })
            })
            .await
    }

    async fn calls(&self, actor: &Actor) -> Called {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { emergency::call(tx, &actor).await }))
            .await
            .expect("a call for help never fails")
    }

    /// Messages that wait, by chat.
    async fn notices(&self, chat_id: i64) -> Vec<(Lane, Notice)> {
        self.all::<entity::outbox::Entity>()
            .await
            .into_iter()
            .filter(|row| row.chat_id == chat_id)
            .map(|row| {
                let notice = serde_json::from_value(row.notice).expect("ours");
                (row.lane, notice)
            })
            .collect()
    }
}

fn here() -> NewEmergency {
    NewEmergency {
        place: Some(HERE),
        ..NewEmergency::default()
    }
}

fn names(emergency: &Emergency, state: OfferState) -> Vec<&str> {
    let of = emergency.offers.iter().filter(|one| one.state == state);
    of.map(|one| one.agent.name.as_str()).collect()
}

#[tokio::test]
async fn the_nearest_are_asked_in_the_emergency_lane_with_their_reasons() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let sos = world.standing("Ana", 1, 0.0).await;
        for (name, chat, metres) in [
            ("B", 2, 900.0),
            ("C", 3, 300.0),
            ("D", 4, 600.0),
            ("E", 5, 5000.0),
        ] {
            world.standing(name, chat, metres).await;
        }
        let emergency = world.sos(&sos, here()).await;
        assert_eq!(emergency.code.as_deref(), Some("EMG-2026-0001"));
        assert_eq!(emergency.status, EmergencyStatus::Active);
        assert_eq!(names(&emergency, OfferState::Offered), ["C", "D", "B"]);
        assert_eq!(names(&emergency, OfferState::Passed), ["E"]);
        let first = &emergency.offers[0];
        assert!((first.distance_m.expect("measured") - 300.0).abs() < 2.0);
        assert_eq!((first.position_age_s, first.load), (Some(0), Some(0)));
        assert_eq!(first.position_accuracy_m, Some(15.0));
        let last = emergency.offers.last().expect("passed over");
        assert_eq!(last.why.as_deref(), Some("farther"));
        let task = load::find(&world.store, &sos, emergency.task_id.expect("a task")).await;
        let task = task.expect("his own");
        assert_eq!(
            (task.priority, task.status),
            (Priority::Critical, Status::Scheduled)
        );
        for chat in [1, 2, 3, 4, 9] {
            let told = world.notices(chat).await;
            assert!(
                told.iter().any(|(lane, notice)| *lane == Lane::Emergency
                    && matches!(notice, Notice::Emergency { ring: true, .. })),
                "{chat}: {told:?}"
            );
        }
        assert!(world.notices(5).await.is_empty());
        let facts = event::since(&world.store, 0, 100).await.expect("the log");
        let raised = facts
            .events
            .iter()
            .find(|fact| matches!(fact.event, Event::EmergencyRaised { .. }))
            .expect("told");
        assert!(raised.concerns(&boss) && raised.concerns(&sos));
        let audit = world.all::<entity::audit::Entity>().await;
        assert!(audit.iter().any(|row| row.action == "emergency.raise"));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_free_or_was_not_seen_lately_is_never_asked() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 90).await;
        let sos = world.standing("Ana", 1, 0.0).await;
        let stale = world.standing("Stale", 2, 10.0).await;
        let off = world.standing("Off", 3, 20.0).await;
        let away = world.standing("Away", 4, 30.0).await;
        let busy = world.standing("Busy", 5, 40.0).await;
        world.wait(TimeDelta::minutes(31));
        for one in [&off, &away, &busy, &sos] {
            world.at(one, 20.0).await;
        }
        let gone = world.agent("Gone", None, world.unit_id).await;
        let row = entity::last_position::ActiveModel {
            agent_id: Set(gone),
            lat: Set(HERE.lat),
            lon: Set(HERE.lon),
            accuracy_m: Set(None),
            source: Set(PositionSource::Pin),
            recorded_at: Set(world.store.now()),
            refused_at: Set(None),
        };
        entity::last_position::Entity::insert(row)
            .exec_without_returning(world.store.writer())
            .await
            .expect("a row");
        let tomorrow = world.store.now() + TimeDelta::days(1);
        let agent = |one: &Actor| one.agent_id.expect("an agent");
        world
            .shift(
                &boss,
                agent(&off),
                (tomorrow, tomorrow + TimeDelta::hours(8)),
            )
            .await
            .expect("planned");
        let (he, id) = (away.clone(), agent(&away));
        world
            .store
            .write(move |tx| {
                Box::pin(async move {
                    domain::agent::set_availability(tx, &he, id, true, Some("Médico".into()), None)
                        .await
                })
            })
            .await
            .expect("set");
        let task = world
            .create(&boss, patrol(&[&busy]))
            .await
            .expect("created");
        world
            .start(&boss, task.id, Default::default())
            .await
            .expect("started");
        let emergency = world.sos(&sos, here()).await;
        assert!(
            names(&emergency, OfferState::Offered).is_empty(),
            "{emergency:?}"
        );
        let why = |name: &str| {
            let one = emergency.offers.iter().find(|one| one.agent.name == name);
            one.and_then(|one| one.why.clone()).unwrap_or_default()
        };
        assert_eq!(why("Stale"), "stale");
        assert_eq!(why("Off"), "off_shift");
        assert_eq!(why("Away"), "unavailable");
        assert_eq!(why("Busy"), "on_task");
        assert_eq!(why("Gone"), "not_linked");
        // Nobody is an escalation and no error: those in command learn it with the phone list at once.
        assert!(world.call_row(emergency.id).await.escalated_at.is_some());
        assert_eq!(emergency.escalated_at, None, "no message has been sent yet");
        let told = world.notices(90).await;
        assert!(
            told.iter().any(|(_, notice)| matches!(
                notice,
                Notice::EmergencyEscalated { phones: true, .. }
            )),
            "{told:?}"
        );
        refusal(world.goes(&stale, emergency.id).await);
        // Whoever becomes free is asked by a later ring.
        world.at(&stale, 10.0).await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let later = world.emergency(emergency.id).await;
        assert_eq!(names(&later, OfferState::Offered), ["Stale"]);
    })
    .await;
}

#[tokio::test]
async fn the_ring_widens_every_thirty_seconds_then_command_hears_it_once() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 90).await;
        let sos = world.standing("Ana", 1, 0.0).await;
        for number in 0..7 {
            let name = format!("P{number}");
            world.standing(&name, 100 + number, 100.0 * (1 + number) as f64).await;
        }
        let id = world.sos(&sos, here()).await.id;
        let mut asked = Vec::new();
        for _ in 0..4 {
            let now = world.emergency(id).await;
            let escalated = world.call_row(id).await.escalated_at.is_some();
            asked.push((names(&now, OfferState::Offered).len(), escalated));
            world.wait(TimeDelta::seconds(29));
            assert_eq!(world.run_timers().await, usize::from(asked.len() == 1), "not before");
            world.wait(TimeDelta::seconds(1));
            world.run_timers().await;
        }
        assert_eq!(asked, [(3, false), (6, false), (7, true), (7, true)]);
        let escalations = |phones: bool, told: &[(Lane, Notice)]| {
            let same = |notice: &Notice| matches!(notice, Notice::EmergencyEscalated { phones: p, .. } if *p == phones);
            told.iter().filter(|(_, notice)| same(notice)).count()
        };
        let told = world.notices(90).await;
        assert_eq!((escalations(false, &told), escalations(true, &told)), (0, 1), "{told:?}");
        let now = world.emergency(id).await;
        assert_eq!(now.offers[0].ring, Some(0));
        assert_eq!(now.offers[6].ring, Some(2));
    })
    .await;
}

#[tokio::test]
async fn however_long_it_lasts_whoever_becomes_free_is_asked_by_the_next_ring() {
    each(async |world: World| {
        let sos = world.standing("Ana", 1, 0.0).await;
        let id = world.sos(&sos, here()).await.id;
        for _ in 0..25 {
            world.wait(TimeDelta::seconds(30));
            world.run_timers().await;
        }
        world.standing("Bob", 2, 100.0).await;
        world.wait(TimeDelta::seconds(30));
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Bob"]);
        let next = world.store.now() + TimeDelta::seconds(30);
        assert_eq!(now.next_ring_at, Some(next));
    })
    .await;
}

#[tokio::test]
async fn when_all_who_were_asked_cannot_others_are_asked_at_once() {
    each(async |world: World| {
        let sos = world.standing("Ana", 1, 0.0).await;
        let mut people = Vec::new();
        for number in 0..5 {
            let name = format!("P{number}");
            people.push(
                world
                    .standing(&name, 100 + number, 100.0 * (1 + number) as f64)
                    .await,
            );
        }
        let id = world.sos(&sos, here()).await.id;
        for one in &people[..3] {
            world.cannot(one, id).await.expect("said");
        }
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["P3", "P4"]);
        assert_eq!(names(&now, OfferState::Declined), ["P0", "P1", "P2"]);
    })
    .await;
}
