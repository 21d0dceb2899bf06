//! Tickets: each opens one socket, soon, and for whoever it was given to.

use chrono::TimeDelta;
use domain::actor::Level;
use futures::{StreamExt, future::join_all};
use tokio_tungstenite::tungstenite::Message;

use super::{PATIENCE, Socket, ticket, world};
use crate::support::{World, bare};

#[tokio::test]
async fn a_ticket_is_good_for_half_a_minute() {
    let (world, served, token) = world().await;
    for (seconds, good) in [(29, true), (31, false)] {
        let ticket = ticket(&world, &token).await;
        world.store.clock().advance(TimeDelta::seconds(seconds));
        let mut socket = Socket::with(&served, &ticket).await;
        if good {
            socket.expect("connection_ack").await;
        } else {
            assert_eq!(u16::from(socket.expect_close().await.code), 1008);
        }
    }
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let (world, served, token) = world().await;
    let ticket = ticket(&world, &token).await;
    let mut first = Socket::with(&served, &ticket).await;
    first.expect("connection_ack").await;
    for wrong in [&*ticket, &*token, "", "not-a-ticket"] {
        let mut second = Socket::with(&served, wrong).await;
        assert_eq!(
            u16::from(second.expect_close().await.code),
            1008,
            "{wrong:?}"
        );
    }
}

impl Socket {
    /// Whether it is greeted; else it is shown out as whoever has no ticket.
    async fn is_greeted(&mut self) -> bool {
        let first = patience::within(PATIENCE, self.0.next()).await;
        let first = first.expect("in time").expect("a close first");
        match first.expect("it is sound") {
            Message::Close(frame) => {
                assert_eq!(u16::from(frame.expect("a code").code), 1008);
                false
            }
            _ => true,
        }
    }
}

#[tokio::test]
async fn of_many_who_come_with_one_ticket_at_once_one_is_let_in() {
    let worlds = [Some(World::new().await), World::postgres().await];
    for world in worlds.into_iter().flatten() {
        world.user("ana", Level::Supervisor, "Centro").await;
        let doors = [world.serve().await, world.serve().await];
        let token = world.token("ana").await;
        let ticket = ticket(&world, &token).await;
        let come = doors.iter().cycle().take(8);
        let sockets = join_all(come.map(|door| Socket::with(door, &ticket))).await;
        let mut greeted = 0;
        for mut socket in sockets {
            greeted += u32::from(socket.is_greeted().await);
        }
        assert_eq!(greeted, 1);
    }
}

#[tokio::test]
async fn a_ticket_goes_with_its_session() {
    let (world, served, token) = world().await;
    let unused = ticket(&world, &token).await;
    world
        .ask(bare("POST", "/api/v1/auth/logout", Some(&token)))
        .await;
    let mut socket = Socket::with(&served, &unused).await;
    assert!(!socket.is_greeted().await);
}
