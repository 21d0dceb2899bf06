//! Drills: planned ones leave once at their time, and the score says how people answered until the end.

use domain::{
    drill::{self, Drill, DrillFilter, DrillStatus, MissedWhy, NewDrill, Score, Silence, Times},
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

    async fn calls_off(&self, actor: &Actor, id: i64) -> Result<()> {
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

    async fn score(&self, id: i64) -> Score {
        let one = self.roll_call(id).await;
        drill::score(&self.store, &one).await.expect("reckoned")
    }

    async fn unanswered(&self, id: i64, why: Option<Silence>) -> Vec<String> {
        let one = self.roll_call(id).await;
        let page = drill::unanswered(&self.store, &one, why, Window::first(50)).await;
        let people = page.expect("listed").items;
        people.into_iter().map(|one| one.name).collect()
    }
}

fn times(half: Option<i64>, most: Option<i64>) -> Times {
    Times {
        half_seconds: half,
        most_seconds: most,
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
        world.calls_off(&dora, off).await.expect("called off");
        world.calls_off(&dora, off).await.expect("again: nothing");
        world.wait(HOUR);
        world.run_timers().await;
        assert_eq!(world.drill(off).await.status, DrillStatus::Cancelled);
        assert_eq!(world.drill(on).await.status, DrillStatus::Held);
        assert_eq!(world.all::<entity::broadcast::Entity>().await.len(), 1);
        let late = refusal(world.calls_off(&dora, on).await);
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

#[tokio::test]
async fn the_score_counts_the_reached_and_all_apart_until_the_end() {
    each(async |world: World| {
        let dora = world.planner().await;
        let mut people = Vec::new();
        for number in 1..=10 {
            let name = format!("P{number:02}");
            people.push(world.person(&name, Level::Agent, number).await);
        }
        // Telegram reaches eight of the ten.
        for chat in [9, 10] {
            world
                .store
                .write(move |tx| Box::pin(async move { reach::lost(tx, chat).await }))
                .await
                .expect("recorded");
        }
        let drill = NewBroadcast {
            drill: true,
            ..words()
        };
        let id = world.sends(&dora, drill).await.expect("sent");
        assert_eq!(world.score(id).await.reached, 0, "nothing was taken yet");
        world.telegram_takes().await;
        for (seconds, who) in [(10, 0), (10, 1), (10, 2), (10, 3), (30, 4)] {
            world.wait(TimeDelta::seconds(seconds));
            let reply = [Reply::Acknowledged, Reply::Declined][who % 2];
            world.replies(&people[who], id, reply).await.expect("said");
        }
        // Only the first answer counts for the time.
        world
            .replies(&people[0], id, Reply::NeedsHelp)
            .await
            .expect("said");
        let score = world.score(id).await;
        assert_eq!(
            (score.recipients, score.reached, score.acknowledged),
            (10, 8, 5)
        );
        assert_eq!((score.silent(), score.unreachable()), (3, 2));
        assert_eq!(score.of_reached, times(Some(40), None));
        assert_eq!(score.of_all, times(Some(70), None));
        for who in [5, 6, 7] {
            world.wait(TimeDelta::seconds(1));
            world
                .replies(&people[who], id, Reply::OnTheWay)
                .await
                .expect("said");
        }
        let score = world.score(id).await;
        assert_eq!(score.of_reached, times(Some(40), Some(73)));
        assert_eq!(score.of_all, times(Some(70), None), "nine of ten never did");
        assert_eq!(world.unanswered(id, None).await, ["P09", "P10"]);
        world.closes(&dora, id).await;
        let notice = Notice::DrillScore { broadcast_id: id };
        assert_eq!(world.told(&notice).await, [900]);
        world.wait(TimeDelta::seconds(5));
        world
            .replies(&people[8], id, Reply::Acknowledged)
            .await
            .expect("said, too late");
        assert_eq!(world.score(id).await, score);
        let unreachable = world.unanswered(id, Some(Silence::Unreachable)).await;
        assert_eq!(unreachable, ["P09", "P10"]);
        assert!(world.unanswered(id, Some(Silence::Silent)).await.is_empty());
        let listed = world.drills().await;
        let listed = listed[0].broadcast.as_ref().expect("sent by hand");
        assert_eq!((listed.id, listed.score), (id, score));
    })
    .await;
}

#[tokio::test]
async fn only_drills_that_ran_to_their_end_have_a_score_to_tell() {
    each(async |world: World| {
        let dora = world.planner().await;
        world.person("Ana", Level::Agent, 1).await;
        let real = world.sends(&dora, words()).await.expect("sent");
        let exercise = || NewBroadcast {
            drill: true,
            ..words()
        };
        let off = world.sends(&dora, exercise()).await.expect("sent");
        let expired = world.sends(&dora, exercise()).await.expect("sent");
        world.closes(&dora, real).await;
        let by = dora.clone();
        world
            .store
            .write(move |tx| Box::pin(async move { broadcast::cancel(tx, &by, off).await }))
            .await
            .expect("called off");
        world.wait(TimeDelta::hours(13));
        world.run_timers().await;
        let told = async |id| {
            let notice = Notice::DrillScore { broadcast_id: id };
            world.told(&notice).await
        };
        assert!(told(real).await.is_empty() && told(off).await.is_empty());
        assert_eq!(told(expired).await, [900]);
        let history: Vec<_> = world.drills().await;
        let ids: Vec<_> = history
            .iter()
            .filter_map(|one| Some(one.broadcast.as_ref()?.id))
            .collect();
        assert_eq!(ids, [expired, off], "the latest first, no real one");
    })
    .await;
}

#[tokio::test]
async fn the_history_is_read_page_by_page_by_those_who_may() {
    each(async |world: World| {
        let dora = world.planner().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let mut wanted = Vec::new();
        for hours in [3, 1, 2, 2, 5] {
            let new = NewDrill {
                starts_at: start() + TimeDelta::hours(hours),
                ..in_an_hour()
            };
            let id = world.plans(&dora, new).await.expect("planned");
            wanted.push((hours, id));
        }
        wanted.sort_unstable();
        let wanted: Vec<i64> = wanted.into_iter().rev().map(|(_, id)| id).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let window = Window { limit: 2, cursor };
            let page = drill::list(&world.store, &dora, DrillFilter::default(), window).await;
            let page = page.expect("listed");
            seen.extend(page.items.iter().map(|one| one.id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, wanted);
        let held = DrillFilter {
            statuses: vec![DrillStatus::Held],
        };
        let page = drill::list(&world.store, &dora, held, Window::first(9)).await;
        assert!(page.expect("listed").items.is_empty());
        let any = DrillFilter::default();
        let refused = drill::list(&world.store, &ana, any, Window::first(9)).await;
        assert_eq!(refusal(refused), Refusal::NotAllowed);
        let refused = drill::find(&world.store, &ana, seen[0]).await;
        assert_eq!(refusal(refused), Refusal::NotAllowed);
    })
    .await;
}

#[tokio::test]
async fn the_silent_are_named_in_pages_by_name() {
    each(async |world: World| {
        let dora = world.planner().await;
        for number in (1..=5).rev() {
            let name = format!("P{number}");
            world.person(&name, Level::Agent, number).await;
        }
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        let one = world.roll_call(id).await;
        let window = Window::first(3);
        let page = drill::unanswered(&world.store, &one, Some(Silence::Silent), window).await;
        let page = page.expect("listed");
        let next = Window {
            limit: 3,
            cursor: page.next_cursor.clone(),
        };
        let rest = drill::unanswered(&world.store, &one, Some(Silence::Silent), next).await;
        let rest = rest.expect("listed");
        assert_eq!(rest.next_cursor, None);
        let names: Vec<_> = page
            .items
            .iter()
            .chain(&rest.items)
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["P1", "P2", "P3", "P4", "P5"]);
    })
    .await;
}

#[tokio::test]
async fn each_drill_of_a_page_has_its_own_score() {
    each(async |world: World| {
        let dora = world.planner().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let exercise = || NewBroadcast {
            drill: true,
            ..words()
        };
        let first = world.sends(&dora, exercise()).await.expect("sent");
        let second = world.sends(&dora, exercise()).await.expect("sent");
        world
            .replies(&ana, second, Reply::Acknowledged)
            .await
            .expect("said");
        let scores: Vec<(i64, i64)> = world
            .drills()
            .await
            .into_iter()
            .filter_map(|one| one.broadcast)
            .map(|held| (held.id, held.score.acknowledged))
            .collect();
        assert_eq!(scores, [(second, 1), (first, 0)], "each its own");
    })
    .await;
}
