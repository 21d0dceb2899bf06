//! The story of a task: everything in it, once, also while something is told of an earlier time, and after somebody was
//! asked anew.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::{Level, Permission},
    assignment::{Answer, Crew},
    audit::list,
    page::Window,
    report::{self, NewReport},
    task::{
        edit::TaskPatch,
        timeline::{self, Entry, What, Who},
    },
};

use crate::support::{World, crew, each, patrol};

/// His account and his name.
fn of(who: Option<&Who>) -> Option<(Option<i64>, &str)> {
    who.map(|one| (one.user_id, one.name.as_str()))
}

impl World {
    async fn tells_of(&self, by: &Actor, id: i64, text: &str, ago: TimeDelta) {
        let (by, at) = (by.clone(), Some(self.store.now() - ago));
        let new = NewReport {
            at,
            ..NewReport::text(text)
        };
        self.store
            .write(move |tx| Box::pin(async move { report::add(tx, &by, id, new).await.map(drop) }))
            .await
            .expect("reported");
    }

    async fn page(&self, by: &Actor, id: i64, cursor: Option<String>) -> (Vec<Entry>, Window) {
        let window = Window { limit: 2, cursor };
        let page = timeline::timeline(&self.store, by, id, window).await;
        let page = page.expect("a page");
        let next = Window {
            limit: 2,
            cursor: page.next_cursor,
        };
        (page.items, next)
    }

    /// Page by page; before the fourth something is told that happened before the end of the third.
    async fn story(&self, by: &Actor, id: i64, late: &Actor) -> Vec<Entry> {
        let (mut story, mut next) = self.page(by, id, None).await;
        for number in 2.. {
            if number == 4 {
                self.tells_of(late, id, "tarde", TimeDelta::hours(4)).await;
            }
            if next.cursor.is_none() {
                break;
            }
            let (more, window) = self.page(by, id, next.cursor).await;
            story.extend(more);
            next = window;
        }
        story
    }
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_what_is_told_late() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 10).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let task = world.begun(&boss, &[&ana]).await;
        world.wait(TimeDelta::hours(5));
        for minutes in [50, 40, 40, 40, 30, 20] {
            let text = format!("hace {minutes}");
            world
                .tells_of(&ana, task.id, &text, TimeDelta::minutes(minutes))
                .await;
        }
        let story = world.story(&boss, task.id, &ana).await;
        let texts: Vec<&str> = story
            .iter()
            .filter(|one| matches!(one.what, What::Report { .. }))
            .filter_map(|one| one.text.as_deref())
            .collect();
        assert_eq!(
            texts,
            [
                "hace 50", "hace 40", "hace 40", "hace 40", "hace 30", "hace 20"
            ]
        );
        assert!(story.iter().any(|one| one.what == What::Created));
        assert!(story.is_sorted_by_key(|one| one.at));
        let whole = timeline::timeline(&world.store, &boss, task.id, Window::first(200)).await;
        let whole = whole.expect("a page").items;
        assert_eq!(whole.len(), story.len() + 1, "and what was told late");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_stays_in_the_story_when_the_same_person_is_asked_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 10).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let task = world.create(&boss, patrol(&[&ana])).await.expect("created");
        let no = Answer::Decline {
            reason: "Estoy lejos".into(),
        };
        world.wait(TimeDelta::minutes(1));
        world.answer(&ana, task.id, no).await.expect("declined");
        world.wait(TimeDelta::minutes(1));
        world
            .assign(&boss, task.id, crew(&[&ana]))
            .await
            .expect("asked again");
        world.wait(TimeDelta::minutes(1));
        world
            .answer(&ana, task.id, Answer::Acknowledge)
            .await
            .expect("acknowledged");
        let story = timeline::timeline(&world.store, &boss, task.id, Window::first(200)).await;
        let story = story.expect("a page").items;
        let told: Vec<_> = story
            .iter()
            .map(|one| {
                (
                    one.what,
                    of(one.actor.as_ref()),
                    of(one.agent.as_ref()),
                    one.text.as_deref(),
                )
            })
            .collect();
        let (silva, ana) = (Some((boss.user_id, "Silva")), Some((ana.user_id, "Ana")));
        assert_eq!(
            told,
            [
                (What::Created, silva, None, None),
                (What::Offered, silva, ana, None),
                (What::Declined, ana, None, Some("Estoy lejos")),
                (What::Offered, silva, ana, None),
                (What::Acknowledged, ana, None, None),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn why_somebody_off_shift_is_sent_stands_in_the_story_and_in_the_record() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 10).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let beto = world.person("Beto", Level::Agent, 2).await;
        let id = ana.agent_id.expect("an agent");
        let later = world.store.now() + TimeDelta::hours(10);
        let night = (later, later + TimeDelta::hours(8));
        world.shift(&boss, id, night).await.expect("planned");
        let task = world.create(&boss, patrol(&[])).await.expect("created");
        let both = Crew {
            override_reason: Some(" Cubre a un compañero ".into()),
            ..crew(&[&ana, &beto])
        };
        world.assign(&boss, task.id, both).await.expect("a reason");

        let story = timeline::timeline(&world.store, &boss, task.id, Window::first(200)).await;
        let story = story.expect("a page").items;
        let asked: Vec<_> = story
            .iter()
            .filter(|one| one.what == What::Offered)
            .map(|one| {
                (
                    one.agent.as_ref().map(|who| who.name.as_str()),
                    one.text.as_deref(),
                )
            })
            .collect();
        let reason = Some("Cubre a un compañero");
        assert_eq!(asked, [(Some("Ana"), reason), (Some("Beto"), None)]);

        let auditor = Actor {
            permissions: vec![Permission::Audit],
            ..boss.clone()
        };
        let filter = list::Filter {
            action: Some("task.assign".into()),
            ..list::Filter::default()
        };
        let page = list::list(&world.store, &auditor, filter, Window::default()).await;
        let page = page.expect("a page").items;
        let noted: Vec<_> = page
            .iter()
            .map(|one| (one.reason.as_deref(), &one.data["excused"]))
            .collect();
        assert_eq!(noted, [(reason, &serde_json::json!([id]))]);
        let sealed = page[0].data.to_string();
        assert!(!sealed.contains("compañero"), "words are erased: {sealed}");
    })
    .await;
}

#[tokio::test]
async fn why_somebody_was_sent_stays_known_when_he_is_asked_anew_for_another_reason() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 10).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = ana.agent_id.expect("an agent");
        let later = world.store.now() + TimeDelta::hours(10);
        let night = (later, later + TimeDelta::hours(8));
        world.shift(&boss, id, night).await.expect("planned");
        let task = world.create(&boss, patrol(&[])).await.expect("created");
        for why in ["Cubre a un compañero", "Vive enfrente"] {
            let excused = Crew {
                override_reason: Some(why.into()),
                ..crew(&[&ana])
            };
            world.assign(&boss, task.id, excused).await.expect("put on");
            world.wait(TimeDelta::minutes(1));
            let no = Answer::Decline {
                reason: "Estoy lejos".into(),
            };
            world.answer(&ana, task.id, no).await.expect("declined");
        }

        let story = timeline::timeline(&world.store, &boss, task.id, Window::first(200)).await;
        let story = story.expect("a page").items;
        let asked = story.iter().filter(|one| one.what == What::Offered);
        let why: Vec<_> = asked.map(|one| one.text.as_deref()).collect();
        let both = [Some("Cubre a un compañero"), Some("Vive enfrente")];
        assert_eq!(why, both);

        let auditor = Actor {
            permissions: vec![Permission::Audit],
            ..boss.clone()
        };
        let filter = list::Filter {
            action: Some("task.assign".into()),
            ..list::Filter::default()
        };
        let page = list::list(&world.store, &auditor, filter, Window::default()).await;
        let page = page.expect("a page").items;
        let noted: Vec<_> = page.iter().rev().map(|one| one.reason.as_deref()).collect();
        assert_eq!(noted, both, "the newest stands first");
    })
    .await;
}

#[tokio::test]
async fn what_of_a_task_says_something_else_is_told_and_by_whom() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 10).await;
        let task = world.create(&boss, patrol(&[])).await.expect("created");
        for title in ["Otra plaza", "Otra plaza"] {
            let patch = TaskPatch {
                title: Some(title.into()),
                ..TaskPatch::default()
            };
            world.edit(&boss, task.id, patch).await.expect("edited");
        }
        let story = timeline::timeline(&world.store, &boss, task.id, Window::first(200)).await;
        let story = story.expect("a page").items;
        let edited = story.iter().filter(|one| one.what == What::Edited);
        let told: Vec<_> = edited
            .map(|one| (of(one.actor.as_ref()), one.changed.join(" ")))
            .collect();
        let silva = Some((boss.user_id, "Silva"));
        assert_eq!(
            told,
            [(silva, "title".to_owned())],
            "the second changed nothing"
        );
    })
    .await;
}
