//! Whom Telegram brings nothing, and who reads by which phone he is told.

use domain::{
    actor::Level,
    agent::{self, ByPhone},
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::support::{World, each};

#[tokio::test]
async fn those_in_command_read_whom_they_have_to_call_and_nobody_else_does() {
    each(async |world: World| {
        let north = world.unit("Norte").await;
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let other = world
            .member("Otero", Level::Supervisor, Some(3), north)
            .await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let dora = world
            .member("Dora", Level::Agent, None, world.unit_id)
            .await;
        let phone = entity::user::ActiveModel {
            id: Set(dora.user_id.expect("an account")),
            phone: Set(Some("555-0101".into())),
            ..Default::default()
        };
        let kept = entity::user::Entity::update(phone).exec(world.store.writer());
        kept.await.expect("kept");
        let ids = [&ana, &dora].map(|who| who.agent_id.expect("an agent"));
        let found = agent::by_phone(&world.store, &boss, &ids).await;
        assert_eq!(
            found.expect("read"),
            [ByPhone {
                agent_id: ids[1],
                name: "Dora".into(),
                phone: Some("555-0101".into()),
            }]
        );
        for stranger in [&other, &ana, &dora] {
            let found = agent::by_phone(&world.store, stranger, &ids).await;
            assert_eq!(found.expect("read").len(), 0, "{}", stranger.name);
        }
    })
    .await;
}
