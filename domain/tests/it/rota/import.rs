//! Shifts from files.

use domain::{
    Refusal,
    actor::Level,
    error::Problem,
    shift::{self, Rest},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{id, write};
use crate::support::{World, each, refusal};

async fn badge(world: &World, agent_id: i64, badge: &str) {
    let row = entity::agent::ActiveModel {
        id: Set(agent_id),
        badge: Set(Some(badge.into())),
        ..Default::default()
    };
    row.update(world.store.writer()).await.expect("a badge");
}

#[tokio::test]
async fn wrong_lines_are_named_and_nothing_is_stored_before_it_is_confirmed() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let far = world.unit("Sur").await;
        let eva = world.member("Eva", Level::Agent, Some(3), far).await;
        badge(&world, id(&ana), "A7").await;
        badge(&world, id(&eva), "E1").await;
        let file = b"badge;date;start;end;zone\n\
            A7;2026-12-01;22:00;06:00;\n\
            E1;2026-12-01;22:00;06:00;\n\
            A7;2026-12-02;05:00;13:00;\n\
            A7;2026-12-02;08:00;16:00;Mars/Base\n\
            =1+1;2026-12-03;08:00;16:00;\n\
            A7;manana;08:00;16:00;\n\
            A7;2026-12-05;08:00;16:00;Europe/Madrid\n";
        let seen = shift::preview_import(&world.store, &boss, file)
            .await
            .expect("a preview");
        let wrong: Vec<_> = seen
            .errors
            .iter()
            .map(|one| (one.line, one.field.as_str(), one.problem))
            .collect();
        assert_eq!(
            wrong,
            [
                (3, "badge", Problem::Unknown),
                (5, "zone", Problem::Unknown),
                (6, "badge", Problem::Malformed),
                (7, "date", Problem::Malformed),
            ]
        );
        assert_eq!(
            (seen.rows, seen.lot.planned.len(), seen.lot.clashes.len()),
            (7, 2, 1)
        );
        assert!(world.all::<entity::shift::Entity>().await.is_empty());
        let foreign = b"badge,date,start,end,unit\nA7,2026-12-01,22:00,06:00,Sur\n\nA7,01/01/9000,8:00,9:00,\n";
        let seen = shift::preview_import(&world.store, &boss, foreign).await;
        let wrong = seen.expect("a preview").errors;
        let wrong: Vec<_> = wrong
            .iter()
            .map(|one| (one.line, one.field.as_str(), one.problem))
            .collect();
        assert_eq!(
            wrong,
            [
                (2, "unit", Problem::Unknown),
                (4, "date", Problem::OutOfRange)
            ]
        );
        let no = write!(world, boss, |tx, boss| shift::plan_import(
            tx,
            &boss,
            file,
            Rest::Nothing
        ));
        assert!(matches!(refusal(no), Refusal::Invalid { errors } if errors.len() == 4));
        let done = write!(world, boss, |tx, boss| shift::plan_import(
            tx,
            &boss,
            file,
            Rest::Planned
        ));
        assert_eq!(done.expect("the rest").lot.planned.len(), 2);
        assert_eq!(world.all::<entity::shift::Entity>().await.len(), 2);
        let no = shift::preview_import(&world.store, &ana, file).await;
        assert_eq!(refusal(no), Refusal::NotAllowed);
        let large = vec![b'x'; shift::BYTES_MOST + 1];
        let no = shift::preview_import(&world.store, &boss, &large).await;
        assert!(matches!(refusal(no), Refusal::Invalid { .. }));
    })
    .await;
}
