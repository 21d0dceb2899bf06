//! A message that was repeated is replaced in its chat, and asks nothing any more.

use domain::card::{Shown, Subject};

use super::*;

impl World {
    /// Telegram takes what waits; in this chat it is the message of this number that shows the broadcast from now on.
    async fn telegram_shows(&self, chat: i64, id: i64, message_id: i64) {
        let span = std::time::Duration::from_secs(600);
        let fence = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("a lease").expect("free");
        let taken = queue::claim(&self.store, fence.clone(), 100, Vec::new()).await;
        let settled = taken.expect("messages").into_iter().map(|message| {
            let shown = Shown {
                subject: Subject::Broadcast(id),
                message_id,
                hash: message_id.to_string(),
            };
            Settled {
                shown: (message.chat_id == chat).then_some(shown),
                outcome: Outcome::Sent {
                    message_id: Some(message_id),
                },
                message,
            }
        });
        queue::settle_all(&self.store, fence, settled.collect())
            .await
            .expect("settled");
    }
}

#[tokio::test]
async fn a_message_that_was_repeated_is_worded_anew_and_still_answers() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        let id = world.sends(&dora, words()).await.expect("sent");
        world.telegram_shows(1, id, 5).await;
        let earlier = Notice::BroadcastEarlier {
            broadcast_id: id,
            message_id: 5,
        };
        assert!(world.told(&earlier).await.is_empty());
        world.wait(TimeDelta::seconds(61));
        world.run_timers().await;
        world.telegram_shows(1, id, 6).await;
        assert_eq!(world.told(&earlier).await, [1]);
        for message in [5, 6] {
            let shown = broadcast::shown_by(&world.store, 1, message).await;
            assert_eq!(shown.expect("read"), Some(id));
        }
    })
    .await;
}
