//! What is done first when very much falls due at once.

use chrono::TimeDelta;
use domain::timer::{self, Due, Turn};

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
