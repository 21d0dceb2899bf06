//! Leave: who asks, who decides, who hears of it, and what it breaks.

use domain::{
    Actor, Refusal, Result,
    actor::Level,
    availability::Availability,
    error::{Problem, Thing},
    leave::{self, Leave, LeaveStatus, NewLeave},
    outbox::Notice,
    report::{NewFile, Source},
    task::create::{NewTask, When},
};

use sea_orm::EntityTrait;

use super::{at, heard, id, seq, told, until, write};
use crate::support::{World, each, patrol, refusal};

async fn ask(world: &World, who: &Actor, from: i64, to: i64) -> Leave {
    let new = NewLeave {
        agent_id: id(who),
        starts_at: at(from),
        ends_at: at(to),
        reason: Some("Estudio médico".into()),
        certificate: Some(NewFile {
            source: Source::Telegram("file".into()),
            name: None,
            mime: "image/jpeg".into(),
            bytes: Some(3),
        }),
        ..NewLeave::default()
    };
    write!(world, who, |tx, who| leave::request(tx, &who, new)).expect("asked")
}

async fn decide(world: &World, by: &Actor, leave_id: i64, yes: bool) -> Result<Leave> {
    let why = Some("Sin reemplazo".into());
    write!(world, by, |tx, by| leave::decide(
        tx, &by, leave_id, yes, why
    ))
}

#[tokio::test]
async fn the_supervisor_of_the_unit_decides_and_both_sides_hear_of_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let far = world.unit("Sur").await;
        let other = world.member("Otero", Level::Supervisor, Some(5), far).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let asked = ask(&world, &ana, 10, 34).await;
        assert_eq!(asked.attachments.len(), 1);
        let card = Notice::Leave {
            leave_id: asked.id,
            ring: true,
        };
        assert!(told(&world, 1).await.contains(&card));
        assert!(told(&world, 5).await.is_empty());
        let no = refusal(decide(&world, &other, asked.id, true).await);
        assert_eq!(no, Refusal::missing(Thing::Agent));
        assert_eq!(
            refusal(decide(&world, &ana, asked.id, true).await),
            Refusal::NotAllowed
        );
        let done = decide(&world, &boss, asked.id, false)
            .await
            .expect("decided");
        assert_eq!(done.status, LeaveStatus::Rejected);
        assert_eq!(done.decided_by.as_deref(), Some("Silva"));
        assert_eq!(done.decided_reason.as_deref(), Some("Sin reemplazo"));
        let twice = refusal(decide(&world, &boss, asked.id, true).await);
        assert_eq!(twice, Refusal::Settled { what: Thing::Leave });
        let since = seq(&world).await;
        let again = decide(&world, &boss, asked.id, false).await;
        assert_eq!(again.expect("nothing new").status, LeaveStatus::Rejected);
        assert_eq!(seq(&world).await, since);
    })
    .await;
}

#[tokio::test]
async fn approving_shows_what_it_breaks_and_time_does_the_rest() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let asked = ask(&world, &ana, 10, 34).await;
        let during = NewTask {
            planned_start: When::At(at(12)),
            planned_end: Some(When::At(at(13))),
            ..patrol(&[&ana])
        };
        let broken = world.create(&boss, during).await.expect("not yet approved");
        let before = NewTask {
            planned_start: When::At(at(2)),
            planned_end: Some(When::At(at(3))),
            ..patrol(&[&ana])
        };
        world.create(&boss, before).await.expect("long before");
        let shown = leave::broken(&world.store, &asked).await.expect("tasks");
        let codes: Vec<_> = shown
            .iter()
            .map(|one| (one.code.as_str(), one.lead))
            .collect();
        assert_eq!(codes, [(broken.code.as_str(), true)]);

        decide(&world, &boss, asked.id, true)
            .await
            .expect("approved");
        let since = seq(&world).await;
        until(&world, 40).await;
        assert_eq!(
            heard(&world, id(&ana), since).await,
            [Availability::OnLeave, Availability::Available]
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_asked_takes_it_back_and_is_free_again() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let asked = ask(&world, &ana, -1, 34).await;
        decide(&world, &boss, asked.id, true)
            .await
            .expect("approved");
        let cancel = async |who: &Actor| {
            let leave_id = asked.id;
            write!(world, who, |tx, who| leave::cancel(tx, &who, leave_id))
        };
        assert_eq!(refusal(cancel(&eva).await), Refusal::missing(Thing::Leave));
        assert_eq!(refusal(cancel(&boss).await), Refusal::NotAllowed);
        let forgotten = entity::outbox::Entity::delete_many();
        let forgotten = forgotten.exec(world.store.writer()).await;
        forgotten.expect("nothing waits");
        let since = seq(&world).await;
        let over = cancel(&ana).await.expect("hers");
        assert_eq!(
            (over.status, over.ends_at),
            (LeaveStatus::Approved, at(0)),
            "she was on leave until now"
        );
        let card = Notice::Leave {
            leave_id: asked.id,
            ring: true,
        };
        assert_eq!(told(&world, 1).await, [card], "the boss hears it");
        assert_eq!(
            heard(&world, id(&ana), since).await,
            [Availability::Available]
        );
        let (before, since) = (told(&world, 1).await.len(), seq(&world).await);
        let again = cancel(&ana).await.expect("nothing new");
        assert_eq!(again, over);
        assert_eq!(
            (told(&world, 1).await.len(), seq(&world).await),
            (before, since)
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_by_mistake_can_be_had_back_for_a_minute() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let act = async |leave_id: i64, back: bool| {
            world
                .store
                .write({
                    let ana = ana.clone();
                    move |tx| {
                        let ana = ana.clone();
                        Box::pin(async move {
                            match back {
                                true => leave::restore(tx, &ana, leave_id).await,
                                false => leave::cancel(tx, &ana, leave_id).await,
                            }
                        })
                    }
                })
                .await
        };
        let (asked, running) = (
            ask(&world, &ana, 50, 60).await,
            ask(&world, &ana, -1, 34).await,
        );
        decide(&world, &boss, running.id, true)
            .await
            .expect("approved");
        for (one, status) in [
            (&asked, LeaveStatus::Requested),
            (&running, LeaveStatus::Approved),
        ] {
            act(one.id, false).await.expect("taken back");
            world.wait(chrono::TimeDelta::seconds(59));
            let back = act(one.id, true).await.expect("in time");
            assert_eq!((back.status, back.ends_at), (status, one.ends_at));
            let again = act(one.id, true).await.expect("nothing new");
            assert_eq!(again, back);
            act(one.id, false).await.expect("taken back");
            world.wait(chrono::TimeDelta::seconds(60));
            let late = refusal(act(one.id, true).await);
            assert_eq!(late, Refusal::Settled { what: Thing::Leave });
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_had_back_is_asked_anew_of_those_who_decide() {
    each(async |world: World| {
        world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let leave_id = ask(&world, &ana, 50, 60).await.id;
        write!(world, ana, |tx, ana| leave::cancel(tx, &ana, leave_id)).expect("taken back");
        let forgotten = entity::outbox::Entity::delete_many();
        let forgotten = forgotten.exec(world.store.writer()).await;
        forgotten.expect("nothing waits");
        write!(world, ana, |tx, ana| leave::restore(tx, &ana, leave_id)).expect("had back");
        let card = Notice::Leave {
            leave_id,
            ring: true,
        };
        assert!(told(&world, 1).await.contains(&card), "a new message");
    })
    .await;
}

#[tokio::test]
async fn leave_that_was_ended_early_breaks_nothing() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let asked = ask(&world, &ana, -1, 34).await;
        let task = world.begun(&boss, &[&ana]).await;
        let leave_id = asked.id;
        decide(&world, &boss, leave_id, true)
            .await
            .expect("approved");
        let codes = async |leave: &Leave| {
            let broken = leave::broken(&world.store, leave).await.expect("tasks");
            broken.into_iter().map(|one| one.code).collect::<Vec<_>>()
        };
        let runs = leave::find(&world.store, &boss, leave_id).await;
        assert_eq!(codes(&runs.expect("seen")).await, [task.code]);
        world.wait(chrono::TimeDelta::minutes(5));
        let over = write!(world, ana, |tx, ana| leave::cancel(tx, &ana, leave_id));
        let over = over.expect("hers");
        assert_eq!(over.status, LeaveStatus::Approved);
        assert!(codes(&over).await.is_empty(), "she is back at it");
    })
    .await;
}

async fn wanted(world: &World, who: &Actor, sick: bool, from: i64, to: i64) -> Result<Leave> {
    let new = NewLeave {
        agent_id: id(who),
        starts_at: at(from),
        ends_at: at(to),
        sick,
        ..NewLeave::default()
    };
    write!(world, who, |tx, who| leave::request(tx, &who, new))
}

#[tokio::test]
async fn the_same_days_are_not_asked_for_twice() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let (ana, eva) = (
            world.person("Ana", Level::Agent, 2).await,
            world.person("Eva", Level::Agent, 3).await,
        );
        let first = wanted(&world, &ana, false, 10, 34).await.expect("asked");
        let twice = || Refusal::LeaveOverlap {
            agent: "Ana".into(),
            from: at(10),
            until: at(34),
        };
        for (from, to) in [(10, 34), (0, 11), (33, 50), (20, 21)] {
            let no = wanted(&world, &ana, false, from, to).await;
            assert_eq!(refusal(no), twice(), "{from} to {to}");
        }
        wanted(&world, &ana, false, 34, 50).await.expect("after it");
        wanted(&world, &eva, false, 10, 34).await.expect("her own");
        decide(&world, &boss, first.id, true)
            .await
            .expect("approved");
        let no = wanted(&world, &ana, false, 20, 21).await;
        assert_eq!(refusal(no), twice());
        let taken_back = first.id;
        write!(world, ana, |tx, ana| leave::cancel(tx, &ana, taken_back)).expect("hers");
        wanted(&world, &ana, false, 20, 21)
            .await
            .expect("free again");
        let back = write!(world, ana, |tx, ana| leave::restore(tx, &ana, taken_back));
        let met = Refusal::LeaveOverlap {
            agent: "Ana".into(),
            from: at(20),
            until: at(21),
        };
        assert_eq!(refusal(back), met, "nor had back");
    })
    .await;
}

#[tokio::test]
async fn only_sick_days_begin_in_the_past_and_not_long_ago() {
    each(async |world: World| {
        let ana = world.person("Ana", Level::Agent, 2).await;
        let past = Refusal::invalid("starts_at", Problem::InThePast);
        // The test begins at noon: half a day ago is this day's midnight.
        let day = |days: i64| -12 - 24 * days;
        let no = wanted(&world, &ana, false, day(1), 20).await;
        assert_eq!(refusal(no), past);
        let no = wanted(&world, &ana, true, day(30) - 1, day(30)).await;
        assert_eq!(refusal(no), past);
        wanted(&world, &ana, true, day(30), day(29))
            .await
            .expect("ill");
        wanted(&world, &ana, true, day(1), day(0))
            .await
            .expect("ill");
        wanted(&world, &ana, false, day(0), 20)
            .await
            .expect("today");
    })
    .await;
}
