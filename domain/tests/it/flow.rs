//! Inbox, outbox and leases: nothing is lost, nothing is done twice, nobody overtakes.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    actor::Level,
    card::{self, Shown, Subject},
    inbox::{self, Arrival},
    lease::{self, Fence},
    outbox::{self, Chats, Lane, Message, Outcome, Outgoing, Settled},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::json;

use crate::support::{World, cancel, each};

const BOT: i64 = 1;
const SPAN: Duration = Duration::from_secs(15);

fn arrival(update_id: i64, actor: i64) -> Arrival {
    Arrival {
        update_id,
        actor,
        kind: "message".into(),
        payload: "{}".into(),
    }
}

impl World {
    async fn receives(&self, arrivals: &[(i64, i64)]) -> u64 {
        let arrivals = arrivals
            .iter()
            .map(|(id, actor)| arrival(*id, *actor))
            .collect();
        inbox::receive(&self.store, BOT, arrivals)
            .await
            .expect("the inbox takes them")
    }

    /// One that shows up before all others.
    async fn receives_late(&self, update_id: i64, actor: i64) {
        let late = entity::inbox::ActiveModel {
            id: Set(-1),
            bot: Set(BOT),
            update_id: Set(update_id),
            actor: Set(actor),
            kind: Set("message".into()),
            payload: Set("{}".into()),
            status: Set(entity::inbox::InboxStatus::Pending),
            tries: Set(0),
            received_at: Set(self.store.now()),
            ..Default::default()
        };
        entity::inbox::Entity::insert(late)
            .exec_without_returning(self.store.writer())
            .await
            .expect("a smaller id");
    }

    /// The update ids that can be claimed now.
    async fn claims(&self) -> Vec<inbox::Claim> {
        inbox::claim(&self.store, BOT, 10)
            .await
            .expect("the inbox can be read")
    }

    async fn leases(&self, holder: &str) -> Option<Fence> {
        lease::take(&self.store, "send:1".into(), holder.into(), SPAN)
            .await
            .expect("leases can be asked for")
    }

    async fn pushes(&self, message: Message) {
        self.store
            .write(move |tx| Box::pin(async move { outbox::push(tx, vec![message]).await }))
            .await
            .expect("the outbox takes it");
    }

    async fn takes(&self, fence: &Fence, busy: &[i64]) -> Vec<Outgoing> {
        outbox::claim(&self.store, fence.clone(), 10, busy.to_vec())
            .await
            .expect("the outbox can be read")
    }

    async fn settles(&self, fence: &Fence, message: Outgoing, outcome: Outcome) {
        let settled = Settled {
            message,
            outcome,
            shown: None,
        };
        outbox::settle_all(&self.store, fence.clone(), vec![settled])
            .await
            .expect("it can be settled");
    }
}

fn ids(claims: &[inbox::Claim]) -> Vec<i64> {
    claims.iter().map(|claim| claim.update_id).collect()
}

fn reply(chat: i64, text: &str) -> Message {
    Message::reply(chat, None, json!(text))
}

#[tokio::test]
async fn each_person_has_one_update_in_work_and_the_oldest_first() {
    each(async |world| {
        assert_eq!(world.receives(&[(10, 7), (11, 7), (12, 8)]).await, 3);
        assert_eq!(world.receives(&[(10, 7), (13, 9)]).await, 1);
        let first = world.claims().await;
        assert_eq!(ids(&first), [10, 12, 13]);
        assert!(world.claims().await.is_empty());
        let id = first[0].id;
        inbox::ensure_done(&world.store, id).await.expect("done");
        assert_eq!(ids(&world.claims().await), [11]);
    })
    .await;
}

#[tokio::test]
async fn what_gathered_while_a_chat_had_to_wait_goes_behind_the_others() {
    each(async |world| {
        let fence = world.leases("one").await.expect("nobody holds it");
        for (chat, text) in [(7, "gathered"), (8, "new"), (9, "busy")] {
            world.pushes(reply(chat, text)).await;
        }
        let chats = Chats {
            busy: vec![9],
            behind: vec![7],
            pressing_only: false,
        };
        let taken = outbox::claim(&world.store, fence.clone(), 10, chats).await;
        let taken: Vec<_> = taken
            .expect("the outbox can be read")
            .iter()
            .map(|message| message.chat_id)
            .collect();
        assert_eq!(taken, [8, 7]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_pressing_waits_while_many_edits_do() {
    each(async |world| {
        let fence = world.leases("one").await.expect("nobody holds it");
        for (chat, lane) in [(7, Lane::Task), (8, Lane::Answer), (9, Lane::Digest)] {
            let message = Message {
                lane,
                ..reply(chat, "word")
            };
            world.pushes(message).await;
        }
        let mut taken = Vec::new();
        for pressing_only in [true, false] {
            let chats = Chats {
                pressing_only,
                ..Chats::default()
            };
            let claimed = outbox::claim(&world.store, fence.clone(), 10, chats).await;
            let claimed = claimed.expect("the outbox can be read");
            taken.push(claimed.iter().map(|one| one.chat_id).collect::<Vec<_>>());
        }
        assert_eq!(taken, [vec![8], vec![7, 9]]);
    })
    .await;
}

#[tokio::test]
async fn an_older_update_that_shows_up_late_does_not_run_beside_a_younger() {
    each(async |world| {
        world.receives(&[(20, 7)]).await;
        assert_eq!(world.claims().await.len(), 1);
        world.receives_late(19, 7).await;
        assert!(world.claims().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_has_sent_very_much_hides_nobody_behind_it() {
    each(async |world| {
        let many: Vec<(i64, i64)> = (1..=1200).map(|id| (id, 7)).collect();
        assert_eq!(world.receives(&many).await, 1200);
        world.receives(&[(2000, 8)]).await;
        let first = world.claims().await;
        assert_eq!(ids(&first), [1, 2000]);
        world.receives_late(1999, 8).await;
        assert!(world.claims().await.is_empty());
        for one in first {
            inbox::ensure_done(&world.store, one.id)
                .await
                .expect("done");
        }
        assert_eq!(ids(&world.claims().await), [1999, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_dead_process_loses_its_claims_and_a_slow_one_does_not() {
    each(async |world| {
        world.receives(&[(10, 7), (11, 8)]).await;
        let claims = world.claims().await;
        let nearly = TimeDelta::seconds(5);
        world.store.clock().advance(nearly);
        inbox::prolong(&world.store, vec![claims[0].id])
            .await
            .expect("prolonged");
        world.store.clock().advance(nearly);
        assert_eq!(ids(&world.claims().await), [11]);
    })
    .await;
}

#[tokio::test]
async fn five_failures_bury_an_update_and_a_database_that_was_away_does_not_count() {
    each(async |world| {
        world.receives(&[(10, 7), (11, 7)]).await;
        for tries in 0..5 {
            let id = world.claims().await[0].id;
            inbox::give_back(&world.store, id)
                .await
                .expect("given back");
            assert!(world.claims().await.is_empty());
            world.store.clock().advance(TimeDelta::seconds(2));
            assert_eq!(world.claims().await[0].tries, tries);
            let buried = inbox::failed(&world.store, id, "poison".into()).await;
            assert_eq!(buried.expect("failed"), tries == 4);
            world.store.clock().advance(TimeDelta::seconds(5));
        }
        assert_eq!(ids(&world.claims().await), [11]);
        let depth = inbox::depth(&world.store).await.expect("a depth");
        assert_eq!(depth, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn one_holder_at_a_time_and_the_fence_rises() {
    each(async |world| {
        let first = world.leases("a").await.expect("free");
        assert_eq!(world.leases("b").await, None);
        let again = world.leases("a").await.expect("the same after a restart");
        assert!(again.number > first.number);
        let kept = lease::prolong(&world.store, first, SPAN).await;
        assert!(!kept.expect("asked"));
        lease::release(&world.store, again.clone())
            .await
            .expect("released");
        let next = world.leases("b").await.expect("free again");
        assert!(next.number > again.number);
        world.store.clock().advance(TimeDelta::seconds(16));
        assert!(world.leases("a").await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_sender_that_lost_its_lease_takes_and_settles_nothing() {
    each(async |world| {
        let old = world.leases("a").await.expect("free");
        world.pushes(reply(7, "one")).await;
        let message = world.takes(&old, &[]).await.remove(0);
        world.store.clock().advance(TimeDelta::seconds(16));
        let new = world.leases("b").await.expect("run out");
        let legacy = outbox::take_over(&world.store, new.clone()).await;
        let legacy = legacy.expect("taken over");
        assert_eq!(legacy.under_way, [7]);
        // He may have worked for as long as it was his.
        let ran_out = world.store.now() - TimeDelta::seconds(1);
        let until = legacy.until.expect("somebody had it");
        assert!((until - ran_out).abs() < TimeDelta::seconds(1), "{until}");
        let late = Settled {
            message,
            outcome: Outcome::Dropped,
            shown: None,
        };
        let settled = outbox::settle_all(&world.store, old.clone(), vec![late]).await;
        assert!(settled.is_err());
        assert!(outbox::claim(&world.store, old, 10, vec![]).await.is_err());
        assert_eq!(world.takes(&new, &[]).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn messages_leave_by_lane_and_one_per_chat() {
    each(async |world| {
        let fence = world.leases("a").await.expect("free");
        world.pushes(reply(7, "digest").in_lane(Lane::Digest)).await;
        world.pushes(reply(7, "first")).await;
        world.pushes(reply(7, "second")).await;
        world
            .pushes(reply(8, "alarm").in_lane(Lane::Emergency))
            .await;
        world.pushes(reply(9, "busy")).await;
        let taken = world.takes(&fence, &[9]).await;
        let chats: Vec<_> = taken
            .iter()
            .map(|message| (message.chat_id, message.lane))
            .collect();
        assert_eq!(chats, [(8, Lane::Emergency), (7, Lane::Answer)]);
        assert!(world.takes(&fence, &[7, 9]).await.is_empty());
        for message in taken {
            let outcome = Outcome::Sent {
                message_id: Some(1),
            };
            world.settles(&fence, message, outcome).await;
        }
        let next = world.takes(&fence, &[]).await;
        assert_eq!(next.len(), 2);
        assert_eq!(next[0].lane, Lane::Answer);
    })
    .await;
}

#[tokio::test]
async fn a_message_for_later_waits_and_counts_its_tries() {
    each(async |world| {
        let fence = world.leases("a").await.expect("free");
        world.pushes(reply(7, "one")).await;
        let message = world.takes(&fence, &[]).await.remove(0);
        let not_before = world.store.now() + TimeDelta::seconds(5);
        let later = Outcome::Later {
            not_before,
            error: "away".into(),
        };
        world.settles(&fence, message, later).await;
        assert!(world.takes(&fence, &[]).await.is_empty());
        let due = outbox::next_due(&world.store).await.expect("a time");
        assert_eq!(due, Some(not_before));
        world.store.clock().set(not_before);
        let again = world.takes(&fence, &[]).await;
        assert_eq!(again[0].tries, 1);
    })
    .await;
}

#[tokio::test]
async fn waiting_refreshes_of_a_card_collapse_but_not_into_one_under_way() {
    each(async |world| {
        let fence = world.leases("a").await.expect("free");
        let refresh = || Message {
            collapse: Some("card:7:1".into()),
            ..reply(7, "card")
        };
        world.pushes(refresh()).await;
        world.pushes(refresh()).await;
        assert_eq!(world.takes(&fence, &[]).await.len(), 1);
        world.pushes(refresh()).await;
        world.pushes(refresh()).await;
        let depth = outbox::depth(&world.store).await.expect("a depth");
        assert_eq!(depth[0].waiting, 2);
    })
    .await;
}

#[tokio::test]
async fn the_message_that_shows_a_card_is_remembered_with_its_delivery() {
    each(async |world| {
        let fence = world.leases("a").await.expect("free");
        world.pushes(reply(7, "card")).await;
        let message = world.takes(&fence, &[]).await.remove(0);
        let shown = Shown {
            subject: Subject::Task(1),
            message_id: 55,
            hash: "abc".into(),
        };
        let settled = Settled {
            message,
            outcome: Outcome::Sent {
                message_id: Some(55),
            },
            shown: Some(shown.clone()),
        };
        outbox::settle_all(&world.store, fence, vec![settled])
            .await
            .expect("it can be settled");
        let found = card::find(&world.store, 7, Subject::Task(1)).await;
        assert_eq!(found.expect("cards can be read"), Some(shown));
    })
    .await;
}

/// What changes between wording a new card and knowing that it is there finds no message to bring up to date.
#[tokio::test]
async fn a_new_card_is_looked_at_again_once_it_is_there() {
    each(async |world| {
        let fence = world.leases("a").await.expect("free");
        let cards = [
            (
                Message::leave(7, None, 3, true),
                Message::leave(7, None, 3, false),
            ),
            (
                Message::swap(7, None, 3, true),
                Message::swap(7, None, 3, false),
            ),
            (
                Message::roll_call(7, None, 3, true),
                Message::roll_call(7, None, 3, false),
            ),
        ];
        for (new, again) in cards {
            world.pushes(new).await;
            let message = world.takes(&fence, &[]).await.remove(0);
            let arrived = Outcome::Sent {
                message_id: Some(55),
            };
            world.settles(&fence, message, arrived.clone()).await;
            let next = world.takes(&fence, &[]).await.remove(0);
            assert_eq!(next.notice, again.notice);
            world.settles(&fence, next, arrived).await;
            assert!(world.takes(&fence, &[]).await.is_empty(), "and once only");
        }
    })
    .await;
}

/// In a rolling restart a newer release says what this one does not know: it is left to the newer one for a while.
#[tokio::test]
async fn what_cannot_be_read_is_left_to_others_before_it_is_given_up() {
    each(async |world| {
        let fence = world.leases("a").await.expect("free");
        world.pushes(reply(7, "card")).await;
        let newer = "UPDATE outbox SET notice = '{\"notice\":\"of_tomorrow\"}'";
        let writer = world.store.writer();
        writer.execute_unprepared(newer).await.expect("changed");
        assert!(world.takes(&fence, &[]).await.is_empty());
        let depth = outbox::depth(&world.store).await.expect("a depth");
        assert_eq!(depth[0].waiting, 1);
        let clock = world.store.clock();
        clock.set(world.store.now() + TimeDelta::minutes(15));
        let fence = world.leases("a").await.expect("free again");
        assert!(world.takes(&fence, &[]).await.is_empty());
        let depth = outbox::depth(&world.store).await.expect("a depth");
        assert!(depth.iter().all(|lane| lane.waiting == 0), "given up");
    })
    .await;
}

#[tokio::test]
async fn news_of_a_task_are_kept_without_the_name_of_whoever_did_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task = world.patrol(&boss, &[&ana]).await;
        cancel(&world.store, &boss, task.id)
            .await
            .expect("called off");
        let rows = world.all::<entity::outbox::Entity>().await;
        let news = rows.iter().find(|row| row.notice["notice"] == "task");
        let news = news.expect("Ana hears of it");
        assert_eq!(news.notice["by_user"], json!(boss.user_id));
        assert!(!news.notice.to_string().contains("Silva"), "{news:?}");
        // The release before stored the name: such a message can still be read.
        let before = json!({ "notice": "task", "task_id": 1, "what": "cancelled", "by": "Silva" });
        let read: outbox::Notice = serde_json::from_value(before).expect("read");
        assert!(
            matches!(read, outbox::Notice::Task { by_user: None, .. }),
            "{read:?}"
        );
    })
    .await;
}
