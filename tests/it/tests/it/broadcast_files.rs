//! A file put in on the board: uploaded once, sent to everybody by its id, and never in the way of the words.

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Clock, actor::Channel, user};
use it::{Backend, Somebody, TestApp, http::Http, people::Recruit, until::until};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use rstest::rstest;
use serde_json::{Value, json};
use telegram::{Fault, FaultKind};

const PLAN: &[u8] = b"%PDF-1.7 the way out";

struct Scene {
    app: TestApp,
    dora: Somebody,
    agents: Vec<Somebody>,
    http: Http,
}

async fn scene(backend: Backend) -> Result<Option<Scene>> {
    match TestApp::on(backend).start().await? {
        Some(app) => staged(app).await.map(Some),
        None => Ok(None),
    }
}

async fn staged(app: TestApp) -> Result<Scene> {
    let dora = app
        .recruit(Recruit::of_level(2, "Dora").permitted("broadcast"))
        .await?;
    let mut agents = Vec::new();
    for name in ["Ana", "Bob", "Eva"] {
        agents.push(app.agent(name).await?);
    }
    app.settled().await?;
    let http = app.http(&dora).await?;
    Ok(Scene {
        app,
        dora,
        agents,
        http,
    })
}

impl Scene {
    async fn sends(&self, broadcast: &Value) -> Result<it::http::Answer> {
        let plan = Part::bytes(PLAN.to_vec())
            .file_name("plano.pdf")
            .mime_str("application/pdf")?;
        let form = Form::new()
            .text("broadcast", broadcast.to_string())
            .part("file", plan);
        let request = self.http.request(Method::POST, "/api/v1/broadcasts");
        self.http.send(request.multipart(form)).await
    }

    async fn until_state(&self, id: &Value, state: &str) -> Result<Value> {
        let place = format!("/api/v1/broadcasts/{id}");
        until("the file to be there, or not", || async {
            let one = self.http.get(&place).await?.expect(200)?;
            Ok((one["file"]["state"] == state).then_some(one))
        })
        .await
    }

    async fn until_everybody_has_it(&self) -> Result<()> {
        for one in &self.agents {
            until("the file to arrive", || async {
                Ok((documents(one) > 0).then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    /// The calls that brought the bytes, and those that named them.
    fn calls(&self) -> (usize, usize) {
        let calls = self.app.paper.calls_of("sendDocument");
        let brought = |call: &&telegram::Call| {
            let document = call.params["document"].as_str();
            document.is_some_and(|name| name.ends_with(" bytes)"))
        };
        let brought = calls.iter().filter(brought).count();
        (brought, calls.len() - brought)
    }
}

fn documents(who: &Somebody) -> usize {
    let messages = who.chat().messages;
    let files = messages.iter().filter(|one| one.media == Some("document"));
    files.count()
}

fn words() -> Value {
    json!({ "text": "Salgan por el norte", "audience": { "kind": "all" } })
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn it_is_uploaded_once_and_goes_to_everybody_by_its_id(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let made = scene.sends(&words()).await?.expect(201)?;
    assert_eq!(made["file"]["name"], "plano.pdf");
    assert_eq!(made["file"]["content_type"], "application/pdf");
    scene.until_state(&made["id"], "taken").await?;
    scene.until_everybody_has_it().await?;
    scene.app.settled().await?;
    assert_eq!(scene.calls(), (1, 3));
    assert_eq!(documents(&scene.dora), 1, "whoever sent it sees it too");
    for one in &scene.agents {
        assert_eq!(documents(one), 1);
        let messages = one.chat().messages;
        let place = |what: &dyn Fn(&telegram::Seen) -> bool| messages.iter().position(what);
        let text = place(&|one| one.text.contains("Salgan por el norte"));
        let file = place(&|one| one.media == Some("document"));
        assert!(text.is_some() && text < file, "the words come first");
    }
    let bytes = format!("/api/v1/attachments/{}", made["file"]["id"]);
    let there = scene.http.get(&bytes).await?;
    assert_eq!((there.status.as_u16(), there.text.as_bytes()), (200, PLAN));
    let hers = scene.app.http(&scene.agents[0]).await?;
    hers.get(&bytes).await?.expect(404)?;
    let dora = scene.app.actor(&scene.dora, Channel::Bot).await?.user_id;
    let me = format!("/api/v1/users/{}/data-export", dora.context("an account")?);
    let kept = scene.http.get(&me).await?.expect(200)?;
    assert_eq!(kept["broadcasts_sent"][0]["file"]["name"], "plano.pdf");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_telegram_refuses_holds_nothing_back_and_its_sender_learns_it(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let refused = FaultKind::BadRequest("file is broken".into());
    scene
        .app
        .paper
        .fault(Fault::new(refused).on("sendDocument"));
    let made = scene.sends(&words()).await?.expect(201)?;
    for one in &scene.agents {
        one.until_text("Salgan por el norte").await?;
    }
    scene.dora.until_text("no llegó a nadie").await?;
    scene.until_state(&made["id"], "failed").await?;
    scene.app.settled().await?;
    assert_eq!(scene.calls(), (1, 0), "nobody else is tried with it");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_brings_it_again_to_one_and_once_to_the_others(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let lost = Fault::new(FaultKind::AnswerLost)
        .on("sendDocument")
        .times(1);
    scene.app.paper.fault(lost);
    let made = scene.sends(&words()).await?.expect(201)?;
    scene.until_state(&made["id"], "taken").await?;
    scene.until_everybody_has_it().await?;
    scene.app.settled().await?;
    assert_eq!(scene.calls(), (2, 3));
    for one in &scene.agents {
        assert_eq!(documents(one), 1);
    }
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn out_of_reach_its_sender_leaves_the_upload_to_one_of_its_people(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    scene.dora.blocks_bot()?;
    let made = scene.sends(&words()).await?.expect(201)?;
    scene.until_state(&made["id"], "taken").await?;
    scene.until_everybody_has_it().await?;
    scene.app.settled().await?;
    for one in &scene.agents {
        assert_eq!(documents(one), 1);
    }
    let (_, named) = scene.calls();
    assert_eq!(named, 2, "the third brought it");
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_its_sender_has_left_gets_none_of_it(#[case] backend: Backend) -> Result<()> {
    let clock = Clock::by_hand("2026-03-02T12:00:00Z".parse::<DateTime<Utc>>()?);
    let Some(app) = TestApp::on(backend).clock(&clock).start().await? else {
        return Ok(());
    };
    let scene = staged(app).await?;
    let first = Fault::new(FaultKind::ServerError)
        .on("sendDocument")
        .times(1);
    scene.app.paper.fault(first);
    scene.sends(&words()).await?.expect(201)?;
    until("the first try", || async {
        Ok((scene.calls() == (1, 0)).then_some(()))
    })
    .await?;
    let dora = scene.dora.user_id;
    scene
        .app
        .store()
        .write(move |tx| {
            Box::pin(async move { user::unlink_telegram(tx, &TestApp::system(), dora).await })
        })
        .await?;
    clock.advance(TimeDelta::seconds(5));
    scene.until_everybody_has_it().await?;
    scene.app.settled().await?;
    assert_eq!(documents(&scene.dora), 0);
    for one in &scene.agents {
        assert_eq!(documents(one), 1);
    }
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_can_be_reached_again_gets_it_with_the_words(
    #[case] backend: Backend,
) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let eva = &scene.agents[2];
    eva.blocks_bot()?;
    scene.app.settled().await?;
    let made = scene.sends(&words()).await?.expect(201)?;
    scene.until_state(&made["id"], "taken").await?;
    let others = &scene.agents[0];
    until("the file for the others", || async {
        Ok((documents(others) == 1).then_some(()))
    })
    .await?;
    scene.app.settled().await?;
    assert_eq!((documents(eva), documents(others)), (0, 1));
    eva.unblocks_bot()?;
    eva.until_text("Salgan por el norte").await?;
    scene.until_everybody_has_it().await?;
    scene.app.settled().await?;
    assert_eq!((documents(eva), scene.calls()), (1, (1, 3)));
    Ok(())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_no_file_behind(#[case] backend: Backend) -> Result<()> {
    let Some(scene) = scene(backend).await? else {
        return Ok(());
    };
    let wordless = json!({ "audience": { "kind": "all" } });
    let refused = scene.sends(&wordless).await?.expect(422)?;
    assert_eq!(refused["errors"][0]["field"], "text");
    let hers = scene.app.http(&scene.agents[0]).await?;
    let form = Form::new().text("broadcast", words().to_string());
    let request = hers.request(Method::POST, "/api/v1/broadcasts");
    hers.send(request.multipart(form)).await?.expect(403)?;
    let empty = Form::new().text("nothing", "");
    let request = scene.http.request(Method::POST, "/api/v1/broadcasts");
    let nameless = scene.http.send(request.multipart(empty)).await?;
    assert_eq!(nameless.expect(422)?["errors"][0]["field"], "broadcast");
    assert_eq!(scene.app.rows("SELECT id FROM attachments").await?.len(), 0);
    assert_eq!(scene.app.rows("SELECT id FROM broadcasts").await?.len(), 0);
    Ok(())
}
