//! Every address there is. Public ones are named; all others stand behind the sign-in.

#![expect(unused_qualifications, reason = "utoipa's macros write them")]

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    addresses::Addresses,
    answer,
    app::App,
    assets, auth, crowd,
    error::Problem,
    finish,
    headers::{self, Security},
    limits, measure, once, uploads,
};

pub(crate) mod agents;
pub(crate) mod audit;
pub(crate) mod availability;
pub(crate) mod broadcasts;
pub(crate) mod catalogue;
pub(crate) mod check_ins;
pub(crate) mod consents;
pub(crate) mod documents;
pub(crate) mod drills;
pub(crate) mod emergencies;
pub(crate) mod estimates;
pub(crate) mod evidence;
pub(crate) mod health;
pub(crate) mod map;
pub(crate) mod mini_app;
pub(crate) mod people_import;
pub(crate) mod reports;
pub(crate) mod sessions;
pub(crate) mod stats;
pub(crate) mod suggestions;
pub(crate) mod tasks;
pub(crate) mod time;
pub(crate) mod users;
pub(crate) mod ws;

/// Changes something in one transaction.
macro_rules! write {
    ($app:expr, |$tx:ident| $work:expr) => {
        $app.store
            .write(move |$tx| Box::pin(async move { $work }))
            .await
    };
}
pub(crate) use write;

/// The whole of what this crate answers.
pub(crate) fn all(app: &App, extra: Router) -> Router {
    let config = &app.config;
    let api = signed()
        .into_router()
        .route_layer(middleware::from_fn(once::read))
        .route_layer(middleware::from_fn_with_state(
            app.clone(),
            uploads::take_room,
        ))
        .route_layer(middleware::from_fn_with_state(app.clone(), auth::require))
        .merge(open().into_router())
        .merge(ws::sockets().into_router())
        .merge(documents::router())
        .layer(middleware::from_fn(answer::not_modified))
        .layer(middleware::from_fn_with_state(app.clone(), limits::general))
        .layer(middleware::from_fn_with_state(app.clone(), auth::identify))
        .layer(middleware::from_fn_with_state(app.clone(), in_time))
        .layer(middleware::from_fn(crowd::turn_away))
        .layer(DefaultBodyLimit::max(config.body_bytes));
    Router::new()
        .merge(api)
        .merge(health::router().into_router())
        .fallback(assets::serve)
        .with_state(app.clone())
        .merge(extra)
        .layer(CatchPanicLayer::custom(assets::broken))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(
            Security::new(config),
            headers::secure,
        ))
        .layer(middleware::from_fn(measure::measure))
        .layer(middleware::from_fn_with_state(
            app.store.rules().zone,
            finish::finish,
        ))
}

/// A file that is made while one waits.
const LONG: Duration = Duration::from_secs(180);

/// What the addresses of such files begin with.
const FILES: &str = "/api/v1/reports/";

/// Ends what takes too long.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    if uploads::is_one(&app, &request) {
        return uploads::in_time(&app, request, next).await;
    }
    let limit = if request.uri().path().starts_with(FILES) {
        LONG
    } else {
        app.config.request_timeout
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::away().into_response(),
    }
}

/// Those who are signed in.
pub(crate) fn signed() -> Addresses {
    let versioned = Addresses::default()
        .merge(sessions::signed())
        .merge(tasks::router())
        .merge(broadcasts::router())
        .merge(drills::router())
        .merge(emergencies::router())
        .merge(evidence::router())
        .merge(agents::router())
        .merge(availability::router())
        .merge(catalogue::router())
        .merge(check_ins::router())
        .merge(users::router())
        .merge(consents::router())
        .merge(people_import::router())
        .merge(time::router())
        .merge(stats::router())
        .merge(estimates::router())
        .merge(suggestions::router())
        .merge(reports::router())
        .merge(map::router())
        .merge(audit::router());
    Addresses::default()
        .nest("/api/v1", versioned)
        .merge(ws::tickets())
}

/// Those at the door.
pub(crate) fn open() -> Addresses {
    let versioned = sessions::open()
        .merge(mini_app::open())
        .merge(health::settings())
        .merge(time::open());
    Addresses::default().nest("/api/v1", versioned)
}
