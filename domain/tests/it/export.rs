//! Who takes which figures away, of which unit and when, stands in the record as soon as it begins; few wait at a time.

use chrono::TimeDelta;
use domain::{
    Actor, Refusal,
    actor::{Channel, Level},
    erase,
    error::Thing,
    export::{self, ExportState, Stored},
    figures::Period,
    ledger::{self, ReportFormat, ReportName, Wanted},
    shift::ShiftStatus,
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use crate::support::{World, each, refusal};

const CHAT: i64 = 1;

async fn ask(world: &World, who: &Actor, unit_id: Option<i64>) -> domain::Result<i64> {
    let period = Period::last(&world.store, 30);
    let (who, wanted) = (who.clone(), Wanted { period, unit_id });
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let what = (ReportName::Shifts, ReportFormat::Pdf);
                export::ask(tx, &who, CHAT, what, wanted).await
            })
        })
        .await
}

/// Whether this person may begin with a report of his units.
async fn begins(
    world: &World,
    who: &Actor,
    report: ReportName,
    format: ReportFormat,
) -> domain::Result<()> {
    let wanted = Wanted {
        period: Period::last(&world.store, 30),
        unit_id: None,
    };
    let who = who.clone();
    world
        .store
        .write(move |tx| {
            Box::pin(async move { ledger::begun(tx, &who, (report, format), wanted).await })
        })
        .await
}

/// So many shifts of this agent in the last days.
async fn worked(world: &World, agent_id: i64, shifts: u64) {
    let now = world.store.now();
    let begun = |number: u64| {
        let at = now - TimeDelta::minutes(10 * number.cast_signed() + 10);
        entity::shift::ActiveModel {
            agent_id: Set(agent_id),
            status: Set(ShiftStatus::Ended),
            starts_local: Set(at.naive_utc()),
            starts_at: Set(at),
            ends_local: Set(at.naive_utc()),
            ends_at: Set(at),
            zone: Set("UTC".into()),
            created_at: Set(at),
            ..Default::default()
        }
    };
    entity::shift::Entity::insert_many((0..shifts).map(begun))
        .exec_without_returning(world.store.writer())
        .await
        .expect("stored");
}

#[tokio::test]
async fn what_is_too_long_for_paper_is_refused_before_it_begins() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let agent_id = ana.agent_id.expect("an agent");
        let paper = async |report| begins(&world, &boss, report, ReportFormat::Pdf).await;
        worked(&world, agent_id, ledger::PDF_ROWS_MOST).await;
        let longest = paper(ReportName::Shifts).await;
        longest.expect("as long as it may be");
        worked(&world, agent_id, 1).await;
        let longer = refusal(paper(ReportName::Shifts).await);
        assert_eq!(longer, Refusal::TooManyRows { limit: 2000 });
        for format in [ReportFormat::Csv, ReportFormat::Xlsx] {
            let table = begins(&world, &boss, ReportName::Shifts, format).await;
            table.expect("they take them all");
        }
        for other in [ReportName::Tasks, ReportName::Response] {
            paper(other).await.expect("there is nothing of that sort");
        }
    })
    .await;
}

#[tokio::test]
async fn who_takes_which_report_away_is_put_on_record_with_it() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let ana = world.person("Ana", Level::Agent, 2).await;
        let south = world.unit("Sur").await;
        let own = Some(world.unit_id);
        for unit_id in [None, own, None] {
            ask(&world, &boss, unit_id).await.expect("asked for");
        }
        let fourth = refusal(ask(&world, &boss, None).await);
        assert_eq!(fourth, Refusal::TooManyReports { limit: 3 });
        assert_eq!(refusal(ask(&world, &ana, None).await), Refusal::NotAllowed);
        let foreign = refusal(ask(&world, &boss, Some(south)).await);
        assert_eq!(foreign, Refusal::missing(Thing::Unit));

        let record = world.all::<entity::audit::Entity>().await;
        let rows: Vec<_> = record
            .iter()
            .filter(|row| row.action == "export.begun")
            .collect();
        let subjects: Vec<_> = rows
            .iter()
            .map(|row| (row.subject_kind.as_str(), row.subject_id))
            .collect();
        assert_eq!(
            subjects,
            [("export", None), ("unit", own), ("export", None)],
            "what was refused left nothing"
        );
        let period = Period::last(&world.store, 30);
        let data = json!({ "report": "shifts", "format": "pdf", "from": period.from, "until": period.until });
        for row in rows {
            assert_eq!((row.user_id, &row.data), (boss.user_id, &data));
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_put_on_record_that_is_not_begun() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let wanted = Wanted {
            period: Period::last(&world.store, 30),
            unit_id: None,
        };
        let undone: domain::Result<()> = world
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let what = (ReportName::Tasks, ReportFormat::Csv);
                    ledger::begun(tx, &boss, what, wanted).await?;
                    Err(Refusal::Inactive.into())
                })
            })
            .await;
        assert_eq!(refusal(undone), Refusal::Inactive);
        let record = world.all::<entity::audit::Entity>().await;
        assert!(record.iter().all(|row| row.action != "export.begun"));
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_is_told_how_far_it_is_until_it_is_there_and_not_after() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let id = ask(&world, &boss, None).await.expect("asked for");
        let far = async |rows| {
            let told = world
                .store
                .write(move |tx| Box::pin(async move { export::progress(tx, id, rows).await }));
            told.await.expect("told");
            let export = export::find(&world.store, id).await.expect("there");
            (export.state, export.rows)
        };
        assert_eq!(far(500).await, (ExportState::Waiting, 500));
        assert_eq!(far(1000).await, (ExportState::Waiting, 1000));
        let waiting = world.all::<entity::outbox::Entity>().await;
        let about = waiting.iter().filter(|row| row.chat_id == CHAT);
        assert_eq!(about.count(), 1, "one message that is brought up to date");
        let stored = Stored {
            path: "exports/x".into(),
            name: "shifts.pdf".into(),
            bytes: 7,
            rows: 1200,
        };
        let ready = world
            .store
            .write(move |tx| Box::pin(async move { export::ready(tx, id, stored).await }));
        ready.await.expect("ready");
        let late = (ExportState::Ready, 1200);
        assert_eq!(far(1100).await, late, "what comes late changes nothing");
    })
    .await;
}

#[tokio::test]
async fn what_is_there_after_he_was_erased_has_to_go() {
    each(async |world: World| {
        let boss = world.person("Silva", Level::Supervisor, 1).await;
        let id = ask(&world, &boss, None).await.expect("asked for");
        let user_id = boss.user_id.expect("an account");
        let late = world.store.write(move |tx| {
            Box::pin(async move {
                erase::erase(tx, &Actor::system(Channel::Cli), user_id).await?;
                let stored = Stored {
                    path: "exports/late".into(),
                    name: "shifts.pdf".into(),
                    bytes: 7,
                    rows: 1200,
                };
                export::ready(tx, id, stored).await
            })
        });
        late.await.expect("settled");
        assert!(world.all::<entity::export::Entity>().await.is_empty());
        let unwanted = world.all::<entity::file_removal::Entity>().await;
        let paths: Vec<_> = unwanted.into_iter().map(|row| row.path).collect();
        assert_eq!(paths, ["exports/late"]);
    })
    .await;
}
