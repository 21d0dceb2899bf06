//! Whoever belongs to another unit from now on hears it, and so do those who answer for either.

use domain::{
    Actor,
    actor::{Channel, Level},
    outbox::Notice,
    unit::Key,
    user::{self, UserPatch},
};

use crate::{
    rota::told,
    support::{World, each},
};

async fn moves(world: &World, who: &Actor, unit_id: i64) {
    let patch = UserPatch {
        units: Some(vec![Key::Id(unit_id)]),
        ..UserPatch::default()
    };
    let id = who.user_id.expect("an account");
    let moved = user::patch(&world.store, &Actor::system(Channel::Api), id, patch).await;
    moved.expect("moved");
}

#[tokio::test]
async fn he_and_both_his_supervisors_hear_where_he_belongs_now() {
    each(async |world: World| {
        let (here, far) = (world.unit_id, world.unit("Sur").await);
        let third = world.unit("Oeste").await;
        for (name, chat, unit_id) in [("Silva", 10, here), ("Sosa", 11, far), ("Otto", 12, third)] {
            world
                .member(name, Level::Supervisor, Some(chat), unit_id)
                .await;
        }
        let ana = world.person("Ana", Level::Agent, 1).await;
        for _ in 0..2 {
            moves(&world, &ana, far).await;
        }
        let moved = Notice::Moved {
            agent_id: ana.agent_id.expect("an agent"),
            before: vec![here],
            now: vec![far],
        };
        for (chat, times) in [(1, 1), (10, 1), (11, 1), (12, 0)] {
            let heard = told(&world, chat).await;
            let heard = heard.iter().filter(|one| **one == moved).count();
            assert_eq!(heard, times, "chat {chat}");
        }
    })
    .await;
}
