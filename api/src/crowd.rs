//! When every connection to the database is in use and none comes free, whoever comes next is told so at once instead
//! of waiting with all the others.

use axum::{extract::Request, http::Method, middleware::Next, response::Response};
use domain::gate::hurried;

/// Lets a request fail as soon as it would only wait. One that may have changed something goes on in patience.
pub(crate) async fn turn_away(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    hurried(changes, next.run(request)).await
}
