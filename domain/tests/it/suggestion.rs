//! More people are suggested from those who are free when the task takes place, and answered once; and whoever asks for
//! more people is told when nobody hears him.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    emergency::{self, NewEmergency},
    figures::Period,
    page::Window,
    remind,
    suggestion::{self, Answered, Answers, SuggestionFilter, SuggestionStatus},
    task::{
        create::{NewTask, When},
        life::Step,
    },
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    rota::{at, id, planned, write},
    support::{World, crew, each, patrol, refusal},
};

struct Post {
    world: World,
    boss: Actor,
    ana: Actor,
}

impl Post {
    /// Patrols take three people, and it is known how long.
    async fn of(world: World) -> Self {
        let three = entity::task_kind::Entity::update_many()
            .col_expr(entity::task_kind::Column::Crew, 3.into())
            .exec(world.store.writer())
            .await;
        three.expect("a kind");
        let known = entity::estimate::ActiveModel {
            kind_id: Set(1),
            band: Set("all".into()),
            count: Set(5),
            p50_seconds: Set(1800),
            p75_seconds: Set(3600),
            updated_at: Set(at(0)),
        };
        let db = world.store.writer();
        let insert = entity::estimate::Entity::insert(known);
        let done = insert.exec_without_returning(db).await;
        done.expect("known");
        Self {
            boss: world.person("Silva", Level::Supervisor, 1).await,
            ana: world.person("Ana", Level::Agent, 2).await,
            world,
        }
    }

    /// With Ana, and one hour long.
    async fn tomorrow(&self) -> (i64, i64) {
        self.in_hours(24).await
    }

    async fn in_hours(&self, hours: i64) -> (i64, i64) {
        let new = NewTask {
            planned_start: When::At(at(hours)),
            ..patrol(&[&self.ana])
        };
        let task = self.world.create(&self.boss, new).await.expect("made").id;
        let all = self.world.all::<entity::suggestion::Entity>().await;
        let offered = all.into_iter().find(|one| one.task_id == task);
        let offered = offered.expect("two more are suggested");
        assert_eq!(offered.people, 2);
        (task, offered.id)
    }

    async fn accepts(&self, id: i64) -> Result<Answered> {
        write!(self.world, self.boss, |tx, boss| suggestion::accept(
            tx, &boss, id
        ))
    }

    async fn rejects(&self, id: i64) -> Result<Answered> {
        write!(self.world, self.boss, |tx, boss| suggestion::reject(
            tx, &boss, id
        ))
    }

    async fn status(&self, id: i64) -> SuggestionStatus {
        let found = suggestion::find(&self.world.store, id).await;
        found.expect("there").status
    }

    /// So many who are free all the time.
    async fn free(&self, names: &[&str]) -> Vec<Actor> {
        let mut people = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let phone = 100 + number as i64;
            people.push(self.world.person(name, Level::Agent, phone).await);
        }
        people
    }
}

fn names(names: &[&str]) -> Answered {
    Answered::Added(names.iter().map(|name| (*name).to_owned()).collect())
}

#[tokio::test]
async fn who_is_added_is_free_when_the_task_takes_place() {
    each(async |world: World| {
        let post = Post::of(world).await;
        let (task, offered) = post.tomorrow().await;
        let (world, boss) = (&post.world, &post.boss);
        let people = post
            .free(&["Beto", "Carla", "Dora", "Eva", "Fito", "Gabi"])
            .await;
        let [beto, carla, dora, eva, fito, gabi] = &people[..] else {
            panic!("six people");
        };
        // Free now, but not then: leave, another task, a shift that ends before, and until further notice.
        let leave = world.leave(boss, id(beto), (at(24), at(30))).await;
        leave.expect("approved");
        let other = NewTask {
            planned_start: When::At(at(24) + TimeDelta::minutes(30)),
            ..patrol(&[dora])
        };
        world.create(boss, other).await.expect("made");
        planned(world, boss, fito, 0, 24).await;
        let gone = id(gabi);
        let away = write!(world, gabi, |tx, gabi| domain::agent::set_availability(
            tx, &gabi, gone, true, None, None
        ));
        away.expect("away");
        // Not free now, but then: at work today, and off shift until tomorrow.
        world.begun(boss, &[carla]).await;
        planned(world, boss, eva, 23, 30).await;
        assert_eq!(
            post.accepts(offered).await.expect("answered"),
            names(&["Carla", "Eva"])
        );
        let held = world.task(boss, task).await;
        assert_eq!(held.held().count(), 3);
        assert_eq!(post.status(offered).await, SuggestionStatus::Accepted);
    })
    .await;
}

#[tokio::test]
async fn whoever_calls_for_help_is_not_added_to_what_begins_soon() {
    each(async |world: World| {
        let post = Post::of(world).await;
        let (_, offered) = post.in_hours(1).await;
        let people = post.free(&["Beto", "Carla", "Dora"]).await;
        let called = write!(post.world, people[0], |tx, beto| emergency::raise(
            tx,
            &beto,
            NewEmergency::default()
        ));
        called.expect("a call for help never fails");
        assert_eq!(
            post.accepts(offered).await.expect("answered"),
            names(&["Carla", "Dora"])
        );
    })
    .await;
}

#[tokio::test]
async fn a_late_tap_changes_nothing_and_pretends_nothing() {
    each(async |world: World| {
        let post = Post::of(world).await;
        let (task, offered) = post.tomorrow().await;
        assert_eq!(post.accepts(offered).await.expect("told"), Answered::Nobody);
        assert_eq!(post.status(offered).await, SuggestionStatus::Offered);
        let people = post.free(&["Beto", "Carla", "Dora"]).await;
        let added = post.accepts(offered).await.expect("answered");
        assert_eq!(added, names(&["Beto", "Carla"]));
        for late in [post.rejects(offered).await, post.accepts(offered).await] {
            assert_eq!(late.expect("told"), Answered::Before);
        }
        assert_eq!(post.status(offered).await, SuggestionStatus::Accepted);

        // It has its people by now, whoever put them there.
        let (world, boss) = (&post.world, &post.boss);
        let off = Step::because("Error");
        world.cancel(boss, task, off).await.expect("off");
        let (task, offered) = post.tomorrow().await;
        let by_hand = crew(&[&post.ana, &people[0], &people[1]]);
        world.assign(boss, task, by_hand).await.expect("put there");
        let late = post.accepts(offered).await;
        assert_eq!(late.expect("told"), Answered::Before);
        let held = world.task(boss, task).await;
        assert_eq!(held.held().count(), 3);
        // It is over.
        let off = Step::because("Error");
        world.cancel(boss, task, off).await.expect("off");
        for late in [post.rejects(offered).await, post.accepts(offered).await] {
            assert_eq!(late.expect("told"), Answered::Before);
        }
        let foreign = write!(world, post.ana, |tx, ana| suggestion::accept(
            tx, &ana, offered
        ));
        assert_eq!(refusal(foreign), Refusal::NotAllowed);
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_for_more_people_learns_whether_somebody_hears_it() {
    each(async |world: World| {
        let unit = world.unit_id;
        let silent = world.member("Silva", Level::Supervisor, None, unit).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.begun(&silent, &[&ana]).await.id;
        let asks = async || {
            let heard = write!(world, ana, |tx, ana| remind::reinforce(tx, &ana, task));
            heard.expect("he is on it")
        };
        let told = async || {
            let rows = world.all::<entity::outbox::Entity>().await;
            let asked = rows
                .iter()
                .filter(|row| row.notice.to_string().contains("reinforce"));
            asked.map(|row| row.chat_id).collect::<Vec<_>>()
        };
        assert!(!asks().await, "nobody is on Telegram");
        assert!(!asks().await, "not after a quick second tap either");
        assert_eq!(told().await, [0i64; 0]);
        world.person("Dos", Level::Supervisor, 3).await;
        world.wait(TimeDelta::minutes(2));
        assert!(asks().await);
        assert_eq!(told().await, [3]);
        let gone = write!(world, ana, |tx, _ana| domain::reach::lost(tx, 3));
        gone.expect("blocked");
        world.wait(TimeDelta::minutes(2));
        assert!(!asks().await, "he has blocked the bot");
    })
    .await;
}

#[tokio::test]
async fn what_became_of_suggestions_is_counted_and_listed_for_those_who_see_the_tasks() {
    each(async |world: World| {
        let post = Post::of(world).await;
        post.free(&["Beto", "Carla"]).await;
        let (task, accepted) = post.in_hours(24).await;
        let (_, rejected) = post.in_hours(30).await;
        let (_, waiting) = post.in_hours(36).await;
        let added = post.accepts(accepted).await.expect("answered");
        assert_eq!(added, names(&["Beto", "Carla"]));
        post.rejects(rejected).await.expect("answered");
        let store = &post.world.store;
        let period = Period::last(store, 7);
        let told = suggestion::answers(store, &post.boss, period).await;
        let told: Vec<_> = told.expect("counted").into_iter().collect();
        let one_each = Answers {
            offered: 1,
            accepted: 1,
            rejected: 1,
        };
        assert_eq!(told, [("patrullaje".to_owned(), one_each)]);

        let list = async |who: &Actor, status, kind: Option<&str>| {
            let filter = SuggestionFilter {
                period,
                status,
                kind: kind.map(str::to_owned),
                task_id: None,
            };
            let page = suggestion::list(store, who, filter, Window::first(2)).await?;
            Ok::<_, domain::Error>(page)
        };
        for (status, id) in [
            (SuggestionStatus::Offered, waiting),
            (SuggestionStatus::Accepted, accepted),
            (SuggestionStatus::Rejected, rejected),
        ] {
            let page = list(&post.boss, Some(status), Some("patrullaje")).await;
            let ids: Vec<i64> = page.expect("his").items.iter().map(|one| one.id).collect();
            assert_eq!(ids, [id], "{status:?}");
        }
        let other = list(&post.boss, None, Some("vigilancia")).await;
        assert!(other.expect("his").items.is_empty());
        // Newest first, by pages.
        let first = list(&post.boss, None, None).await.expect("his");
        assert_eq!(first.items[0].id, waiting);
        let window = Window {
            cursor: first.next_cursor.clone(),
            ..Window::first(2)
        };
        let filter = SuggestionFilter {
            period,
            status: None,
            kind: None,
            task_id: None,
        };
        let rest = suggestion::list(store, &post.boss, filter, window).await;
        let rest = rest.expect("his");
        let last = &rest.items[0];
        assert_eq!((rest.items.len(), rest.next_cursor.is_none()), (1, true));
        assert_eq!((last.id, last.task_id, last.people), (accepted, task, 2));
        assert_eq!(last.answered_by.as_deref(), Some("Silva"));

        let south = post.world.unit("Sur").await;
        let far = post.world.member("Lejos", Level::Supervisor, None, south);
        let far = far.await;
        assert!(list(&far, None, None).await.expect("none").items.is_empty());
        let none = suggestion::answers(store, &far, period).await;
        assert!(none.expect("none").is_empty());
        let refused = refusal(list(&post.ana, None, None).await);
        assert_eq!(refused, Refusal::NotAllowed);
        let later = Period::new(
            period.until + chrono::Days::new(1),
            period.until + chrono::Days::new(2),
        );
        let later = suggestion::answers(store, &post.boss, later.expect("two days")).await;
        assert!(later.expect("none").is_empty());
    })
    .await;
}
