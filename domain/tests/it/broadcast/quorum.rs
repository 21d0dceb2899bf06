//! No more answers are awaited than people can give whom it reaches.

use super::*;

fn awaiting(answers: u32) -> NewBroadcast {
    NewBroadcast {
        ack: AckMode::Quorum(answers),
        ..words()
    }
}

#[tokio::test]
async fn more_answers_than_people_are_refused_with_how_many_there_are() {
    each(async |world: World| {
        let dora = world.dispatcher().await;
        for (name, chat) in [("Ana", 1), ("Bob", 2), ("Eva", 3)] {
            world.person(name, Level::Agent, chat).await;
        }
        world.member("Sin", Level::Agent, None, world.unit_id).await;
        world
            .store
            .write(|tx| Box::pin(async move { reach::lost(tx, 3).await }))
            .await
            .expect("blocked");
        let seen = broadcast::preview(&world.store, &dora, &Audience::All, None)
            .await
            .expect("seen");
        let too_large = Refusal::QuorumTooLarge { recipients: 2 };
        assert_eq!(seen.check(AckMode::Quorum(3)), Err(too_large.clone()));
        for fine in [AckMode::All, AckMode::First, AckMode::Quorum(2)] {
            assert_eq!(seen.check(fine), Ok(()), "{fine:?}");
        }
        assert_eq!(refusal(world.sends(&dora, awaiting(3)).await), too_large);
        assert!(world.all::<entity::broadcast::Entity>().await.is_empty());
        let id = world.sends(&dora, awaiting(2)).await.expect("sent");
        assert_eq!(world.roll_call(id).await.ack, AckMode::Quorum(2));
        assert_eq!(world.rung(id).await, [1, 2]);
    })
    .await;
}
