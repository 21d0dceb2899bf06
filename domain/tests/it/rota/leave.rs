//! Leave: who asks, who decides, who hears of it, and what it breaks.

use domain::{
    Actor, Refusal, Result,
    actor::Level,
    availability::Availability,
    error::Thing,
    leave::{self, Leave, LeaveStatus, NewLeave},
    outbox::Notice,
    report::{NewFile, Source},
    task::create::{NewTask, When},
};

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
        let since = seq(&world).await;
        assert_eq!(
            cancel(&ana).await.expect("hers").status,
            LeaveStatus::Cancelled
        );
        assert_eq!(
            heard(&world, id(&ana), since).await,
            [Availability::Available]
        );
        assert_eq!(
            refusal(cancel(&ana).await),
            Refusal::Settled { what: Thing::Leave }
        );
    })
    .await;
}
