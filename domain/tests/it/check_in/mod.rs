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
mod lone;
mod lost;
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

async fn somewhere(world: &World, who: &Actor) {
    let who = who.clone();
    let shared = Shared {
        point: Point {
            lat: -34.6,
            lon: -58.4,
        },
        accuracy_m: None,
        source: PositionSource::Live,
        at: world.store.now(),
    };
    world
        .store
        .write(move |tx| Box::pin(async move { position::share(tx, &who, shared).await }))
        .await
        .expect("kept");
}

#[tokio::test]
async fn help_is_a_call_like_any_other_and_only_one() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        somewhere(&world, &ana).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        world.says(&lead, Said::Well).await;
        let Answered::Help { emergency_id } = world.says(&ana, Said::Help).await else {
            panic!("it has left");
        };
        assert_eq!(world.says(&ana, Said::Help).await, Answered::Again);
        assert_eq!(
            world.says(&ana, Said::Well).await,
            Answered::Again,
            "a late tap does not take the call back"
        );
        assert_eq!(world.all::<entity::emergency::Entity>().await.len(), 1);
        let call = emergency::find(&world.store, &boss, emergency_id).await;
        let call = call.expect("his unit");
        assert_eq!(call.raised_by.map(|user| user.user_id), ana.user_id);
        assert_eq!(
            (call.status, call.place_source),
            (EmergencyStatus::Active, PlaceSource::LastKnown)
        );
        assert_eq!(world.hears().await, [(LEAD, HELP)]);
        let roll = world.roll(&boss, task.id).await;
        assert_eq!(roll.people[0].emergency_id, Some(emergency_id));
        world.wait(TimeDelta::minutes(6));
        assert_eq!(world.hears().await, [], "nobody waits for her answer");
    })
    .await;
}

#[tokio::test]
async fn help_sends_off_a_call_that_waits_for_a_place() {
    each(async |world: World| {
        let (boss, _lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        let caller = ana.clone();
        let call = world
            .store
            .write(move |tx| Box::pin(async move { emergency::call(tx, &caller).await }));
        call.await.expect("a call for help never fails");
        world.says(&ana, Said::Help).await;
        world.wait(TimeDelta::seconds(20));
        world.run_timers().await;
        let calls = world.all::<entity::emergency::Entity>().await;
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].status, EmergencyStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn it_ends_with_its_task_and_late_answers_do_no_harm() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        let row = world.check().await;
        assert_eq!(
            (row.status, row.end_reason),
            (CheckInStatus::Ended, Some(CheckInEnd::TaskOver))
        );
        assert_eq!(world.says(&ana, Said::Well).await, Answered::Over);
        for _ in 0..4 {
            world.wait(TimeDelta::minutes(10));
            assert_eq!(world.hears().await, []);
        }
        assert!(world.all::<entity::emergency::Entity>().await.is_empty());
        assert!(
            matches!(world.says(&lead, Said::Help).await, Answered::Help { .. }),
            "help is help, however late"
        );
    })
    .await;
}

#[tokio::test]
async fn only_lead_and_supervisors_begin_and_end_it_and_not_for_anything() {
    each(async |world: World| {
        let (boss, lead, ana, task) = under_way(&world).await;
        assert_eq!(
            refusal(world.checks(&ana, task.id, 20).await),
            Refusal::NotAllowed
        );
        for minutes in [4, 241] {
            let wrong = refusal(world.checks(&lead, task.id, minutes).await);
            assert!(matches!(wrong, Refusal::Invalid { .. }), "{minutes}");
        }
        let later = world.person("Eva", Level::Agent, 4).await;
        let planned = world.patrol(&boss, &[&later]).await;
        let early = refusal(world.checks(&boss, planned.id, 20).await);
        assert!(matches!(early, Refusal::WrongStatus { .. }));
        world.checks(&lead, task.id, 20).await.expect("he leads");
        let stop = async |by: &Actor| {
            let (by, id) = (by.clone(), task.id);
            let write = world
                .store
                .write(move |tx| Box::pin(async move { check_in::stop_task(tx, &by, id).await }));
            write.await
        };
        assert_eq!(refusal(stop(&ana).await), Refusal::NotAllowed);
        assert!(stop(&boss).await.expect("his unit"));
        assert!(!stop(&boss).await.expect("again"), "it is over already");
        assert_eq!(world.check().await.end_reason, Some(CheckInEnd::Stopped));
        world.delivers().await;
        world.wait(TimeDelta::hours(1));
        assert_eq!(world.hears().await, []);
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
async fn a_task_that_goes_on_asks_its_people_again() {
    each(async |world: World| {
        let (boss, lead, _ana, task) = under_way(&world).await;
        world.checks(&boss, task.id, 20).await.expect("his unit");
        world.hears().await;
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        world.hears().await;
        let again = world.reopen(&lead, task.id, Step::default()).await;
        again.expect("taken back");
        assert_eq!(world.hears().await, [(LEAD, ASK), (ANA, ASK)]);
        let row = world.check().await;
        assert_eq!((row.status, row.every_minutes), (CheckInStatus::Active, 20));
        assert_eq!(row.started_by, boss.user_id);
        let by = boss.clone();
        let stopped = world
            .store
            .write(move |tx| Box::pin(async move { check_in::stop_task(tx, &by, task.id).await }));
        assert!(stopped.await.expect("his unit"));
        let done = world.complete(&lead, task.id, Step::default()).await;
        done.expect("he leads");
        let again = world.reopen(&lead, task.id, Step::default()).await;
        again.expect("taken back");
        world.hears().await;
        assert_eq!(
            world.check().await.end_reason,
            Some(CheckInEnd::Stopped),
            "what was ended by hand stays so"
        );
    })
    .await;
}

/// Telegram takes nothing of what is queued for so long, though it answers.
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
