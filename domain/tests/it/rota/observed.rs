//! What somebody reports on his shift while he is on no task.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal, Result,
    actor::{Level, Permission},
    attachment, correction, erase,
    error::Thing,
    event::{self, Event},
    kept,
    page::Window,
    report::{self, About, Album, NewFile, NewReport, ReportKind, Source},
    shift,
};
use sea_orm::ConnectionTrait;

use super::{at, id, planned, seq, until, write};
use crate::support::{World, each, refusal};

async fn observes(
    world: &World,
    who: &Actor,
    shift_id: i64,
    new: NewReport,
    album: Option<&'static str>,
) -> Result<i64> {
    write!(world, who, |tx, who| shift::observe(
        tx, &who, shift_id, new, album
    ))
}

/// A photo with words, as it lies in the file store.
fn photo() -> NewReport {
    let file = NewFile {
        source: Source::Stored("evidence/report-1/1.jpg".into()),
        name: None,
        mime: "image/jpeg".into(),
        bytes: Some(3),
    };
    NewReport {
        kind: ReportKind::Photo,
        file: Some(file),
        ..NewReport::text("Reja rota")
    }
}

/// Whether the boards heard of the shifts of this agent since.
async fn changed(world: &World, who: &Actor, since: i64) -> bool {
    let events = event::since(&world.store, since, 100).await;
    let changed = Event::ShiftsChanged { agent_id: id(who) };
    let mut events = events.expect("events").events.into_iter();
    events.any(|logged| logged.event == changed)
}

#[tokio::test]
async fn what_is_observed_is_seen_by_its_agent_and_by_those_who_lead_him() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let eva = world.person("Eva", Level::Agent, 3).await;
        let far = world.unit("Sur").await;
        let nora = world.member("Nora", Level::Supervisor, Some(4), far).await;
        let shift_id = planned(&world, &boss, &ana, 1, 9).await.id;
        until(&world, 2).await;
        let before = seq(&world).await;
        let told = observes(&world, &ana, shift_id, photo(), None).await;
        told.expect("her own shift");

        assert!(changed(&world, &ana, before).await);
        let record = world.all::<entity::audit::Entity>().await;
        assert!(record.iter().any(|row| row.action == "shift.report"));
        let file = world.all::<entity::attachment::Entity>().await[0].id;
        let seen = async |who: &Actor| {
            let window = Window::first(50);
            shift::observed(&world.store, who, shift_id, window).await
        };
        for who in [&ana, &boss] {
            let page = seen(who).await.expect("seen");
            let one = &page.items[0];
            assert_eq!(one.agent, "Ana");
            assert_eq!(one.text.as_deref(), Some("Reja rota"));
            assert_eq!(one.attachments[0].id, file);
            let found = attachment::find(&world.store, who, file).await;
            assert_eq!(found.expect("seen").mime, "image/jpeg");
        }
        for who in [&eva, &nora] {
            let missing = Refusal::missing(Thing::Shift);
            assert_eq!(refusal(seen(who).await), missing);
            let found = attachment::find(&world.store, who, file).await;
            assert_eq!(refusal(found), Refusal::missing(Thing::Attachment));
            let told = observes(&world, who, shift_id, NewReport::text("x"), None).await;
            assert_eq!(refusal(told), missing, "only she reports on it");
        }
        let notes = shift::find(&world.store, &ana, shift_id).await;
        let handed_over = notes.expect("hers").attachments;
        assert!(handed_over.is_empty(), "a report is no hand-over");
    })
    .await;
}

#[tokio::test]
async fn whoever_looks_at_a_shift_learns_that_a_file_came() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let shift_id = planned(&world, &boss, &ana, 1, 9).await.id;
        until(&world, 2).await;
        let mut new = photo();
        if let Some(file) = &mut new.file {
            file.source = Source::Telegram("F".into());
        }
        let told = observes(&world, &ana, shift_id, new, None).await;
        told.expect("her own shift");
        let file = world.all::<entity::attachment::Entity>().await[0].id;
        let before = seq(&world).await;
        let path = "evidence/report-1/1.jpg".to_owned();
        let came = world
            .store
            .write(move |tx| Box::pin(async move { attachment::stored(tx, file, path, 3).await }));
        came.await.expect("stored");
        assert!(changed(&world, &ana, before).await);
    })
    .await;
}

#[tokio::test]
async fn a_shift_takes_what_happened_in_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let shift_id = planned(&world, &boss, &ana, 2, 4).await.id;
        let running = async |hours| {
            let found = shift::running(&world.store, &ana, at(hours)).await;
            found.expect("read")
        };
        assert_eq!(
            (running(1).await, running(3).await, running(4).await),
            (None, Some(shift_id), None)
        );
        let words = || NewReport::text("Semáforo apagado");
        let early = refusal(observes(&world, &ana, shift_id, words(), None).await);
        let from = at(2);
        assert_eq!(early, Refusal::NotNow { from, until: None });

        until(&world, 3).await;
        let told = observes(&world, &ana, shift_id, words(), Some("g")).await;
        let first = told.expect("in it");
        until(&world, 4).await;
        let late = refusal(observes(&world, &ana, shift_id, words(), None).await);
        assert_eq!(late, Refusal::Settled { what: Thing::Shift });
        let before = NewReport {
            at: Some(at(3)),
            ..words()
        };
        let told = observes(&world, &ana, shift_id, before, None).await;
        told.expect("sent before the end");
        let window = Window::first(1);
        let page = shift::observed(&world.store, &boss, shift_id, window).await;
        let page = page.expect("seen");
        assert_eq!((page.items.len(), page.items[0].at), (1, at(3)));
        let next = Window {
            cursor: page.next_cursor,
            ..Window::first(50)
        };
        let rest = shift::observed(&world.store, &boss, shift_id, next).await;
        let rest = rest.expect("seen").items;
        assert_eq!((rest.len(), rest[0].id), (1, first), "the older one");
    })
    .await;
}

#[tokio::test]
async fn albums_and_corrections_follow_what_they_belong_to() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let shift_id = planned(&world, &boss, &ana, 1, 2).await.id;
        until(&world, 1).await;
        world.wait(TimeDelta::minutes(59));
        let sent_at = world.store.now();
        let words = || NewReport::text("Reja rota");
        let told = observes(&world, &ana, shift_id, words(), Some("g")).await;
        let first = told.expect("in it");
        world.wait(TimeDelta::minutes(2));
        let rest = observes(&world, &ana, shift_id, words(), Some("g")).await;
        rest.expect("it follows");
        let other = observes(&world, &ana, shift_id, words(), Some("h")).await;
        let over = Refusal::Settled { what: Thing::Shift };
        assert_eq!(refusal(other), over, "another album");
        let about = About::Shift(shift_id);
        let album = report::album(&world.store, &ana, "g").await.expect("read");
        assert_eq!(album, Some(Album { about, first }));
        assert_eq!(report::parts(&world.store, first).await.expect("read"), 2);

        let corrects = async || {
            let text = "Reja entera".to_owned();
            write!(world, ana, |tx, ana| correction::add(
                tx, &ana, sent_at, text
            ))
        };
        assert_eq!(corrects().await.expect("her own"), about);
        let kept = correction::kept(&world.store, &ana, sent_at).await;
        let kept = kept.expect("read").and_then(|kept| kept.text);
        assert_eq!(kept.as_deref(), Some("Reja entera"));
        world.wait(TimeDelta::hours(48));
        assert_eq!(refusal(corrects().await), Refusal::NotAllowed, "too late");
    })
    .await;
}

#[tokio::test]
async fn a_report_is_about_one_thing() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let task_id = world.begun(&boss, &[&ana]).await.id;
        let shift_id = planned(&world, &boss, &ana, 1, 9).await.id;
        until(&world, 2).await;
        let told = observes(&world, &ana, shift_id, photo(), None).await;
        told.expect("her own shift");
        for (task, shift) in [
            ("NULL".to_owned(), "NULL".to_owned()),
            (task_id.to_string(), shift_id.to_string()),
        ] {
            let sql = format!(
                "INSERT INTO reports (task_id, shift_id, kind, channel, happened_at, recorded_at)
                 SELECT {task}, {shift}, kind, channel, happened_at, recorded_at FROM reports"
            );
            let refused = world.store.writer().execute_unprepared(&sql).await;
            let refused = refused.expect_err("neither or both").to_string();
            assert!(refused.to_lowercase().contains("check"), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_somebody_observed_is_his_and_goes_with_him() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let mut admin = world.person("Raquel", Level::Admin, 3).await;
        admin.permissions.push(Permission::System);
        let shift_id = planned(&world, &boss, &ana, 1, 3).await.id;
        until(&world, 2).await;
        let told = observes(&world, &ana, shift_id, photo(), None).await;
        told.expect("her own shift");
        let mine = kept::mine(&world.store, &ana).await.expect("an account");
        assert_eq!(mine.reports, 1);
        let file = kept::file(&world.store, &ana).await.expect("her own");
        let file = String::from_utf8(file).expect("it is text");
        assert!(file.contains("Reja rota"), "{file}");

        until(&world, 4).await;
        let user_id = ana.user_id.expect("an account");
        let erased = write!(world, admin, |tx, admin| erase::erase(tx, &admin, user_id));
        erased.expect("erased");
        let rows = world.all::<entity::report::Entity>().await;
        assert_eq!((rows[0].shift_id, &rows[0].text), (Some(shift_id), &None));
        assert!(world.all::<entity::attachment::Entity>().await.is_empty());
        let gone = world.all::<entity::file_removal::Entity>().await;
        assert_eq!(gone[0].path, "evidence/report-1/1.jpg");
    })
    .await;
}
