//! Three instances on one PostgreSQL beside one Telegram: whoever asks any of them sees one GAD.

mod order;
mod repeats;
mod sessions;
mod sockets;
mod work;

use anyhow::{Result, ensure};
use it::{Backend, Mate, TestApp, Wish, until};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinHandle;

/// Three that work together; Telegram's updates are brought to them by a [`Courier`].
struct Three {
    app: TestApp,
    mates: [Mate; 2],
}

/// Updates come by webhook, wherever they are brought to.
fn by_courier() -> Wish {
    TestApp::on(Backend::Postgres).set("TELEGRAM_WEBHOOK_URL", "http://127.0.0.1/telegram/webhook")
}

async fn three(wish: Wish) -> Result<Option<Three>> {
    // Three at once on a busy machine.
    let patient = wish.set("GAD_DATABASE__ACQUIRE_SECONDS", "20");
    let Some(app) = patient.start().await? else {
        return Ok(None);
    };
    let mates = [app.another(&[]).await?, app.another(&[]).await?];
    Ok(Some(Three { app, mates }))
}

impl Three {
    /// Where they listen.
    fn bases(&self) -> [String; 3] {
        let [one, two] = &self.mates;
        [self.app.base(), one.base(), two.base()]
    }
}

/// Brings an update to an instance, as Telegram would.
async fn bring(base: &str, update: &Value) -> Result<()> {
    let http = it::Http::stranger(base)?;
    let request = http.request(reqwest::Method::POST, "/telegram/webhook");
    let request = request.header("x-telegram-bot-api-secret-token", "test-secret");
    let answer = http.send(request.json(update)).await?;
    ensure!(answer.status == StatusCode::OK, "{answer:?}");
    Ok(())
}

/// Brings every new update to the instances in turn, one after the other; ends when dropped.
struct Courier(JoinHandle<()>);

impl Courier {
    fn of(three: &Three) -> Self {
        let (paper, bases) = (three.app.paper.clone(), three.bases());
        Self(tokio::spawn(async move {
            let mut brought = 0;
            loop {
                let next = until("an update", || async {
                    Ok(paper.updates().get(brought).cloned())
                });
                let Ok(update) = next.await else { continue };
                if bring(&bases[brought % 3], &update).await.is_ok() {
                    brought += 1;
                }
            }
        }))
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.0.abort();
    }
}
