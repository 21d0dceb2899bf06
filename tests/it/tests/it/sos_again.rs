//! A call for help that is open again, by real taps: who is back, and what whoever called sees.

use anyhow::Result;
use it::{Backend, Somebody, TestApp, until::DEADLINE};
use rstest::rstest;
use serde_json::{Value, json};

use crate::hand::press;

/// She calls for help; Bob comes, and ends it. Her call.
async fn ended(app: &TestApp, ana: &Somebody, bob: &Somebody) -> Result<Value> {
    app.stands_near(bob).await?;
    let call = app.called(ana).await?;
    press(bob, "Voy").await?;
    bob.until_text("Vas tú. Cuídate.").await?;
    app.settled().await?;
    press(bob, "Finalizar").await?;
    press(bob, "Sin novedades").await?;
    ana.until_text("Bob terminó tu pedido de ayuda").await?;
    app.settled().await?;
    Ok(call)
}

async fn reopens(app: &TestApp, boss: &Somebody, call: &Value) -> Result<()> {
    let way = format!("/api/v1/tasks/{}/reopen", call["task_id"]);
    let why = json!({ "reason": "Siguen ahí" });
    let http = app.http(boss).await?;
    http.post(&way, &why).await?.expect(200).map(drop)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_called_hears_that_it_goes_on(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob) = (app.agent("Ana").await?, app.agent("Bob").await?);
    let call = ended(&app, &ana, &bob).await?;

    reopens(&app, &boss, &call).await?;
    let told = ana.until_text("Marta reabrió tu pedido de ayuda").await?;
    bob.until_text("fue reabierta por Marta").await?;
    app.settled().await?;
    // The card is there anew, below; the one above says so.
    let anew = |chat: &telegram::ChatView| {
        let mut below = chat.messages.iter().filter(|one| one.id > told.id);
        let goes_on = below.any(|one| one.text.contains("Bob"));
        let mut above = chat.messages.iter().filter(|one| one.id < told.id);
        goes_on && above.any(|one| one.text.contains("Se repitió más abajo"))
    };
    ana.until(anew, DEADLINE).await?;
    app.settled().await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_back_has_no_button_for_another_call(#[case] backend: Backend) -> Result<()> {
    let Some(app) = TestApp::on(backend).start().await? else {
        return Ok(());
    };
    let boss = app.supervisor("Marta").await?;
    let (ana, bob, eva) = (
        app.agent("Ana").await?,
        app.agent("Bob").await?,
        app.agent("Eva").await?,
    );
    let call = ended(&app, &ana, &bob).await?;
    app.called(&eva).await?;
    bob.until_button("Voy").await?;
    app.settled().await?;

    reopens(&app, &boss, &call).await?;
    bob.until_text("fue reabierta por Marta").await?;
    bob.until(|chat| !chat.has_button("Voy"), DEADLINE).await?;
    app.settled().await
}
