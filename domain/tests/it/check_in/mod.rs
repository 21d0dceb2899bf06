//! "Are you well?": who is asked, what an answer does, how far silence goes, and how it ends by itself.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    assignment::Answer,
    check_in::{
        self, Answered, CheckIn, CheckInEnd, CheckInStatus, PersonState, Said, WatchFilter,
    },
    emergency::{self, EmergencyStatus, PlaceSource},
    geo::Point,
    lease,
    outbox::{self, Notice},
    page::Window,
    position::{self, PositionSource, Shared},
    reach,
    task::{Task, life::Step},
};

use crate::support::{World, each, refusal};

mod heard;
mod help;
mod lone;
mod lost;
mod span;
mod unreached;

const LEAD: i64 = 1;
const ANA: i64 = 2;
const BOSS: i64 = 10;

const ASK: &str = "ask";
const SILENT: &str = "silent";
const PHONES: &str = "phones";
const HELP: &str = "help";
const WELL: &str = "well";
const OVER: &str = "over";

/// What a message is here; nothing for all that is about something else.
fn word(notice: &Notice) -> Option<&'static str> {
    Some(match notice {
        Notice::CheckIn { ring: true, .. } => ASK,
        Notice::CheckInSilent { phones: false, .. } => SILENT,
        Notice::CheckInSilent { phones: true, .. } => PHONES,
        Notice::CheckInHelp { .. } => HELP,
        Notice::CheckInWell { .. } => WELL,
        Notice::CheckInOver { .. } => OVER,
        _ => return None,
    })
}

impl World {
    /// Does all that is due and sends all that is queued: who was asked or told what.
    async fn hears(&self) -> Vec<(i64, &'static str)> {
        self.run_timers().await;
        let told = self.delivers().await.into_iter();
        let mut told: Vec<_> = told
            .filter_map(|(chat, notice)| Some((chat, word(&notice)?)))
            .collect();
        told.sort_unstable();
        told
    }

    async fn checks(&self, by: &Actor, task_id: i64, minutes: u32) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { check_in::start(tx, &by, task_id, minutes).await })
            })
            .await
    }

    async fn says(&self, who: &Actor, said: Said) -> Answered {
        let rows = self.all::<entity::check_in::Entity>().await;
        let (who, id) = (who.clone(), rows.last().expect("a check").id);
        self.store
            .write(move |tx| Box::pin(async move { check_in::answer(tx, &who, id, said).await }))
            .await
            .expect("an answer is never refused")
    }

    async fn roll(&self, by: &Actor, task_id: i64) -> CheckIn {
        let found = check_in::of_task(&self.store, by, task_id).await;
        found.expect("he sees it").expect("there is one")
    }

    async fn is_alone(&self, who: &Actor, minutes: u32) {
        let who = who.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { check_in::alone(tx, &who, minutes, None).await })
            })
            .await
            .expect("he may");
    }

    /// Who works alone and is silent, as this person sees it.
    async fn lone(&self, by: &Actor) -> Vec<String> {
        let filter = WatchFilter {
            alone: Some(true),
            silent: true,
        };
        let page = check_in::watched(&self.store, by, filter, Window::default()).await;
        let found = page.expect("a list").items.into_iter();
        found.map(|one| one.person.name).collect()
    }

    /// What the sender finds out about Telegram.
    async fn telegram(&self, away: bool) {
        self.telegram_away(away.then(|| self.store.now())).await;
    }

    async fn check(&self) -> entity::check_in::Model {
        let rows = self.all::<entity::check_in::Entity>().await;
        rows.into_iter().next_back().expect("a check")
    }

    async fn blocks(&self, chat_id: i64, blocked: bool) {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    match blocked {
                        true => reach::lost(tx, chat_id).await,
                        false => reach::regained(tx, chat_id).await,
                    }
                })
            })
            .await
            .expect("recorded");
    }

    async fn audited(&self, action: &str) -> usize {
        let rows = self.all::<entity::audit::Entity>().await;
        rows.iter().filter(|row| row.action == action).count()
    }
}

/// A supervisor, a lead and Ana, who have acknowledged a task that is under way, and Dora, who has not.
async fn under_way(world: &World) -> (Actor, Actor, Actor, Task) {
    let boss = world.person("Silva", Level::Supervisor, BOSS).await;
    let lead = world.person("Beto", Level::Agent, LEAD).await;
    let ana = world.person("Ana", Level::Agent, ANA).await;
    let dora = world.person("Dora", Level::Agent, 3).await;
    let task = world.patrol(&boss, &[&lead, &ana, &dora]).await;
    for one in [&lead, &ana] {
        let known = world.answer(one, task.id, Answer::Acknowledge).await;
        known.expect("answered");
    }
    let task = world.start(&lead, task.id, Step::default()).await;
    let task = task.expect("begun");
    world.hears().await;
    (boss, lead, ana, task)
}

#[tokio::test]
async fn whoever_has_acknowledged_is_asked_now_and_again() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&lead, task.id, 20).await.expect("he leads");
        world.checks(&boss, task.id, 20).await.expect("harmless");
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)], "once");
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Again);
        assert_eq!(world.says(&lead, Said::Well).await, Answered::Well);
        assert_eq!(world.says(&boss, Said::Well).await, Answered::Over);
        assert_eq!(world.audited("check_in.well").await, 2);
        world.wait(TimeDelta::minutes(20) - TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [], "they have answered");
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)]);
        assert_eq!(world.says(&lead, Said::Well).await, Answered::Well);
        let roll = world.roll(&ana, task.id).await;
        let states: Vec<_> = roll
            .people
            .iter()
            .map(|one| (&*one.name, one.state))
            .collect();
        assert_eq!(
            states,
            [("Ana", PersonState::Waiting), ("Beto", PersonState::Well)],
            "the silent first"
        );
        assert!(
            roll.people[0].answered_at.is_some(),
            "her last answer stays"
        );
        assert_eq!(
            roll.next_at,
            Some(world.store.now() + TimeDelta::minutes(20))
        );
    })
    .await;
}

#[tokio::test]
async fn silence_is_asked_again_then_told_to_the_lead_then_to_command() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::seconds(119));
        assert_eq!(world.hears().await, [], "not before its time");
        world.wait(TimeDelta::seconds(1));
        assert_eq!(world.hears().await, [(ANA, ASK)]);
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(LEAD, SILENT)]);
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        world.wait(TimeDelta::minutes(10));
        assert_eq!(world.hears().await, [], "once");
        assert_eq!(world.audited("check_in.silent").await, 2);
        let told = check_in::silent(&world.store, world.check().await.id).await;
        let told = told.expect("the database answers");
        assert_eq!(told.people.len(), 1, "{told:?}");
        let roll = world.roll(&boss, task.id).await;
        assert!(roll.people[0].escalated_at.is_some() && roll.people[0].step == 3);
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(LEAD, WELL), (BOSS, WELL)]);
    })
    .await;
}

#[tokio::test]
async fn a_silent_lead_is_told_to_command_and_not_to_himself() {
    each(async |world: World| {
        let (boss, _lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 5).await.expect("his unit");
        world.hears().await;
        world.says(&ana, Said::Well).await;
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(LEAD, ASK)]);
        world.wait(TimeDelta::seconds(120));
        assert_eq!(world.hears().await, [(BOSS, PHONES)]);
        // The next round begins his silence anew, because all has been done about it.
        world.wait(TimeDelta::seconds(60));
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)]);
        world.says(&ana, Said::Well).await;
        for expected in [(LEAD, ASK), (BOSS, PHONES)] {
            world.wait(TimeDelta::seconds(120));
            assert_eq!(world.hears().await, [expected]);
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_reaches_those_who_were_told_also_after_the_next_round() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 10).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        for expected in [(ANA, ASK), (LEAD, SILENT), (BOSS, PHONES)] {
            world.wait(TimeDelta::seconds(120));
            assert_eq!(world.hears().await, [expected]);
        }
        world.wait(TimeDelta::minutes(4));
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)], "anew");
        let roll = world.roll(&boss, task.id).await;
        let first = &roll.people[0];
        assert_eq!((&*first.name, first.step), ("Ana", 0));
        assert!(first.is_silent() && first.escalated_at.is_some());
        let chief = world.person("Rojas", Level::Supervisor, 900).await;
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Well);
        assert_eq!(world.hears().await, [(LEAD, WELL), (BOSS, WELL)]);
        assert!(chief.telegram_id.is_some(), "he was told nothing");
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::minutes(10));
        world.hears().await;
        world.says(&ana, Said::Well).await;
        assert_eq!(world.hears().await, [], "nobody was told anything");
    })
    .await;
}

#[tokio::test]
async fn an_answer_beside_the_telling_of_silence_never_leaves_anybody_worried() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 240).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        world.wait(TimeDelta::seconds(120));
        world.hears().await;
        world.wait(TimeDelta::seconds(120));
        let (_, said) = tokio::join!(world.run_timers(), world.says(&ana, Said::Well));
        assert_eq!(said, Answered::Well);
        let heard = world.hears().await;
        let silent = heard.contains(&(LEAD, SILENT));
        assert_eq!(heard.contains(&(LEAD, WELL)), silent, "{heard:?}");
        assert!(
            world
                .all::<entity::check_in_told::Entity>()
                .await
                .is_empty()
        );
    })
    .await;
}
