//! What whoever called and those who help report while a call is open: who hears it, and what stands on the cards.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::Level,
    broadcast::{Attached, Hearers, PASSED_ON},
    emergency::{self, Called, EmergencyStatus},
    outbox::{Lane, Notice},
    report::{self, NewReport},
    task::life::Step,
};

use super::here;
use crate::support::{World, crew, each, refusal};

impl World {
    async fn writes(&self, by: &Actor, task_id: i64, words: &'static str) -> i64 {
        let words = NewReport::text(words);
        self.adds(by, task_id, words).await.expect("kept")
    }

    async fn adds(&self, by: &Actor, task_id: i64, new: NewReport) -> Result<i64> {
        let by = by.clone();
        self.store
            .write(move |tx| Box::pin(async move { report::add(tx, &by, task_id, new).await }))
            .await
    }

    async fn hears_of(&self, by: &Actor, task_id: i64) -> Hearers {
        let by = by.clone();
        self.store
            .write(move |tx| Box::pin(async move { emergency::who_hears(tx, &by, task_id).await }))
            .await
            .expect("read")
    }

    async fn heard_by(&self, by: &Actor, task_id: i64) -> Option<Hearers> {
        let by = by.clone();
        self.store
            .write(move |tx| Box::pin(async move { emergency::heard_by(tx, &by, task_id).await }))
            .await
            .expect("read")
    }

    async fn launched(&self, by: &Actor, id: i64) -> Result<i64> {
        let by = by.clone();
        self.store
            .write(move |tx| Box::pin(async move { emergency::launched(tx, &by, id).await }))
            .await
    }

    async fn records(&self, by: &Actor, task_id: i64, file: &Attached) {
        let (by, file) = (by.clone(), file.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move { emergency::pass_on(tx, &by, task_id, file).await })
            })
            .await
            .expect("passed on");
    }
}

/// The reports that this chat hears of.
async fn heard(world: &World, chat_id: i64) -> Vec<i64> {
    let notices = world.notices(chat_id).await.into_iter();
    let said = notices.filter_map(|(lane, notice)| match notice {
        Notice::EmergencySaid { report_id, .. } if lane == Lane::Emergency => Some(report_id),
        _ => None,
    });
    said.collect()
}

async fn files(world: &World, chat_id: i64) -> Vec<Attached> {
    let notices = world.notices(chat_id).await.into_iter();
    let files = notices.filter_map(|(_, notice)| match notice {
        Notice::PassedOn { file, .. } => Some(file),
        _ => None,
    });
    files.collect()
}

#[tokio::test]
async fn the_callers_words_reach_those_who_come_and_those_who_watch() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        world.standing("Eva", 3, 200.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.goes(&bob, call.id).await.expect("he comes");
        let report = world.writes(&ana, task_id, "me hirieron").await;
        let voice = Attached::Voice("V".into());
        world.records(&ana, task_id, &voice).await;
        let hearers = world.hears_of(&ana, task_id).await;
        assert_eq!(hearers.names, ["Bob", "Silva"]);
        for chat in [2, 9] {
            assert_eq!(heard(&world, chat).await, [report], "{chat}");
            assert_eq!(
                files(&world, chat).await,
                std::slice::from_ref(&voice),
                "{chat}"
            );
        }
        for chat in [1, 3] {
            assert!(heard(&world, chat).await.is_empty(), "{chat}");
        }
        // Whoever says only later that he comes finds the words on his card.
        world.writes(&ana, task_id, "estoy en Güemes 1200").await;
        let words = Some("me hirieron\nestoy en Güemes 1200".to_owned());
        assert_eq!(world.emergency(call.id).await.text, words);
        // The words of those who come are no words of hers.
        world.writes(&bob, task_id, "llego en dos minutos").await;
        let photo = Attached::Photo("P".into());
        world.records(&bob, task_id, &photo).await;
        assert_eq!(files(&world, 9).await, [voice, photo]);
        assert_eq!(world.emergency(call.id).await.text, words);
        assert_eq!(heard(&world, 9).await.len(), 3);
        world.resolves(&bob, call.id, None).await.expect("he leads");
        world.writes(&ana, task_id, "pero sigo mal").await;
        for (chat, count) in [(2, 3), (9, 4)] {
            assert_eq!(heard(&world, chat).await.len(), count, "{chat}");
        }
        world.wait(TimeDelta::minutes(30));
        world.writes(&ana, task_id, "gracias").await;
        assert_eq!(heard(&world, 9).await.len(), 4, "it is long over");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_reports_who_helps_reaches_the_others_command_and_whoever_called() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        world.standing("Leo", 4, 300.0).await;
        let zoe = world.person("Zoe", Level::Agent, 5).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        for one in [&bob, &eva] {
            world.goes(one, call.id).await.expect("he comes");
        }
        let report = world.writes(&bob, task_id, "veo dos agresores").await;
        let photo = Attached::Photo("P".into());
        world.records(&bob, task_id, &photo).await;
        let hearers = world.heard_by(&bob, task_id).await.expect("he helps");
        assert_eq!(hearers.names, ["Ana", "Eva", "Silva"]);
        for chat in [1, 3, 9] {
            assert_eq!(heard(&world, chat).await, [report], "{chat}");
            let got = files(&world, chat).await;
            assert_eq!(got, std::slice::from_ref(&photo), "{chat}");
        }
        for chat in [2, 4, 5] {
            assert!(heard(&world, chat).await.is_empty(), "{chat}");
            assert!(files(&world, chat).await.is_empty(), "{chat}");
        }
        assert_eq!(
            world.emergency(call.id).await.text,
            None,
            "hers stand there"
        );
        // Whom those in command put on it is heard before he has answered.
        let all = crew(&[&bob, &eva, &zoe]);
        world.assign(&boss, task_id, all).await.expect("his");
        let report = world.writes(&zoe, task_id, "salgo ahora").await;
        for chat in [1, 2, 3, 9] {
            let last = heard(&world, chat).await.last().copied();
            assert_eq!(last, Some(report), "{chat}");
        }
        // Whoever was asked and cannot may know something all the same; a patrol is no call for help.
        world.cannot(&eva, call.id).await.expect("said");
        let hearers = world.heard_by(&eva, task_id).await.expect("asked");
        assert_eq!(hearers.names, ["Ana", "Bob", "Silva", "Zoe"]);
        let patrol = world.patrol(&boss, &[]).await.id;
        assert_eq!(world.heard_by(&boss, patrol).await, None);
    })
    .await;
}

#[tokio::test]
async fn those_in_command_are_heard_and_whoever_was_put_on_it_hears_before_he_answers() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let zoe = world.person("Zoe", Level::Agent, 5).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.goes(&bob, call.id).await.expect("he comes");
        let both = crew(&[&bob, &zoe]);
        world.assign(&boss, task_id, both).await.expect("his");
        let order = world.writes(&boss, task_id, "entren por atrás").await;
        let hearers = world.heard_by(&boss, task_id).await.expect("he commands");
        assert_eq!(hearers.names, ["Ana", "Bob", "Zoe"]);
        for chat in [1, 2, 5] {
            assert_eq!(heard(&world, chat).await, [order], "{chat}");
        }
        assert!(heard(&world, 9).await.is_empty());
        assert_eq!(
            world.emergency(call.id).await.text,
            None,
            "hers stand there"
        );
        let seen = world.writes(&bob, task_id, "veo dos agresores").await;
        assert_eq!(heard(&world, 5).await, [order, seen]);
        assert_eq!(heard(&world, 9).await, [seen]);
        // Whoever was taken off it has no part in it any more.
        let alone = crew(&[&bob]);
        world.assign(&boss, task_id, alone).await.expect("his");
        world.writes(&ana, task_id, "sigo acá").await;
        assert_eq!(heard(&world, 5).await, [order, seen]);
    })
    .await;
}

#[tokio::test]
async fn one_helper_floods_nobody() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.goes(&bob, call.id).await.expect("he comes");
        let most = usize::try_from(PASSED_ON).expect("few");
        for _ in 0..most {
            world.writes(&bob, task_id, "ya llego").await;
        }
        assert!(!world.heard_by(&bob, task_id).await.expect("he helps").quiet);
        world.writes(&bob, task_id, "ya llego").await;
        for chat in [1, 9] {
            assert_eq!(heard(&world, chat).await.len(), most, "{chat}");
        }
        assert!(world.heard_by(&bob, task_id).await.expect("he helps").quiet);
        // It is his own measure: hers is not used up by it.
        let report = world.writes(&ana, task_id, "me siguen").await;
        assert_eq!(heard(&world, 9).await.last(), Some(&report));
    })
    .await;
}

#[tokio::test]
async fn one_caller_floods_nobody_and_his_words_stand_on_the_cards_all_the_same() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let most = usize::try_from(PASSED_ON).expect("few");
        for _ in 0..most {
            world.writes(&ana, task_id, "me siguen").await;
        }
        assert_eq!(heard(&world, 9).await.len(), most);
        assert!(!world.hears_of(&ana, task_id).await.quiet);
        world.writes(&ana, task_id, "en Güemes 1200").await;
        let voice = Attached::Voice("V".into());
        world.records(&ana, task_id, &voice).await;
        assert_eq!(heard(&world, 9).await.len(), most);
        assert!(files(&world, 9).await.is_empty());
        assert!(world.hears_of(&ana, task_id).await.quiet);
        let words = world.emergency(call.id).await.text.unwrap_or_default();
        assert!(words.ends_with("en Güemes 1200"), "{words}");
        world.wait(TimeDelta::minutes(1));
        world.writes(&ana, task_id, "me alcanzan").await;
        world.records(&ana, task_id, &voice).await;
        assert_eq!(heard(&world, 9).await.len(), most + 1);
        assert_eq!(files(&world, 9).await, [voice]);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_waits_for_a_place_leaves_with_what_is_written() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let Called::Waiting { id, .. } = world.calls(&ana).await else {
            panic!("it waits");
        };
        assert!(matches!(
            refusal(world.launched(&bob, id).await),
            Refusal::NotFound { .. }
        ));
        let task_id = world.launched(&ana, id).await.expect("it left");
        world.writes(&ana, task_id, "me siguen").await;
        let left = world.emergency(id).await;
        assert_eq!(
            (left.status, left.task_id, left.text.as_deref()),
            (EmergencyStatus::Active, Some(task_id), Some("me siguen"))
        );
        let again = world.launched(&ana, id).await.expect("it has left");
        assert_eq!(again, task_id);
        let eva = world.standing("Eva", 3, 200.0).await;
        let Called::Waiting { id, .. } = world.calls(&eva).await else {
            panic!("it waits");
        };
        world.takes_back(&eva, id).await.expect("taken back");
        assert!(matches!(
            refusal(world.launched(&eva, id).await),
            Refusal::NotFound { .. }
        ));
    })
    .await;
}

#[tokio::test]
async fn what_is_said_after_it_was_called_off_is_kept_for_a_while() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let ended = async || {
            let ended = emergency::ended_of(&world.store, &ana).await;
            ended.expect("read").map(|one| one.task_id)
        };
        assert_eq!(ended().await, None, "it goes on");
        let step = Step::because("Falsa alarma");
        world.cancel(&boss, task_id, step).await.expect("his");
        assert_eq!(ended().await, Some(task_id));
        let report = world.writes(&ana, task_id, "no, siguen acá").await;
        assert_eq!(heard(&world, 9).await, [report]);
        let by_boss = NewReport::text("todo en orden");
        assert!(matches!(
            refusal(world.adds(&boss, task_id, by_boss).await),
            Refusal::WrongStatus { .. }
        ));
        world.wait(TimeDelta::minutes(30));
        assert_eq!(ended().await, None);
        let late = NewReport::text("gracias");
        assert!(matches!(
            refusal(world.adds(&ana, task_id, late).await),
            Refusal::WrongStatus { .. }
        ));
    })
    .await;
}
