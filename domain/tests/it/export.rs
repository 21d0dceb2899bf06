//! Who takes which figures away, of which unit and when, stands in the record as soon as it begins; few wait at a time.

use domain::{
    Actor, Refusal,
    actor::{Channel, Level},
    erase,
    error::Thing,
    export::{self, ExportState, Stored},
    figures::Period,
    ledger::{self, ReportFormat, ReportName, Wanted},
};
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
