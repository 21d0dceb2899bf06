//! Somebody on whom a call counts blocks the bot: command hears it, and others are looked for while he may still come.

use domain::report::{self, NewReport};
use sea_orm::sea_query::Expr;

use super::{told::reached, *};

const SILVA: i64 = 90;

fn deaf(id: i64, who: &Actor) -> Notice {
    Notice::EmergencyDeaf {
        emergency_id: id,
        user_id: who.user_id.expect("an account"),
    }
}

async fn times(world: &World, chat: i64, notice: &Notice) -> usize {
    let told = world.notices(chat).await;
    let same = |one: &&(Lane, Notice)| one.0 == Lane::Emergency && one.1 == *notice;
    told.iter().filter(same).count()
}

/// One is enough.
async fn needs_one(world: &World) {
    entity::emergency::Entity::update_many()
        .col_expr(entity::emergency::Column::Crew, Expr::value(1))
        .exec(world.store.writer())
        .await
        .expect("a row");
}

#[tokio::test]
async fn whoever_comes_and_blocks_the_bot_is_told_of_once_and_counts_no_more() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let eva = world.standing("Eva", 3, 200.0).await;
        let id = world.sos(&ana, here()).await.id;
        needs_one(&world).await;
        world.goes(&bob, id).await.expect("he comes");
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Answered);
        assert!(now.enough());
        for _ in 0..2 {
            reached(&world, 2, false).await;
        }
        let word = deaf(id, &bob);
        assert_eq!(times(&world, SILVA, &word).await, 1, "and not twice");
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Active);
        let comes: Vec<_> = now.takers().map(|one| one.blocked).collect();
        assert_eq!((comes, now.enough()), (vec![true], false));
        world.run_timers().await;
        let now = world.emergency(id).await;
        assert_eq!(names(&now, OfferState::Offered), ["Eva"]);
        let nobody = Notice::EmergencyEscalated {
            emergency_id: id,
            phones: true,
        };
        for _ in 0..3 {
            world.wait(TimeDelta::seconds(30));
            world.run_timers().await;
        }
        assert!(
            times(&world, SILVA, &nobody).await > 0,
            "nobody goes who can be counted on"
        );
        assert!(now.nobody_since.is_some());
        assert_eq!(world.goes(&eva, id).await.expect("said"), Coming::Taken);
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Answered);
        assert_eq!(names(&now, OfferState::Taken), ["Bob", "Eva"]);
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_the_bot_back_counts_as_before() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        world.standing("Eva", 3, 200.0).await;
        let id = world.sos(&ana, here()).await.id;
        needs_one(&world).await;
        world.goes(&bob, id).await.expect("he comes");
        reached(&world, 2, false).await;
        world.run_timers().await;
        reached(&world, 2, true).await;
        let now = world.emergency(id).await;
        assert_eq!(now.status, EmergencyStatus::Answered);
        assert!(names(&now, OfferState::Offered).is_empty());
        let comes: Vec<_> = now.takers().map(|one| one.blocked).collect();
        assert_eq!(comes, [false]);
        assert_eq!((now.going(), now.nobody_since), (1, None));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_reached_again_gets_the_card_and_how_much_he_missed_and_command_hears_it() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let call = world.sos(&ana, here()).await;
        let (id, task_id) = (call.id, call.task_id.expect("a task"));
        world.goes(&bob, id).await.expect("he comes");
        reached(&world, 2, false).await;
        world.delivers().await;
        world.wait(TimeDelta::seconds(5));
        for words in ["entraron al patio", "¿viene alguien?"] {
            let (ana, new) = (ana.clone(), NewReport::text(words));
            let kept = world.store.write(move |tx| {
                Box::pin(async move { report::add(tx, &ana, task_id, new).await })
            });
            kept.await.expect("kept");
        }
        let back = Notice::EmergencyHears {
            emergency_id: id,
            user_id: bob.user_id.expect("an account"),
        };
        let missed = Notice::EmergencyMissed {
            emergency_id: id,
            count: 2,
        };
        let card = Notice::Emergency {
            emergency_id: id,
            ring: true,
        };
        assert_eq!(times(&world, SILVA, &back).await, 0);
        let before = times(&world, 2, &card).await;
        reached(&world, 2, true).await;
        assert_eq!(times(&world, SILVA, &back).await, 1);
        assert_eq!(times(&world, 2, &missed).await, 1);
        assert_eq!(times(&world, 2, &card).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn of_whoever_called_and_blocks_the_bot_command_hears_too() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, SILVA).await;
        let ana = world.standing("Ana", 1, 0.0).await;
        let bob = world.standing("Bob", 2, 100.0).await;
        let id = world.sos(&ana, here()).await.id;
        let ring = world.call_row(id).await.ring;
        reached(&world, 1, false).await;
        assert_eq!(times(&world, SILVA, &deaf(id, &ana)).await, 1);
        world.run_timers().await;
        assert_eq!(world.call_row(id).await.ring, ring, "nothing is due");
        // Nor is whoever was only asked any of those who come: somebody else is asked.
        reached(&world, 2, false).await;
        assert_eq!(times(&world, SILVA, &deaf(id, &bob)).await, 0);
    })
    .await;
}
