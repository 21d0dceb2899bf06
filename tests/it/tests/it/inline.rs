//! `@bot PAT-…` in the text field of any chat: only what the asker may see, without people or places, and nothing is kept.

use anyhow::{Context, Result};
use domain::user;
use it::{Backend, Recruit, TestApp, until};
use rstest::rstest;
use serde_json::{Value, json};
use telegram::Person;

/// What the bot offers for these words.
async fn asks(who: &Person, words: &str) -> Result<Vec<Value>> {
    let query = who.asks_inline(words)?.query_id.context("a query")?;
    until("the answer", || async { Ok(who.inline_results(&query)) }).await
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[rstest]
#[case::sqlite_polling(Backend::Sqlite, false)]
#[case::postgres_webhook(Backend::Postgres, true)]
#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_found_in_any_chat_by_those_who_may_see_them(
    #[case] backend: Backend,
    #[case] webhook: bool,
) -> Result<()> {
    let wish = TestApp::on(backend);
    let wish = if webhook { wish.webhook() } else { wish };
    let Some(app) = wish.start().await? else {
        return Ok(());
    };
    let (boss, ana) = (app.supervisor("Marta").await?, app.agent("Ana").await?);
    let far = app
        .recruit(Recruit::of_level(2, "Lejana").in_unit("Sur"))
        .await?;
    let place = json!({ "lat": -34.6, "lon": -58.4, "label": "Calle 9 y Mitre" });
    let new = json!({ "title": "Ronda del Depósito", "kind": "patrullaje", "place": place,
        "agent_ids": [ana.agent_id] });
    let http = app.http(&boss).await?;
    let task = http.post("/api/v1/tasks", &new).await?.expect(201)?;
    let code = text(&task["code"]);
    app.settled().await?;

    for (who, words) in [(&boss, code), (&ana, "deposito RONDA")] {
        let found = asks(who, words).await?;
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        let title = text(&found[0]["title"]);
        assert!(title.contains(code) && title.contains("Ronda"), "{title}");
        let posted = text(&found[0]["input_message_content"]["message_text"]);
        assert!(
            posted.contains(code) && posted.contains("Patrullaje"),
            "{posted}"
        );
        for secret in ["Ronda", "Depósito", "Calle 9", "Ana", "Marta", "-34"] {
            assert!(!posted.contains(secret), "{posted}");
        }
    }
    assert!(asks(&boss, " ").await?.is_empty());
    assert!(asks(&boss, "otra cosa").await?.is_empty());

    let stranger = app.paper.person(770_077_001, "Nadie", "es");
    for who in [&far.phone, &stranger] {
        assert!(asks(who, code).await?.is_empty());
    }
    user::disable(&app.store(), &TestApp::system(), ana.user_id).await?;
    assert!(asks(&ana, code).await?.is_empty());

    let answers = app.paper.calls_of("answerInlineQuery");
    assert_eq!(answers.len(), 7);
    for answer in answers {
        assert_eq!(answer.params["is_personal"], true);
        let seconds = answer.params["cache_time"].as_i64();
        assert!(seconds.is_some_and(|seconds| seconds <= 10), "{seconds:?}");
    }
    let kept = "SELECT count(*) FROM inbox WHERE kind = 'inline_query'";
    assert_eq!(app.count(kept).await?, 0);
    Ok(())
}
