//! Escalated is who was named to somebody whom Telegram reaches, and nobody else.

use super::*;

impl World {
    async fn rounds(&self) {
        for _ in 0..5 {
            self.wait(TimeDelta::seconds(61));
            self.run_timers().await;
        }
    }

    /// A dispatcher who commands nobody.
    async fn clerk(&self) -> Actor {
        let mut actor = self.person("Clara", Level::Agent, 901).await;
        actor.permissions.push(Permission::Broadcast);
        actor
    }
}

fn named(id: i64, phones: bool) -> Notice {
    Notice::BroadcastSilent {
        broadcast_id: id,
        phones,
    }
}

#[tokio::test]
async fn without_anybody_who_answers_for_them_nobody_is_said_to_be_escalated() {
    each(async |world: World| {
        let clara = world.clerk().await;
        world.person("Ana", Level::Agent, 1).await;
        // A supervisor of theirs, but without Telegram.
        world
            .member("Silva", Level::Supervisor, None, world.unit_id)
            .await;
        let id = world.sends(&clara, words()).await.expect("sent");
        world.rounds().await;
        assert_eq!(world.roll_call(id).await.counts.escalated, 0);
        assert_eq!(
            world.told(&named(id, false)).await,
            [901],
            "the sender knows"
        );
    })
    .await;
}

#[tokio::test]
async fn where_nobody_answers_for_somebody_the_admins_are_told() {
    each(async |world: World| {
        let clara = world.clerk().await;
        world.person("Ana", Level::Agent, 1).await;
        let south = world.unit("Sur").await;
        world.member("Sol", Level::Agent, Some(2), south).await;
        let marta = world.person("Marta", Level::Supervisor, 50).await;
        world.person("Jefa", Level::Admin, 70).await;
        let only = NewBroadcast {
            audience: Audience::Unit { unit_id: south },
            ..words()
        };
        let far = world.sends(&clara, only).await.expect("sent");
        let near = NewBroadcast {
            audience: Audience::Unit {
                unit_id: world.unit_id,
            },
            ..words()
        };
        let near = world.sends(&clara, near).await.expect("sent");
        world
            .replies(&marta, near, Reply::Acknowledged)
            .await
            .expect("said");
        world.rounds().await;
        assert_eq!(world.told(&named(far, false)).await, [70, 901]);
        assert_eq!(world.roll_call(far).await.counts.escalated, 1);
        let told = world.told(&named(near, false)).await;
        assert!(told.contains(&50), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn all_of_them_can_be_read_page_by_page() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for number in 0..23 {
            world
                .person(&format!("P{number:02}"), Level::Agent, 100 + number)
                .await;
        }
        let id = world.sends(&dora, words()).await.expect("sent");
        let one = broadcast::show(&world.store, id).await.expect("there");
        let page = async |page| {
            broadcast::silent(&world.store, &dora, &one, (page, 20))
                .await
                .expect("listed")
        };
        let (first, second) = (page(0).await, page(1).await);
        assert_eq!((first.people.len(), first.total, first.more()), (20, 23, 3));
        let names: Vec<&str> = second.people.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["P20", "P21", "P22"]);
        assert_eq!(second.more(), 0);
        let stranger = world.person("Otro", Level::Agent, 7).await;
        refusal(broadcast::silent(&world.store, &stranger, &one, (0, 20)).await);
    })
    .await;
}

#[tokio::test]
async fn who_is_blocked_is_counted_as_missed_and_not_as_reached() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        world.person("Ana", Level::Agent, 1).await;
        world.person("Bob", Level::Agent, 2).await;
        world
            .store
            .write(|tx| Box::pin(async move { reach::lost(tx, 2).await }))
            .await
            .expect("recorded");
        let seen = broadcast::preview(&world.store, &dora, &Audience::All, None).await;
        let seen = seen.expect("seen");
        assert_eq!((seen.recipients, seen.unreachable.len()), (1, 1));
    })
    .await;
}
