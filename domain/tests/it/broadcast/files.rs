//! The file of a broadcast: brought once whoever brings it, handed on when somebody is out of reach, and given up aloud.

use domain::{
    attachment::{NewFile, Source},
    broadcast::{Attached, FileState},
};

use super::*;

fn with_file() -> NewBroadcast {
    NewBroadcast {
        file: Some(NewFile {
            source: Source::Stored("uploads/plan".into()),
            name: Some("plano.pdf".into()),
            mime: "application/pdf".into(),
            bytes: Some(7),
        }),
        ..words()
    }
}

fn named() -> Attached {
    Attached::Document("F".into())
}

impl World {
    async fn three(&self) {
        for number in 1..=3 {
            let name = format!("P{number}");
            self.person(&name, Level::Agent, number).await;
        }
    }

    async fn file_state(&self, id: i64) -> FileState {
        let file = broadcast::file(&self.store, id).await.expect("read");
        file.expect("it has one").state
    }

    /// Chats that get it by its id.
    async fn handed_on(&self, id: i64) -> Vec<i64> {
        self.told(&Notice::BroadcastFile { broadcast_id: id }).await
    }

    /// Chats in which it was tried to bring it, in their order.
    async fn tried_in(&self) -> Vec<i64> {
        let rows = self.all::<outbox::Entity>().await;
        let uploads = rows.into_iter().filter(|row| {
            let notice = serde_json::from_value(row.notice.clone());
            matches!(notice, Ok(Notice::BroadcastUpload { .. }))
        });
        let mut uploads: Vec<(i64, i64)> = uploads.map(|row| (row.id, row.chat_id)).collect();
        uploads.sort_unstable();
        uploads.into_iter().map(|(_, chat_id)| chat_id).collect()
    }

    /// Telegram takes everything but files, of which it says this.
    async fn telegram_says_of_files(&self, outcome: impl Fn() -> Outcome) {
        let lease = lease::take(
            &self.store,
            "sender".into(),
            "us".into(),
            std::time::Duration::from_secs(60),
        );
        let fence = lease.await.expect("a lease").expect("free");
        loop {
            let taken = queue::claim(&self.store, fence.clone(), 100, Vec::new()).await;
            let taken = taken.expect("messages");
            if taken.is_empty() {
                return;
            }
            let settled = taken.into_iter().map(|message| Settled {
                outcome: match message.notice {
                    Notice::BroadcastUpload { .. } => outcome(),
                    _ => Outcome::Sent { message_id: None },
                },
                message,
                shown: None,
            });
            queue::settle_all(&self.store, fence.clone(), settled.collect())
                .await
                .expect("settled");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_senders_that_bring_it_have_it_sent_on_once() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.three().await;
        let id = world.sends(&dora, with_file()).await.expect("sent");
        assert_eq!(world.rung(id).await, [1, 2, 3], "the words");
        assert_eq!(world.tried_in().await, [900]);
        assert!(world.handed_on(id).await.is_empty());
        assert_eq!(world.file_state(id).await, FileState::Waiting);
        let other = world.other_process().await;
        let (one, two) = tokio::join!(
            broadcast::uploaded(&world.store, id, 900, named()),
            broadcast::uploaded(&other, id, 900, named())
        );
        one.and(two).expect("noted");
        world.run_timers().await;
        world.run_timers().await;
        assert_eq!(world.handed_on(id).await, [1, 2, 3]);
        assert_eq!(world.file_state(id).await, FileState::Taken);
        assert_eq!(world.roll_call(id).await.media, Some(named()));
    })
    .await;
}

#[tokio::test]
async fn it_is_brought_to_one_after_the_other_until_nobody_is_left() {
    goes_round(|| Outcome::Unreachable {
        error: "blocked".into(),
    })
    .await;
}

#[tokio::test]
async fn whoever_has_left_his_chat_leaves_it_to_the_next() {
    goes_round(|| Outcome::Dropped).await;
}

async fn goes_round(outcome: impl Fn() -> Outcome) {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.three().await;
        let id = world.sends(&dora, with_file()).await.expect("sent");
        world.telegram_says_of_files(&outcome).await;
        let tried = world.tried_in().await;
        assert_eq!(tried[0], 900);
        let mut people = tried[1..].to_vec();
        people.sort_unstable();
        assert_eq!(people, [1, 2, 3], "each once");
        assert_eq!(world.file_state(id).await, FileState::Failed);
        let lost = Notice::BroadcastFileLost { broadcast_id: id };
        assert_eq!(world.told(&lost).await, [900]);
    })
    .await;
}

#[tokio::test]
async fn one_that_telegram_refuses_is_tried_once_and_its_sender_learns_it() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.three().await;
        let id = world.sends(&dora, with_file()).await.expect("sent");
        let refused = || Outcome::Failed {
            error: "too odd".into(),
        };
        world.telegram_says_of_files(refused).await;
        assert_eq!(world.tried_in().await, [900]);
        assert_eq!(world.file_state(id).await, FileState::Failed);
        let lost = Notice::BroadcastFileLost { broadcast_id: id };
        assert_eq!(world.told(&lost).await, [900]);
        let now = world.roll_call(id).await;
        assert_eq!(now.counts.of(RecipientState::Sent), 3, "the words arrived");
    })
    .await;
}

#[tokio::test]
async fn called_off_before_it_is_there_it_goes_to_nobody_else() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.three().await;
        let id = world.sends(&dora, with_file()).await.expect("sent");
        let by = dora.clone();
        world
            .store
            .write(move |tx| Box::pin(async move { broadcast::cancel(tx, &by, id).await }))
            .await
            .expect("called off");
        let file = world.roll_call(id).await.file.expect("it has one");
        assert_eq!(file.state, FileState::Failed, "it reaches nobody any more");
        broadcast::uploaded(&world.store, id, 900, named())
            .await
            .expect("noted");
        world.run_timers().await;
        assert!(world.handed_on(id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_sender_without_telegram_leaves_it_to_one_of_its_people() {
    each(async |world: World| {
        let mut dora = world.dispatcher().await;
        dora.telegram_id = None;
        world.three().await;
        let id = world.sends(&dora, with_file()).await.expect("sent");
        let tried = world.tried_in().await;
        assert_eq!(tried.len(), 1);
        broadcast::uploaded(&world.store, id, tried[0], named())
            .await
            .expect("noted");
        world.run_timers().await;
        let mut all = world.handed_on(id).await;
        all.extend(tried);
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3], "one by its bytes, the others by its id");
    })
    .await;
}
