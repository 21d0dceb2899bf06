//! Signing in from inside Telegram, where nobody types a password.

use axum::{
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    login::{self, Received, Signature},
    session::Origin,
};
use locales::Sentence;
use serde::Deserialize;
use utoipa::ToSchema;

use super::sessions::{TokenOut, locked, tokens, user_agent};
use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::{self, Missing, init_data::InitData},
    client,
    error::{Problem, Result},
    extract::Json,
    limits,
};

/// At the door.
pub(crate) fn open() -> Addresses {
    Addresses::default().routes(routes!(sign_in_by_telegram))
}

#[derive(Deserialize, ToSchema)]
struct TelegramLogin {
    /// `Telegram.WebApp.initData` as it came, at most an hour old.
    #[serde(default)]
    #[schema(required)]
    init_data: String,
}

/// Signs in whoever opened the board inside Telegram, if his Telegram account is linked. 401 `bad_credentials` when
/// Telegram did not sign it for this bot, `init_data_expired` when it is older than an hour or than the last time he was signed
/// out everywhere; 403 `not_enrolled` when nobody
/// is linked; 503 without a bot.
#[utoipa::path(post, path = "/auth/telegram", tag = "auth", operation_id = "auth_telegram", request_body = TelegramLogin,
    responses((status = 200, body = TokenOut)), security(()))]
async fn sign_in_by_telegram(State(app): State<App>, request: Request) -> Result<Response> {
    let (headers, extensions) = (request.headers().clone(), request.extensions().clone());
    if !auth::is_ours(&app, &headers, Missing::Accepted) {
        return Err(auth::foreign());
    }
    let ip = client::address(&extensions, &headers, &app.config.trusted_proxies);
    limits::login(&app, ip).await?;
    let Json(sent) = Json::<TelegramLogin>::from_request(request, &()).await?;
    let token = app.config.bot_token.as_ref().ok_or_else(no_bot)?;
    let data = InitData::read(&sent.init_data, token)
        .ok_or_else(|| Problem::malformed("init_data", "is not Telegram's initData"))?;
    if data.proved && !data.is_fresh(app.store.now()) {
        return Err(too_old());
    }
    let origin = Origin {
        address: ip.map(|ip| ip.to_string()),
        agent: user_agent(&headers),
        ..Origin::default()
    };
    let signature = Signature {
        telegram_id: data.telegram_id,
        at: data.signed_at,
        proved: data.proved,
    };
    let received = login::by_telegram(&app.store, signature, origin).await;
    match received.map_err(|error| unproved(locked(&app, &error)))? {
        Received::Opened(opened) => Ok(tokens(&app, &opened)),
        Received::NotLinked => Err(not_enrolled()),
        Received::Outdated => Err(too_old()),
    }
}

fn no_bot() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "This installation has no bot",
    )
}

fn too_old() -> Problem {
    let title = "What Telegram signed is too old";
    Problem::new(StatusCode::UNAUTHORIZED, "init_data_expired", title)
        .saying(|lang| Sentence::RefusalOpenAgain.to(lang))
}

fn not_enrolled() -> Problem {
    let title = "No account is linked to this Telegram account";
    Problem::new(StatusCode::FORBIDDEN, "not_enrolled", title)
        .saying(|lang| Sentence::RefusalNotEnrolled.to(lang))
}

/// There was neither a name nor a password that could be wrong.
fn unproved(problem: Problem) -> Problem {
    if problem.code != "bad_credentials" {
        return problem;
    }
    let title = "Telegram did not sign this for this bot";
    Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", title)
        .saying(|lang| Sentence::RefusalOpenAgain.to(lang))
}
