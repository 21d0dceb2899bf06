//! Messages about an emergency that call nobody any more are worded anew, behind everything else.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    actor::Level,
    assignment::Answer,
    card::{Shown, Subject},
    emergency::{Coming, EmergencyStatus},
    lease,
    outbox::{self as queue, Lane, Notice, OutboxStatus, Outcome, Outgoing, Settled},
};

use super::here;
use crate::support::{World, crew, each};

impl World {
    /// Telegram takes everything that waits; each new message has the number of its row.
    pub(super) async fn telegram_takes_calls(&self) {
        let span = Duration::from_secs(600);
        let fence = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("a lease").expect("free");
        loop {
            let taken = queue::claim(&self.store, fence.clone(), 100, Vec::new()).await;
            let taken = taken.expect("messages");
            if taken.is_empty() {
                return;
            }
            let settled = taken.into_iter().map(|message| Settled {
                shown: shown(&message),
                outcome: Outcome::Sent {
                    message_id: Some(message.id),
                },
                message,
            });
            queue::settle_all(&self.store, fence.clone(), settled.collect())
                .await
                .expect("settled");
        }
    }

    /// The messages of this kind in this chat, with what became of them.
    async fn calm(&self, chat: i64, which: fn(&Notice) -> bool) -> Vec<(OutboxStatus, Notice)> {
        let rows = self.all::<entity::outbox::Entity>().await.into_iter();
        let calm = rows.filter(|row| row.chat_id == chat && row.lane == Lane::Digest);
        let read = calm.map(|row| {
            let notice: Notice = serde_json::from_value(row.notice).expect("ours");
            (row.status, notice)
        });
        read.filter(|(_, notice)| which(notice)).collect()
    }
}

fn shown(message: &Outgoing) -> Option<Shown> {
    let subject = match message.notice {
        Notice::Emergency {
            emergency_id,
            ring: true,
        } => Subject::Emergency(emergency_id),
        Notice::EmergencyEscalated { emergency_id, .. } => Subject::Alert(emergency_id),
        _ => return None,
    };
    Some(Shown {
        subject,
        message_id: message.id,
        hash: message.id.to_string(),
    })
}

fn is_earlier(notice: &Notice) -> bool {
    matches!(notice, Notice::EmergencyEarlier { .. })
}

fn is_answered(notice: &Notice) -> bool {
    matches!(notice, Notice::EmergencyAnswered { .. })
}

/// How many of these wait.
fn waiting(found: &[(OutboxStatus, Notice)]) -> usize {
    let queued = |one: &&(OutboxStatus, Notice)| one.0 == OutboxStatus::Queued;
    found.iter().filter(queued).count()
}

#[tokio::test]
async fn an_offer_that_rang_again_is_worded_anew_once() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        world.telegram_takes_calls().await;
        assert!(world.calm(2, is_earlier).await.is_empty());
        let cards = world.all::<entity::card::Entity>().await;
        let first = cards.iter().find(|card| card.chat_id == 2);
        let earlier = Notice::EmergencyEarlier {
            emergency_id: call.id,
            message_id: first.expect("his offer").message_id,
        };
        world.wait(TimeDelta::seconds(31));
        world.run_timers().await;
        world.telegram_takes_calls().await;
        let told = world.calm(2, is_earlier).await;
        assert_eq!(told, [(OutboxStatus::Sent, earlier)]);
        assert!(world.calm(1, is_earlier).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_word_that_nobody_comes_changes_with_the_first_who_does_and_with_the_end() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        for _ in 0..2 {
            world.wait(TimeDelta::seconds(31));
            world.run_timers().await;
        }
        world.telegram_takes_calls().await;
        assert!(world.calm(9, is_answered).await.is_empty());
        world.goes(&bob, call.id).await.expect("he comes");
        assert_eq!(waiting(&world.calm(9, is_answered).await), 1);
        world.telegram_takes_calls().await;
        assert_eq!(waiting(&world.calm(9, is_answered).await), 0);
        world.resolves(&bob, call.id, None).await.expect("he leads");
        assert_eq!(waiting(&world.calm(9, is_answered).await), 1);
        assert!(world.calm(2, is_answered).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_word_that_was_under_way_when_somebody_came_changes_too() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        for _ in 0..2 {
            world.wait(TimeDelta::seconds(31));
            world.run_timers().await;
        }
        world.goes(&bob, call.id).await.expect("he comes");
        assert!(world.calm(9, is_answered).await.is_empty());
        world.telegram_takes_calls().await;
        let told = world.calm(9, is_answered).await;
        assert!(!told.is_empty() && waiting(&told) == 0, "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn the_word_that_nobody_comes_stays_while_whoever_was_sent_only_got_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        world.telegram_takes_calls().await;
        let sent = world.assign(&boss, task_id, crew(&[&zoe])).await;
        sent.expect("his");
        let got = world.answer(&zoe, task_id, Answer::Acknowledge).await;
        got.expect("said");
        let row = world.call_row(call.id).await;
        assert!(row.escalated_at.is_some(), "it is not told anew");
        assert_eq!(row.status, EmergencyStatus::Active);
        assert!(world.calm(9, is_answered).await.is_empty());
        // Her card asks her still.
        let goes = async || world.goes(&zoe, call.id).await.expect("said");
        assert_eq!(goes().await, Coming::Taken);
        assert_eq!(world.emergency(call.id).await.going(), 1);
        assert_eq!(waiting(&world.calm(9, is_answered).await), 1);
        assert_eq!(goes().await, Coming::Again);
    })
    .await;
}

#[tokio::test]
async fn whoever_only_got_it_does_not_keep_the_word_that_nobody_comes_away() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 9).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        world.standing("Bob", 2, 100.0).await;
        let zoe = world.person("Zoe", Level::Agent, 3).await;
        let call = world.sos(&ana, here()).await;
        let task_id = call.task_id.expect("a task");
        let sent = world.assign(&boss, task_id, crew(&[&zoe])).await;
        sent.expect("his");
        let got = world.answer(&zoe, task_id, Answer::Acknowledge).await;
        got.expect("said");
        for _ in 0..2 {
            world.wait(TimeDelta::seconds(31));
            world.run_timers().await;
        }
        assert!(world.call_row(call.id).await.escalated_at.is_some());
    })
    .await;
}
