//! What passes and what waits, by the moment.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn limiter() -> (Limiter, Instant) {
    (Limiter::new(Limits::default()), Instant::now())
}

/// Lets a call pass that is answered at once.
fn pass(limiter: &Limiter, chat: i64, kind: Kind, now: Instant) -> bool {
    let passes = limiter.try_pass(chat, kind, now).is_ok();
    if passes {
        limiter.lock().end(chat, now);
    }
    passes
}

#[test]
fn a_person_takes_a_burst_and_then_one_per_second_on_average() {
    let (limiter, start) = limiter();
    let at = |seconds| start + Duration::from_secs(seconds);
    let sent = |second| {
        (0..9)
            .filter(|_| pass(&limiter, 7, Kind::Send, at(second)))
            .count()
    };
    assert_eq!([0, 1, 2, 3, 4, 6].map(sent), [3, 0, 0, 3, 0, 3]);
    assert!(pass(
        &limiter,
        8,
        Kind::Send,
        start + Duration::from_secs(11)
    ));
}

#[test]
fn a_group_takes_18_a_minute() {
    let (limiter, start) = limiter();
    let sent = (0..60)
        .filter(|second| {
            pass(
                &limiter,
                -5,
                Kind::Send,
                start + Duration::from_secs(*second),
            )
        })
        .count();
    assert_eq!(sent, 18);
    assert!(pass(
        &limiter,
        -5,
        Kind::Send,
        start + Duration::from_secs(60)
    ));
}

#[test]
fn edits_leave_room_for_sends_over_all() {
    let (limiter, start) = limiter();
    let edits = (0..40)
        .filter(|chat| pass(&limiter, *chat, Kind::Edit, start))
        .count();
    assert_eq!(edits, 22);
    let sends = (40..80)
        .filter(|chat| pass(&limiter, *chat, Kind::Send, start))
        .count();
    assert_eq!(sends, 7);
    assert!(!pass(&limiter, 81, Kind::Strip, start));
}

#[test]
fn an_edit_goes_out_now_and_then_however_much_is_sent() {
    let (limiter, start) = limiter();
    let at = |millis| start + Duration::from_millis(millis);
    // As much as may go out, one after the other.
    for (chat, number) in (0..).zip(0..29) {
        assert!(pass(&limiter, chat, Kind::Send, at(number * 34)));
    }
    let (mut sends, mut edits, mut strips) = (0, 0, 0);
    for (chat, millis) in (100..).zip(1_000..11_000) {
        let passes = |kind, chat| u32::from(pass(&limiter, chat, kind, at(millis)));
        // Whoever is first in his line wakes with the first of the other.
        if millis % 2 == 0 {
            edits += passes(Kind::Edit, chat);
        }
        sends += passes(Kind::Send, 20_000 + chat);
        edits += passes(Kind::Edit, 40_000 + chat);
        strips += passes(Kind::Strip, 60_000 + chat);
    }
    assert_eq!((sends + edits + strips, strips), (290, 0));
    assert!((15..=40).contains(&edits), "{edits}");
}

#[tokio::test]
async fn whoever_waits_longer_goes_first() {
    let (limiter, _) = limiter();
    let (passed, mut order) = tokio::sync::mpsc::unbounded_channel();
    let calls = (0..40).map(|chat| {
        let (limiter, passed) = (&limiter, &passed);
        async move {
            drop(limiter.pass(chat, Kind::Send).await);
            let _ = passed.send(chat);
        }
    });
    futures::future::join_all(calls).await;
    drop(passed);
    let mut chats = Vec::new();
    while let Some(chat) = order.recv().await {
        chats.push(chat);
    }
    assert_eq!(chats.len(), 40);
    assert!(chats.is_sorted(), "{chats:?}");
}

#[tokio::test]
async fn whose_chat_is_closed_holds_nobody_up() {
    let (limiter, start) = limiter();
    limiter.gate(7, Duration::from_millis(500));
    let (first, second) = tokio::join!(
        async {
            drop(limiter.pass(7, Kind::Send).await);
            start.elapsed()
        },
        async {
            drop(limiter.pass(8, Kind::Send).await);
            start.elapsed()
        }
    );
    assert!(first >= Duration::from_millis(500) && second < first);
}

#[test]
fn what_is_free_is_what_may_go_out_at_this_moment() {
    let (limiter, start) = limiter();
    let free = |now| limiter.lock().free(limiter.limits.all, now);
    assert_eq!(free(start), 29);
    for chat in 0..20 {
        assert!(pass(&limiter, chat, Kind::Send, start));
    }
    assert_eq!(free(start), 9);
    assert_eq!(free(start + Duration::from_secs(1)), 29);
    limiter.gate_all(Duration::from_secs(5));
    assert_eq!(free(start), 0);
}

#[test]
fn a_chat_that_had_to_wait_stands_behind_the_others_for_as_long_again() {
    let (limiter, start) = limiter();
    let Some(before) = start.checked_sub(Duration::from_secs(10)) else {
        return;
    };
    limiter.lock().refuse(7, Duration::from_secs(4), before);
    limiter.lock().refuse(8, Duration::from_secs(8), before);
    limiter.lock().refuse(9, Duration::from_secs(30), before);
    let closed = limiter.closed().0;
    assert_eq!((closed, limiter.behind()), (vec![9], vec![8]));
}

#[test]
fn a_call_counts_until_a_second_after_its_answer() {
    let (limiter, start) = limiter();
    let at = |millis| start + Duration::from_millis(millis);
    let tries = |now| limiter.try_pass(99, Kind::Send, now);
    for chat in 0..29 {
        assert_eq!(limiter.try_pass(chat, Kind::Send, start), Ok(()));
    }
    // Nobody knows when the first of them will be answered.
    assert_eq!(tries(at(2_000)), Err(Closed::All(at(3_000))));
    limiter.lock().end(0, at(2_100));
    assert_eq!(tries(at(2_200)), Err(Closed::All(at(3_100))));
    assert_eq!(tries(at(3_100)), Ok(()));
    assert_eq!(limiter.under_way(), 29);
}

proptest! {
    #[test]
    fn telegram_never_counts_too_many_however_long_calls_take(
        ways in prop::collection::vec((0..400_u64, 0..400_u64), 40..160),
    ) {
        let (limiter, start) = limiter();
        let at = |millis| start + Duration::from_millis(millis);
        let (mut now, mut arrivals, mut answers) = (0, Vec::new(), BTreeSet::new());
        for (chat, (there, back)) in (0..).zip(ways) {
            loop {
                while let Some((answered, other)) = answers.first().copied().filter(|(answered, _)| *answered <= now) {
                    limiter.lock().end(other, at(answered));
                    answers.remove(&(answered, other));
                }
                if limiter.try_pass(chat, Kind::Send, at(now)).is_ok() {
                    break;
                }
                now += 1;
            }
            arrivals.push(now + there);
            answers.insert((now + there + back, chat));
        }
        arrivals.sort_unstable();
        let most = limiter.limits.all.most as usize;
        let spans = arrivals.iter().zip(arrivals.iter().skip(most));
        for (first, one_too_many) in spans {
            prop_assert!(one_too_many - first >= 1_000, "{arrivals:?}");
        }
    }
}

#[test]
fn what_the_sender_before_sent_is_counted() {
    let (limiter, start) = limiter();
    let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
    let ago = |seconds| now - chrono::TimeDelta::seconds(seconds);
    limiter.inherit(
        &Legacy {
            under_way: vec![7],
            sent: [vec![(7, ago(1)); 2], vec![(-5, ago(50)); 18]].concat(),
            waits: vec![(9, ago(-4))],
            until: Some(ago(2)),
        },
        now,
    );
    let later = |seconds| start + Duration::from_secs(seconds);
    let opens = |chat, at| pass(&limiter, chat, Kind::Send, at);
    assert_eq!(
        [7, 8, 9, -5].map(|chat| opens(chat, later(1))),
        [false, true, false, false]
    );
    assert_eq!(
        [7, 9, -5].map(|chat| opens(chat, later(5))),
        [true, true, false]
    );
    assert!(opens(-5, later(11)));
}

#[test]
fn what_nobody_wrote_down_is_forgotten_by_telegram_before_anything_leaves() {
    let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
    // Milliseconds since the sender before may have been at work, and until the first call may leave.
    for (since, opens) in [(0, 1_500), (400, 1_100), (1_500, 0), (60_000, 0)] {
        let (limiter, start) = limiter();
        let legacy = Legacy {
            until: Some(now - chrono::TimeDelta::milliseconds(since)),
            ..Legacy::default()
        };
        limiter.inherit(&legacy, now);
        let done = Instant::now();
        let at = |from: Instant, millis| from + Duration::from_millis(millis);
        if opens > 0 {
            assert!(
                !pass(&limiter, 7, Kind::Send, at(start, opens - 1)),
                "{since}"
            );
        }
        assert!(pass(&limiter, 7, Kind::Send, at(done, opens)), "{since}");
    }
}

#[test]
fn whoever_waits_on_the_side_when_a_term_ends_does_not_pass_before_the_next() {
    let (limiter, start) = limiter();
    limiter.end_term();
    assert!(!pass(
        &limiter,
        7,
        Kind::Edit,
        start + Duration::from_secs(60)
    ));
    limiter.inherit(&Legacy::default(), DateTime::UNIX_EPOCH);
    assert!(pass(&limiter, 7, Kind::Edit, Instant::now()));
}

#[test]
fn a_wait_closes_its_chat_only() {
    let (limiter, start) = limiter();
    for chat in 1..=50 {
        limiter.gate(chat, Duration::from_secs(9));
        limiter.taken();
    }
    assert!(!pass(&limiter, 1, Kind::Send, start));
    assert!(pass(&limiter, 51, Kind::Send, start));
    assert_eq!(limiter.closed().0.len(), 50);
    assert_eq!(limiter.closed_until(), None);
}

#[test]
fn when_nothing_is_taken_all_wait_longer_and_longer() {
    let (limiter, start) = limiter();
    let at = |millis| start + Duration::from_millis(millis);
    let refuse = |chats: std::ops::Range<i64>, now| {
        for chat in chats {
            limiter.lock().refuse(chat, Duration::from_secs(9), now);
        }
    };
    // Those under way at the end of the row are no new row.
    refuse(0..30, at(0));
    assert!(!pass(&limiter, 99, Kind::Send, at(249)));
    assert!(pass(&limiter, 99, Kind::Send, at(250)));
    refuse(30..38, at(300));
    assert!(!pass(&limiter, 98, Kind::Send, at(799)));
    assert!(pass(&limiter, 98, Kind::Send, at(800)));
    limiter.taken();
    refuse(40..47, at(900));
    assert!(pass(&limiter, 97, Kind::Send, at(900)));
}
