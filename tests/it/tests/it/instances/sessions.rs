//! Signing out, switching off and locking out count on every instance.

use anyhow::Result;
use domain::user;
use it::{Backend, Http, TestApp, until};
use serde_json::json;

use super::three;

/// The code of a socket whose session ended.
const SESSION_ENDED: Option<u16> = Some(4401);

async fn until_refused(http: &Http) -> Result<()> {
    until("the session to be over", || async {
        let answer = http.get("/api/v1/auth/me").await?;
        Ok((answer.status == 401).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_or_is_switched_off_is_out_everywhere() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let (marta, nora) = (
        three.app.supervisor("Marta").await?,
        three.app.supervisor("Nora").await?,
    );
    let here = three.app.http(&marta).await?;
    let there = here.at(&three.mates[0].base());
    let mut board = it::Board::open(&there).await?;
    let mut of_nora = three.mates[1].board(&nora).await?;
    let nora_there = three.mates[1].http(&nora).await?;
    nora_there.get("/api/v1/auth/me").await?.expect(200)?;

    here.post("/api/v1/auth/logout", &json!({}))
        .await?
        .expect(204)?;
    assert_eq!(board.until_closed().await?, SESSION_ENDED);
    until_refused(&there).await?;
    until_refused(&here.at(&three.mates[1].base())).await?;

    // As `gad user disable` does it: beside the servers.
    user::disable(&three.app.store(), &TestApp::system(), nora.user_id).await?;
    assert_eq!(of_nora.until_closed().await?, SESSION_ENDED);
    until_refused(&nora_there).await
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_logins_are_counted_over_all_instances() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let marta = three.app.supervisor("Marta").await?;
    let wrong = json!({ "username": marta.username, "password": "la clave de otra persona" });
    for base in three.bases().iter().cycle().take(5) {
        let answer = Http::stranger(base)?
            .post("/api/v1/auth/login", &wrong)
            .await?;
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    let right = json!({ "username": marta.username, "password": marta.password });
    for base in &three.bases() {
        let answer = Http::stranger(base)?
            .post("/api/v1/auth/login", &right)
            .await?;
        assert_eq!(answer.expect(429)?["code"], "locked");
    }
    Ok(())
}
