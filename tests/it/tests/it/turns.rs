//! What few may do at once is not waited for without end.

use anyhow::{Result, ensure};
use futures::{
    FutureExt,
    future::{join_all, select_all},
};
use it::{Backend, TestApp};
use sea_orm::{ConnectionTrait, TransactionTrait};

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_everything_about_somebody_while_two_do_is_told_when_to_come_again() -> Result<()>
{
    let Some(app) = TestApp::on(Backend::Postgres).start().await? else {
        return Ok(());
    };
    let boss = app.admin("Marta").await?;
    let http = app.http(&boss).await?;
    let path = format!("/api/v1/users/{}/data-export", boss.user_id);
    let db = app.database().connect().await?;
    // Whoever takes it away is put on record first: here that takes its time.
    let holder = db.begin().await?;
    holder
        .execute_unprepared("LOCK TABLE audit IN EXCLUSIVE MODE")
        .await?;
    let ask = || http.get(&path).boxed_local();
    let (first, _, others) = select_all([ask(), ask(), ask()]).await;
    let first = first?;
    first.expect(503)?;
    let again = first.headers.get("retry-after");
    ensure!(again.is_some_and(|again| again == "5"), "{again:?}");
    holder.rollback().await?;
    for other in join_all(others).await {
        other?.expect(200)?;
    }
    Ok(db.close().await?)
}
