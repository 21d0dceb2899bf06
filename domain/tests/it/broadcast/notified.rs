//! What the board of whoever sent it is told: who needs help there, and whether it is a drill.

use domain::{
    event::{self, Event},
    notification::{Beside, NotificationKind},
};

use super::*;

#[tokio::test]
async fn a_cry_is_told_with_whose_it_is_and_that_it_is_a_drill() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        let ana = world.person("Ana", Level::Agent, 1).await;
        let drill = NewBroadcast {
            drill: true,
            ..words()
        };
        let id = world.sends(&dora, drill).await.expect("sent");
        let said = world.replies(&ana, id, Reply::NeedsHelp).await;
        said.expect("said");
        let log = event::since(&world.store, 0, 1000).await.expect("the log");
        let told: Vec<_> = log
            .events
            .iter()
            .filter_map(|one| match one.event {
                Event::Notification {
                    kind: NotificationKind::Help,
                    broadcast_id,
                    by_user,
                    ..
                } => Some((broadcast_id, by_user)),
                _ => None,
            })
            .collect();
        assert_eq!(told, [(Some(id), ana.user_id)]);
        let beside = Beside::of(&world.store, &log.events).await.expect("read");
        let names: Vec<&str> = beside.names.values().map(String::as_str).collect();
        assert_eq!(names, ["Ana"]);
        assert_eq!(beside.drills.get(&id), Some(&true));
    })
    .await;
}
