//! The webhook's door: who may come in, and what the answer promises.

use bot::{Receive, receive::webhook};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::Rig;

const SECRET: &str = "a-long-enough-secret";

struct Door {
    url: String,
    http: reqwest::Client,
}

impl Door {
    async fn open(rig: &Rig) -> Self {
        let router = webhook::router(rig.store.clone(), rig.client(), SECRET.into());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(20))
            .build()
            .expect("a client");
        Self {
            url: format!("http://{address}{}", webhook::PATH),
            http,
        }
    }

    async fn knock(&self, secret: &str, body: impl Into<reqwest::Body>) -> reqwest::Response {
        let request = self
            .http
            .post(&self.url)
            .header("X-Telegram-Bot-Api-Secret-Token", secret);
        request.body(body).send().await.expect("an answer")
    }

    async fn brings(&self, update: Value) -> StatusCode {
        self.knock(SECRET, update.to_string()).await.status()
    }
}

#[tokio::test]
async fn only_telegram_comes_in_and_nonsense_is_refused() {
    let rig = Rig::new().await;
    let door = Door::open(&rig).await;
    let update = json!({"update_id": 1, "message": {"from": {"id": 7}}}).to_string();
    for wrong in ["", "a-long-enough-secreT", "short"] {
        assert_eq!(
            door.knock(wrong, update.clone()).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
    let deep = "[".repeat(200_000);
    for nonsense in ["", "{", "[]", "null", "{\"update_id\":\"x\"}", &deep] {
        let answer = door.knock(SECRET, nonsense.to_owned()).await.status();
        assert_eq!(answer, StatusCode::BAD_REQUEST, "{nonsense:.20}");
    }
    assert_eq!(
        door.knock(SECRET, vec![b'x'; 1024 * 1024 + 1])
            .await
            .status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    rig.until_inbox(0, 0).await;
}

#[tokio::test]
async fn an_update_is_handled_once_however_often_it_comes() {
    let rig = Rig::new().await;
    let door = Door::open(&rig).await;
    let greeting = rig.start();
    let ana = rig.person(7).await;
    greeting.stop().await;
    let bot = rig.start_as("one", Receive::Webhook);
    let update = json!({"update_id": 900_000, "message": {
        "message_id": 1, "date": 1_700_000_000, "text": "by webhook",
        "from": {"id": 7, "is_bot": false, "first_name": "Ana"},
        "chat": {"id": 7, "type": "private", "first_name": "Ana"},
    }});
    for _ in 0..3 {
        assert_eq!(door.brings(update.clone()).await, StatusCode::OK);
    }
    ana.until_text("echo: by webhook").await.expect("an answer");
    rig.until_inbox(0, 0).await;
    assert_eq!(rig.times_seen("by webhook"), 1);
    bot.stop().await;
}

#[tokio::test]
async fn what_comes_at_once_is_kept_whole_before_anybody_hears_so() {
    let rig = Rig::new().await;
    let door = Door::open(&rig).await;
    let brings = (0..60).map(|number| {
        let update =
            json!({"update_id": 900_000 + number % 50, "message": {"from": {"id": number}}});
        door.brings(update)
    });
    let answers = futures::future::join_all(brings).await;
    assert!(answers.iter().all(|status| *status == StatusCode::OK));
    // Ten came twice.
    let kept = domain::inbox::depth(&rig.store).await.expect("counted");
    assert_eq!(kept, (50, 0));
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_promised() {
    let rig = Rig::new().await;
    let door = Door::open(&rig).await;
    rig.store
        .writer()
        .clone()
        .close()
        .await
        .expect("the database goes away");
    let update = json!({"update_id": 1, "message": {"from": {"id": 7}}}).to_string();
    let answer = door.knock(SECRET, update).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
}
