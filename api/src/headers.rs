//! What browsers are told about our pages: nothing from elsewhere, nothing inside others' frames.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::config::{Config, origin_of};

/// The headers that every answer gets.
#[derive(Clone)]
pub(crate) struct Security(Arc<Values>);

struct Values {
    pages: HeaderValue,
    docs: HeaderValue,
    https: bool,
}

impl Security {
    pub fn new(config: &Config) -> Self {
        let map = config
            .map_style_url
            .as_deref()
            .and_then(origin_of)
            .unwrap_or_default();
        Self(Arc::new(Values {
            pages: value(&policy(map, "'self'")),
            // Swagger UI writes style elements.
            docs: value(&policy("", "'self' 'unsafe-inline'")),
            https: config.is_https(),
        }))
    }
}

fn policy(map: &str, style: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self'; style-src {style}; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob: {map}; media-src 'self' blob:; font-src 'self'; \
         connect-src 'self' {map}; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
}

pub(crate) async fn secure(
    State(security): State<Security>,
    request: Request,
    next: Next,
) -> Response {
    let docs = request.uri().path().starts_with("/docs");
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = if docs {
        &security.0.docs
    } else {
        &security.0.pages
    };
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| policy.clone());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(self)"),
    );
    if security.0.https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if api {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
