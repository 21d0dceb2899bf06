//! The score of drills, planned or sent by hand: how fast people answered until the end, who stayed silent, and the history.

use domain::{
    drill::{Score, Silence, Times},
    emergency::{self, NewEmergency},
};

use super::*;

fn times(half: Option<i64>, most: Option<i64>) -> Times {
    Times {
        half_seconds: half,
        most_seconds: most,
    }
}

impl World {
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
async fn whoever_called_for_help_after_it_reached_him_is_not_silent() {
    each(async |world: World| {
        let dora = world.planner().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        let drill = NewBroadcast {
            drill: true,
            ..words()
        };
        let id = world.sends(&dora, drill).await.expect("sent");
        world.telegram_takes().await;
        let silent = async || world.unanswered(id, Some(Silence::Silent)).await;
        assert_eq!(silent().await, ["Ana", "Bob"]);
        world.wait(TimeDelta::seconds(5));
        let (who, help) = (ana.clone(), NewEmergency::default());
        let call = world
            .store
            .write(move |tx| Box::pin(async move { emergency::raise(tx, &who, help).await }));
        call.await.expect("a call for help never fails");
        assert_eq!(silent().await, ["Bob"]);
        let score = world.score(id).await;
        assert_eq!((score.recipients, score.reached, score.calling), (2, 1, 1));
        assert_eq!((score.silent(), score.unreachable()), (1, 0));
        // What she answered all the same counts.
        let said = world.replies(&ana, id, Reply::Acknowledged).await;
        said.expect("said");
        let score = world.score(id).await;
        assert_eq!(
            (score.reached, score.acknowledged, score.calling),
            (2, 1, 0)
        );
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
        let told = async |id: i64| {
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
