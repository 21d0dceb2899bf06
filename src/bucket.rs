//! S3 through the HTTP client this program has anyway.

use std::time::Duration;

use anyhow::{Context, Result};
use axum::http::Response;
use http_body_util::BodyExt;
use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, Checksum},
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
        HttpResponseBody, HttpService,
    },
    prefix::PrefixStore,
};
use secrecy::ExposeSecret;

use crate::config::S3;

/// How long somebody waits for a bucket.
#[derive(Clone, Debug)]
pub struct Patience {
    /// How long a connection may take to open.
    pub connect: Duration,
    /// How long a transfer may stand still.
    pub still: Duration,
    /// What failed is tried again for so long, and so many times.
    pub retry: Duration,
    pub retries: usize,
}

impl Patience {
    /// For what nobody waits for.
    pub const LONG: Self = Self {
        connect: Duration::from_secs(10),
        still: Duration::from_secs(60),
        retry: Duration::from_secs(180),
        retries: 10,
    };

    /// For what somebody waits for. The client counts an upload as standing still until it is answered, so that a large
    /// file on a slow line needs all of it.
    pub fn of(most: Duration) -> Self {
        Self {
            connect: most.min(Duration::from_secs(10)),
            still: most,
            retry: most,
            retries: 5,
        }
    }
}

/// A part of a bucket. Credentials come from the settings or, without them, from the machine's role; the server is told the
/// sum of what it shall store.
pub fn open(
    settings: &S3,
    (name, prefix): (&str, &str),
    patience: Patience,
) -> Result<PrefixStore<AmazonS3>> {
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: patience.retries,
        retry_timeout: patience.retry,
    };
    let mut builder = AmazonS3Builder::new()
        .with_http_connector(Connector(patience))
        .with_retry(retry)
        .with_checksum_algorithm(Checksum::SHA256)
        // Not every server that speaks S3 knows how.
        .with_disable_bulk_delete(true)
        .with_bucket_name(name)
        .with_region(&settings.region);
    if let Some(endpoint) = &settings.endpoint {
        builder = builder
            .with_endpoint(endpoint.as_str().trim_end_matches('/'))
            .with_allow_http(endpoint.scheme() == "http");
    }
    if let (Some(key), Some(secret)) = (&settings.access_key, &settings.secret_key) {
        builder = builder
            .with_access_key_id(key)
            .with_secret_access_key(secret.expose_secret());
    }
    let bucket = builder
        .build()
        .with_context(|| format!("the bucket {name}"))?;
    Ok(PrefixStore::new(bucket, prefix))
}

#[derive(Debug)]
struct Connector(Patience);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .connect_timeout(self.0.connect)
            .read_timeout(self.0.still)
            .build();
        let client = client.map_err(|error| object_store::Error::Generic {
            store: "S3",
            source: Box::new(error),
        })?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(reqwest::Client);

#[async_trait::async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let request = self
            .0
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(reqwest::Body::wrap(body));
        let response = request.send().await.map_err(failed)?;
        let (parts, body) = Response::<reqwest::Body>::from(response).into_parts();
        let body = HttpResponseBody::new(body.map_err(failed));
        Ok(HttpResponse::from_parts(parts, body))
    }
}

/// What may pass is tried again by the store.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_decode() {
        HttpErrorKind::Decode
    } else {
        HttpErrorKind::Request
    };
    HttpError::new(kind, error.without_url())
}
