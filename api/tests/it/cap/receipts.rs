//! What each of its people answered to a broadcast: `Ack`, or `Error` for whoever is out of reach.

use chrono::TimeDelta;
use domain::{
    Actor,
    actor::Channel,
    broadcast::{self, NewBroadcast, Reply},
    reach,
};

use super::{all, document, fetched, head, linked, one, refers, world};
use crate::support::World;

fn place(id: i64, who: &Actor) -> String {
    let user_id = who.user_id.expect("he has an account");
    format!("/api/v1/broadcasts/{id}/answers/{user_id}/cap.xml")
}

/// A receipt has nothing below its head, and says why.
async fn receipt(world: &World, id: i64, who: &Actor) -> Vec<(String, String)> {
    let said = head(&document(world, &place(id, who)).await);
    assert!(
        said.iter().all(|(path, _)| !path.starts_with("alert/info")),
        "{said:?}"
    );
    assert_eq!(all(&said, "alert/note").len(), 1, "{said:?}");
    assert!(
        !format!("{said:?}").contains("Persona"),
        "no names of people"
    );
    said
}

async fn sent(world: &World, drill: bool) -> i64 {
    let system = Actor::system(Channel::Cli);
    let new = NewBroadcast {
        text: Some("Corten la calle".into()),
        drill,
        ..NewBroadcast::default()
    };
    let work = world
        .store
        .write(move |tx| Box::pin(async move { broadcast::send(tx, &system, new).await }));
    work.await.expect("sent")
}

#[tokio::test]
async fn who_answered_is_an_ack_and_who_is_out_of_reach_an_error() {
    for (drill, status) in [(false, "Actual"), (true, "Exercise")] {
        let (world, ana) = world().await;
        let (bob, eva) = (
            linked(&world, "bob", 78).await,
            linked(&world, "eva", 79).await,
        );
        let id = sent(&world, drill).await;
        let first = fetched(&world, &format!("/api/v1/broadcasts/{id}/cap.xml")).await;
        world.store.clock().advance(TimeDelta::seconds(5));
        let by = ana.clone();
        let said = world.store.write(move |tx| {
            Box::pin(async move {
                broadcast::answer(tx, &by, id, Reply::Acknowledged, None).await?;
                reach::lost(tx, 78).await
            })
        });
        said.await.expect("said");
        let taken = receipt(&world, id, &ana).await;
        assert_eq!(one(&taken, "alert/msgType"), "Ack");
        assert!(one(&taken, "alert/note").ends_with(": acknowledged"));
        let lost = receipt(&world, id, &bob).await;
        assert_eq!(one(&lost, "alert/msgType"), "Error");
        assert!(one(&lost, "alert/note").ends_with(": unreachable"));
        assert_ne!(
            one(&taken, "alert/identifier"),
            one(&lost, "alert/identifier")
        );
        for one_of_them in [&taken, &lost] {
            assert_eq!(one(one_of_them, "alert/status"), status);
            assert_eq!(one(one_of_them, "alert/references"), refers(&first));
            assert_ne!(one(one_of_them, "alert/sent"), one(&first, "alert/sent"));
        }
        // Of Eva nothing is known yet.
        let token = world.token("jefa").await;
        let silent = world.get(&place(id, &eva), &token).await;
        assert_eq!(silent.status, 404, "{}", silent.text);
    }
}
