//! What is done first when very much falls due at once.

use chrono::TimeDelta;
use domain::timer::{self, Due, Turn};

use entity::timer::TimerStatus;

use crate::support::{World, each};

#[tokio::test]
async fn a_call_for_help_does_not_wait_behind_what_fell_due_before() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world
            .store
            .write(|tx| {
                Box::pin(async move {
                    for task_id in 0..40 {
                        timer::set(tx, &Due::Refresh { task_id }, tx.now()).await?;
                    }
                    Ok(())
                })
            })
            .await
            .expect("set");
        world.calls(&ana).await;
        world.wait(TimeDelta::seconds(15));
        let kept = timer::claim_for(&world.store, Turn::Pressing, 50).await;
        assert!(
            matches!(&kept.expect("claimed")[..], [one] if matches!(one.due, Due::SosWait { .. }))
        );
        world.wait(TimeDelta::seconds(11));
        let first = timer::claim(&world.store, 3).await.expect("claimed");
        assert!(matches!(first[0].due, Due::SosWait { .. }), "{first:?}");
        assert_eq!(first.len(), 3);
        let next = timer::next_for(&world.store, Turn::Pressing).await;
        assert_eq!(next.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_process_had_in_hand_is_taken_over_within_seconds() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.calls(&ana).await;
        let set = [
            Due::Refresh { task_id: 7 },
            Due::Ack { assignment_id: 7 },
            Due::BroadcastRound { broadcast_id: 7 },
        ];
        let dues = set.clone();
        world
            .store
            .write(move |tx| {
                Box::pin(async move {
                    for due in &dues {
                        timer::set(tx, due, tx.now()).await?;
                    }
                    Ok(())
                })
            })
            .await
            .expect("set");
        world.wait(TimeDelta::seconds(15));
        let kinds = async || -> Vec<Due> {
            let taken = timer::claim(&world.store, 50).await.expect("claimed");
            let dues = taken.into_iter().map(|claim| claim.due);
            dues.filter(|due| matches!(due, Due::SosWait { .. }) || set.contains(due))
                .collect()
        };
        assert_eq!(kinds().await.len(), 4);
        world.wait(TimeDelta::milliseconds(1900));
        assert!(kinds().await.is_empty(), "somebody is at it");
        world.wait(TimeDelta::milliseconds(200));
        let again = kinds().await;
        assert_eq!(again.len(), 3, "{again:?}");
        assert!(matches!(again[0], Due::SosWait { .. }), "{again:?}");
        assert!(!again.contains(&set[0]), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn the_search_for_help_is_never_given_up() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        world.calls(&ana).await;
        world
            .store
            .write(|tx| {
                Box::pin(
                    async move { timer::set(tx, &Due::Refresh { task_id: 7 }, tx.now()).await },
                )
            })
            .await
            .expect("set");
        for _ in 0..12 {
            world.wait(TimeDelta::minutes(2));
            for claim in timer::claim(&world.store, 10).await.expect("claimed") {
                let failed = timer::failed(&world.store, &claim, "away".into()).await;
                failed.expect("noted");
            }
        }
        let rows = world.all::<entity::timer::Entity>().await;
        let states: Vec<_> = rows
            .iter()
            .map(|row| (row.kind.as_str(), row.status))
            .collect();
        assert_eq!(
            states,
            [
                ("sos_wait", TimerStatus::Waiting),
                ("refresh", TimerStatus::Failed)
            ]
        );
        let overdue = timer::overdue(&world.store, TimeDelta::seconds(1)).await;
        assert_eq!(overdue.expect("counted"), 2);
    })
    .await;
}
