//! After an outage of Telegram: whoever was asked and is silent is rung again, once.

use super::*;

/// How often this chat was rung, or will be.
async fn rings(world: &World, chat_id: i64) -> usize {
    let told = world.notices(chat_id).await;
    let rings = |notice: &Notice| matches!(notice, Notice::Emergency { ring: true, .. });
    told.iter().filter(|(_, notice)| rings(notice)).count()
}

/// Half a minute, with all that falls due in it.
pub(super) async fn passes(world: &World) {
    world.wait(TimeDelta::seconds(30));
    world.run_timers().await;
}

#[tokio::test]
async fn whoever_is_silent_is_rung_again_when_telegram_is_back_and_once() {
    each(async |world: World| {
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        world.standing("Eva", 3, 200.0).await;
        let id = world.sos(&ana, here()).await.id;
        world.cannot(&bob, id).await.expect("said");
        for _ in 0..5 {
            world.delivers().await;
            passes(&world).await;
        }
        let (of_bob, of_eva) = (rings(&world, 2).await, rings(&world, 3).await);
        passes(&world).await;
        assert_eq!(
            rings(&world, 3).await,
            of_eva,
            "the search is done with her"
        );

        world.telegram_away(Some(world.store.now())).await;
        passes(&world).await;
        world.telegram_away(None).await;
        world.run_timers().await;
        assert_eq!(rings(&world, 3).await, of_eva + 1);
        assert_eq!(rings(&world, 2).await, of_bob, "he has answered");

        // It still waits when Telegram goes away once more, and leaves with its return.
        for leaves in [false, true] {
            world.telegram_away(Some(world.store.now())).await;
            passes(&world).await;
            if leaves {
                world.delivers().await;
            }
            world.telegram_away(None).await;
            world.run_timers().await;
            assert_eq!(rings(&world, 3).await, of_eva + 1, "she hears it anyhow");
        }
    })
    .await;
}
