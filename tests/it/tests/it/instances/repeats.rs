//! A repeated change and a known tag mean the same at every instance.

use anyhow::{Context, Result};
use it::{Backend, Http, TestApp, http::Answer};
use reqwest::Method;
use serde_json::json;

use super::three;

async fn make(http: &Http, key: &str, title: &str) -> Result<Answer> {
    let new = json!({ "title": title, "kind": "patrullaje" });
    let request = http.request(Method::POST, "/api/v1/tasks").json(&new);
    http.send(request.header("Idempotency-Key", key)).await
}

fn is_replayed(answer: &Answer) -> bool {
    let said = answer.headers.get("idempotency-replayed");
    said.is_some_and(|value| value == "true")
}

fn header(answer: &Answer, name: &str) -> Result<String> {
    let value = answer.headers.get(name).context("a header")?;
    Ok(value.to_str()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_repeated_at_another_instance_is_answered_as_the_first() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let here = three
        .app
        .http(&three.app.supervisor("Marta").await?)
        .await?;
    let first = make(&here, "ronda-1", "Ronda").await?;
    assert!(first.status == 201 && !is_replayed(&first), "{first:?}");
    for mate in &three.mates {
        let there = here.at(&mate.base());
        let again = make(&there, "ronda-1", "Ronda").await?;
        assert!(again.status == 201 && is_replayed(&again), "{again:?}");
        assert_eq!(again.text, first.text);
        for name in ["location", "etag"] {
            assert_eq!(header(&again, name)?, header(&first, name)?);
        }
        let other = make(&there, "ronda-1", "Otra ronda").await?;
        assert_eq!(other.expect(422)?["code"], "idempotency_mismatch");
    }
    let tasks = "SELECT count(*) FROM tasks";
    assert_eq!(three.app.count(tasks).await?, 1);

    // At all of them at once: who comes while another works is answered as he is, or told to come again.
    let everywhere = three.bases().map(|base| here.at(&base));
    let [one, two, other] = &everywhere;
    let at_once = tokio::try_join!(
        make(one, "ronda-2", "Ronda"),
        make(two, "ronda-2", "Ronda"),
        make(other, "ronda-2", "Ronda"),
    )?;
    let answers = [at_once.0, at_once.1, at_once.2];
    let made: Vec<&Answer> = answers.iter().filter(|one| one.status == 201).collect();
    assert!(made.iter().filter(|one| !is_replayed(one)).count() <= 1);
    assert!(made.iter().all(|one| one.text == made[0].text), "{made:?}");
    for other in answers.iter().filter(|one| one.status != 201) {
        assert!([409, 503].contains(&other.status.as_u16()), "{other:?}");
    }
    assert_eq!(three.app.count(tasks).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_of_one_instance_is_known_to_the_others() -> Result<()> {
    let Some(three) = three(TestApp::on(Backend::Postgres)).await? else {
        return Ok(());
    };
    let here = three
        .app
        .http(&three.app.supervisor("Marta").await?)
        .await?;
    let [second, third] = three.mates.each_ref().map(|mate| here.at(&mate.base()));
    let made = make(&here, "ronda-1", "Ronda").await?;
    let place = format!("/api/v1/tasks/{}", made.expect(201)?["id"]);
    let tag = header(&here.get(&place).await?, "etag")?;
    for http in [&here, &second, &third] {
        let known = http.request(Method::GET, &place);
        let known = http.send(known.header("If-None-Match", &tag)).await?;
        assert!(known.status == 304 && known.text.is_empty(), "{known:?}");
    }

    let rename = |http: &Http, title: &str| {
        let request = http.request(Method::PATCH, &place).header("If-Match", &tag);
        request.json(&json!({ "title": title }))
    };
    let changed = second.send(rename(&second, "Ronda norte")).await?;
    changed.expect(200)?;
    let late = third.send(rename(&third, "Ronda sur")).await?;
    assert_eq!(late.status, 412, "{}", late.text);
    let fresh = here.request(Method::GET, &place);
    let fresh = here.send(fresh.header("If-None-Match", &tag)).await?;
    assert_eq!(fresh.expect(200)?["title"], "Ronda norte");
    Ok(())
}
