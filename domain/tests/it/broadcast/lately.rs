//! What is said about a broadcast that nobody asks for any more, what is needed in it, and who hears that.

use chrono::TimeDelta;
use domain::{
    Actor, Result,
    actor::Level,
    broadcast::{self, Attached, Cry, NewBroadcast, PASSED_ON, Reply},
    outbox::{Notice, Outcome},
    reach,
};

use entity::{broadcast_answer, outbox};

use super::words;
use crate::support::{World, each};

impl World {
    async fn notes_down(&self, actor: &Actor, id: i64, reply: Reply, note: &'static str) -> bool {
        let actor = actor.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { broadcast::answer(tx, &actor, id, reply, Some(note)).await })
            })
            .await
            .expect("kept")
    }

    async fn shut(&self, actor: &Actor, id: i64) -> Result<()> {
        let actor = actor.clone();
        self.store
            .write(move |tx| Box::pin(async move { broadcast::close(tx, &actor, id, None).await }))
            .await
    }

    async fn hearers(&self, of: &Actor, id: i64) -> Vec<String> {
        let of = of.clone();
        let write = self.store.write(move |tx| {
            Box::pin(async move { broadcast::who_hears(tx, &of, id, Some(Reply::NeedsHelp)).await })
        });
        write.await.expect("read").names
    }

    /// The chats that hear that she needs help, as often as they do.
    async fn helped(&self) -> Vec<i64> {
        let rows = self.all::<outbox::Entity>().await;
        let help = |row: &&outbox::Model| {
            let notice = serde_json::from_value(row.notice.clone());
            matches!(notice, Ok(Notice::BroadcastHelp { .. }))
        };
        let mut chats: Vec<i64> = rows.iter().filter(help).map(|row| row.chat_id).collect();
        chats.sort_unstable();
        chats
    }

    /// The answer that was kept last.
    async fn answered_last(&self) -> Option<i64> {
        let answers = self.all::<broadcast_answer::Entity>().await;
        answers.iter().map(|one| one.id).max()
    }

    async fn blocked_by(&self, chat_id: i64) {
        self.store
            .write(move |tx| Box::pin(async move { reach::lost(tx, chat_id).await }))
            .await
            .expect("noted");
    }
}

fn user(actor: &Actor) -> i64 {
    actor.user_id.expect("a person")
}

#[tokio::test]
async fn what_somebody_needs_is_awaited_for_minutes_after_his_last_word() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        let needs = async || {
            let needs = broadcast::needs_of(&world.store, user(&ana)).await;
            needs.expect("read").map(|one| (one.id, one.open))
        };
        assert_eq!(needs().await, None);
        world
            .replies(&ana, id, Reply::NeedsHelp)
            .await
            .expect("said");
        assert_eq!(needs().await, Some((id, true)));
        world.wait(TimeDelta::minutes(9));
        assert!(
            world
                .notes_down(&ana, id, Reply::NeedsHelp, "me rodearon")
                .await
        );
        world.wait(TimeDelta::minutes(9));
        assert_eq!(needs().await, Some((id, true)), "he said more");
        world.shut(&dora, id).await.expect("closed");
        assert_eq!(needs().await, Some((id, false)));
        world.wait(TimeDelta::minutes(1));
        assert_eq!(needs().await, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_said_after_a_cry_is_told_with_its_hour() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let cried_at = async || {
            let last = world.answered_last().await;
            let at = broadcast::asked_for_help_at(&world.store, id, user(&ana), last).await;
            at.expect("read")
        };
        let first = world.store.now();
        for (reply, words, at) in [
            (Reply::NeedsHelp, "me rodearon", None),
            (Reply::NeedsHelp, "son dos", Some(first)),
            (Reply::NeedsHelp, "ya se van", Some(first)),
            (Reply::OnTheWay, "salgo para allá", None),
            (Reply::NeedsHelp, "volvieron", None),
        ] {
            world.notes_down(&ana, id, reply, words).await;
            if reply == Reply::NeedsHelp {
                assert_eq!(cried_at().await, at, "{words}");
            }
            world.wait(TimeDelta::minutes(1));
        }
    })
    .await;
}

#[tokio::test]
async fn each_word_is_the_one_of_its_answer_and_not_the_last() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let help = |answer_id| Notice::BroadcastHelp {
            broadcast_id: id,
            user_id: user(&ana),
            answer_id,
        };
        let note = async |answer_id| {
            let note = broadcast::note_of(&world.store, id, user(&ana), answer_id).await;
            note.expect("read")
        };
        let mut said = Vec::new();
        for words in ["me rodearon", "estoy en Güemes 1200"] {
            world.notes_down(&ana, id, Reply::NeedsHelp, words).await;
            said.push((world.answered_last().await, words));
        }
        for (answer_id, words) in said {
            assert_eq!(world.told(&help(answer_id)).await, [900], "{words}");
            assert_eq!(note(answer_id).await.as_deref(), Some(words));
        }
        // As a release before has it.
        assert_eq!(note(None).await.as_deref(), Some("estoy en Güemes 1200"));
    })
    .await;
}

#[tokio::test]
async fn one_person_floods_nobody_and_his_call_is_heard_all_the_same() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let most = usize::try_from(PASSED_ON).expect("few");
        for _ in 0..=most {
            world.notes_down(&ana, id, Reply::OnTheWay, "voy").await;
        }
        assert!(world.helped().await.is_empty());
        for _ in 0..=most {
            world.notes_down(&ana, id, Reply::NeedsHelp, "acá").await;
        }
        assert_eq!(world.helped().await, vec![900; most]);
        world.wait(TimeDelta::minutes(1));
        world
            .notes_down(&ana, id, Reply::NeedsHelp, "sigo acá")
            .await;
        assert_eq!(world.helped().await, vec![900; most + 1]);
    })
    .await;
}

#[tokio::test]
async fn others_hear_it_where_telegram_does_not_reach_whoever_sent_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Marta", Level::Supervisor, 91).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        // Not among those who answered for its people when it left.
        world.person("Raquel", Level::Admin, 92).await;
        assert_eq!(world.hearers(&ana, id).await, ["Dora"]);
        assert_eq!(world.hearers(&dora, id).await, ["Marta"], "not herself");
        world.blocked_by(900).await;
        assert_eq!(world.hearers(&ana, id).await, ["Marta"]);
        world
            .notes_down(&ana, id, Reply::NeedsHelp, "me rodearon")
            .await;
        let help = Notice::BroadcastHelp {
            broadcast_id: id,
            user_id: user(&ana),
            answer_id: world.answered_last().await,
        };
        assert_eq!(world.told(&help).await, [91]);
        world.blocked_by(91).await;
        assert_eq!(world.hearers(&ana, id).await, ["Raquel"]);
        let (voice, passes) = (Attached::Voice("V".into()), ana.clone());
        let file = voice.clone();
        let write = world.store.write(move |tx| {
            Box::pin(async move {
                broadcast::pass_on(tx, &passes, id, Some(Reply::NeedsHelp), file).await
            })
        });
        write.await.expect("passed on");
        let passed = Notice::PassedOn {
            user_id: user(&ana),
            drill: false,
            file: voice,
        };
        assert_eq!(world.told(&passed).await, [92]);
        world.blocked_by(92).await;
        assert!(world.hearers(&ana, id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_heard_a_cry_answers_it_and_learns_when_it_does_not_arrive() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Marta", Level::Supervisor, 91).await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        let said = world.replies(&ana, id, Reply::NeedsHelp).await;
        said.expect("said");
        let cry = Cry {
            broadcast_id: id,
            user_id: user(&ana),
            by: None,
        };
        let speaks = async || {
            let dora = dora.clone();
            let write = world.store.write(move |tx| {
                Box::pin(async move { broadcast::speak(tx, &dora, cry, "va un móvil", None).await })
            });
            write.await.expect("passed on")
        };
        let spoken = speaks().await;
        assert_eq!(
            (spoken.hearers.names, spoken.missed),
            (vec!["Ana".to_owned(), "Marta".to_owned()], None)
        );
        let told = Notice::BroadcastTold {
            broadcast_id: id,
            user_id: user(&dora),
            to_user: user(&ana),
            answer_id: world.answered_last().await.expect("kept"),
        };
        assert_eq!(world.told(&told).await, [1, 91]);
        world.blocked_by(1).await;
        let spoken = speaks().await;
        assert_eq!(
            (spoken.hearers.names, spoken.missed),
            (vec!["Marta".to_owned()], Some("Ana".to_owned()))
        );
    })
    .await;
}

#[tokio::test]
async fn help_that_telegram_did_not_take_is_for_others_once_each() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for (name, chat) in [("Marta", 91), ("Silva", 92)] {
            world.person(name, Level::Supervisor, chat).await;
        }
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.person("Raquel", Level::Admin, 93).await;
        let said = world.replies(&ana, id, Reply::NeedsHelp).await;
        said.expect("said");
        assert_eq!(world.helped().await, [900]);
        let gone = Outcome::Unreachable {
            error: "blocked".into(),
        };
        world.words_are_lost(&[900, 91, 92], &gone).await;
        assert_eq!(world.helped().await, [91, 92, 93, 900]);
    })
    .await;
}

#[tokio::test]
async fn a_report_is_expected_for_hours_after_it_was_closed_and_kept_whole() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        let late = world.person("Late", Level::Agent, 2).await;
        let wanted = async |who: &Actor| {
            let taking = broadcast::taking(&world.store, user(who)).await;
            taking.expect("read").map(|one| one.id)
        };
        let latest = async || {
            let latest = broadcast::latest_of(&world.store, user(&ana)).await;
            latest.expect("read").expect("one that she got")
        };
        assert_eq!(wanted(&ana).await, Some(id), "it is open");
        world.shut(&dora, id).await.expect("closed");
        assert_eq!(wanted(&ana).await, Some(id));
        assert_eq!(wanted(&late).await, None, "he never got it");
        let (newest, standing) = latest().await;
        assert_eq!((newest, standing.reply), (id, None));
        assert!(standing.wants_report && !standing.open);
        assert_eq!(standing.ended_at, Some(world.store.now()));
        let report = "todo tranquilo. ".repeat(60);
        let report: &'static str = report.trim().to_owned().leak();
        assert!(
            world
                .notes_down(&ana, id, Reply::Acknowledged, report)
                .await
        );
        let answer_id = world.answered_last().await;
        let kept = broadcast::note_of(&world.store, id, user(&ana), answer_id).await;
        assert_eq!(kept.expect("read").as_deref(), Some(report));
        let said = Notice::BroadcastSaid {
            broadcast_id: id,
            user_id: user(&ana),
            answer_id,
        };
        assert_eq!(world.told(&said).await, [900]);
        assert_eq!(latest().await.1.reply, Some(Reply::Acknowledged));
        world.wait(TimeDelta::hours(12));
        assert_eq!(wanted(&ana).await, None);
        assert!(!latest().await.1.wants_report);
    })
    .await;
}

#[tokio::test]
async fn practice_takes_nothing_that_one_in_earnest_could_take() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let takes = async || {
            let taking = broadcast::taking(&world.store, user(&ana)).await;
            taking.expect("read").map(|one| one.id)
        };
        let practised = NewBroadcast {
            drill: true,
            ..words()
        };
        let drill = world.sends(&dora, practised).await.expect("sent");
        world.telegram_takes().await;
        assert_eq!(takes().await, Some(drill), "nothing else is there");
        world.wait(TimeDelta::minutes(1));
        let earnest = world.sends(&dora, words()).await.expect("sent");
        world.telegram_takes().await;
        assert_eq!(takes().await, Some(earnest));
        world.shut(&dora, earnest).await.expect("closed");
        world.wait(TimeDelta::minutes(1));
        world.shut(&dora, drill).await.expect("closed");
        assert_eq!(takes().await, Some(earnest), "it came later");
    })
    .await;
}

#[tokio::test]
async fn what_is_said_after_the_end_of_a_drill_is_no_part_of_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let practised = NewBroadcast {
            drill: true,
            ..words()
        };
        let id = world.sends(&dora, practised).await.expect("sent");
        let part = async |answer_id| {
            let of = broadcast::show(&world.store, id).await.expect("there");
            let part = broadcast::is_answer_practised(&world.store, &of, answer_id).await;
            part.expect("read")
        };
        let stamped = async || {
            let ana = ana.clone();
            let write = world.store.write(move |tx| {
                Box::pin(async move { broadcast::who_hears(tx, &ana, id, None).await })
            });
            write.await.expect("read").drill
        };
        world
            .notes_down(&ana, id, Reply::NeedsHelp, "me rodearon")
            .await;
        let during = world.answered_last().await;
        assert!(part(during).await && stamped().await);
        world.wait(TimeDelta::seconds(1));
        world.shut(&dora, id).await.expect("closed");
        world.wait(TimeDelta::seconds(1));
        world
            .notes_down(&ana, id, Reply::NeedsHelp, "siguen acá")
            .await;
        let after = world.answered_last().await;
        assert!(!part(after).await && !stamped().await);
        assert!(part(during).await);
        // As a release before has it.
        assert!(part(None).await);
    })
    .await;
}
