//! A broadcast to whoever was seen within a drawn area says which one.

use domain::{
    Actor,
    actor::Channel,
    broadcast::{self, Audience, NewBroadcast},
    geo::Point,
    position::{self, PositionSource, Shared},
};

use super::{all, fetched, one, world};

fn corner(lat: f64, lon: f64) -> Point {
    Point { lat, lon }
}

#[tokio::test]
async fn a_drawn_area_goes_out_as_a_closed_polygon() {
    let (world, ana) = world().await;
    let shared = Shared {
        point: corner(-34.6, -58.4),
        accuracy_m: None,
        source: PositionSource::Pin,
        at: world.store.now(),
    };
    let seen = world
        .store
        .write(move |tx| Box::pin(async move { position::share(tx, &ana, shared).await }));
    assert!(seen.await.expect("kept"));
    let new = NewBroadcast {
        text: Some("Despejen la plaza".into()),
        audience: Audience::Area {
            points: vec![
                corner(-34.5, -58.5),
                corner(-34.5, -58.3),
                corner(-34.7, -58.3),
                corner(-34.7, -58.5),
            ],
        },
        ..NewBroadcast::default()
    };
    let system = Actor::system(Channel::Cli);
    let sent = world
        .store
        .write(move |tx| Box::pin(async move { broadcast::send(tx, &system, new).await }));
    let id = sent.await.expect("sent");
    let alert = fetched(&world, &format!("/api/v1/broadcasts/{id}/cap.xml")).await;
    assert_eq!(one(&alert, "alert/info/area/areaDesc"), "area");
    assert_eq!(
        one(&alert, "alert/info/area/polygon"),
        "-34.500000,-58.500000 -34.500000,-58.300000 -34.700000,-58.300000 -34.700000,-58.500000 \
         -34.500000,-58.500000"
    );
    assert!(all(&alert, "alert/info/area/circle").is_empty());
}
