//! Who may use the phone page: browsers and programs on this computer, and no other web page.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("localhost" | "127.0.0.1" | "::1"))
}

/// Refuses requests under a foreign name, so that no page can rebind its name to this computer.
pub(super) async fn loopback(request: Request<Body>, next: Next) -> Response {
    let by_header = text(request.headers(), "host");
    let host = by_header.or_else(|| request.uri().authority().map(Authority::as_str));
    if host.is_some_and(is_loopback) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "only for this computer\n").into_response()
}

/// Refuses writes that another page started, and forbids the page foreign sources.
pub(super) async fn same_origin(request: Request<Body>, next: Next) -> Response {
    if request.method() != Method::GET && is_foreign(request.headers()) {
        return (StatusCode::FORBIDDEN, "only from the phone page itself\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let site = text(headers, "sec-fetch-site");
    let foreign_site = site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let own = text(headers, "host").map(|host| format!("http://{host}"));
    let foreign_origin =
        headers.contains_key(header::ORIGIN) && text(headers, "origin") != own.as_deref();
    foreign_site || foreign_origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_computer_are_loopback() {
        for host in ["localhost", "localhost:8081", "127.0.0.1:1", "[::1]:8081"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "10.0.0.1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn another_origin_is_foreign() {
        let headers = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("127.0.0.1:8081"));
            headers.insert("origin", HeaderValue::from_static(origin));
            headers
        };
        assert!(!is_foreign(&headers("http://127.0.0.1:8081")));
        assert!(is_foreign(&headers("http://127.0.0.1:8080")));
        assert!(is_foreign(&headers("null")));
        assert!(!is_foreign(&HeaderMap::new()));
    }
}
