//! As much of S3 as a backup needs, in memory.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tokio::net::TcpListener;

/// A bucket that listens.
pub struct Bucket {
    pub endpoint: String,
    objects: Objects,
}

#[derive(Clone, Default)]
struct Objects(Arc<Mutex<BTreeMap<String, Bytes>>>);

impl Objects {
    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<String, Bytes>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Bucket {
    pub fn has(&self, key: &str) -> bool {
        self.objects.with(|all| all.contains_key(key))
    }
}

pub async fn serve(name: &str) -> Result<Bucket> {
    let objects = Objects::default();
    let router = Router::new()
        .route(&format!("/{name}"), get(list))
        .route(&format!("/{name}/{{*key}}"), any(object))
        .with_state(objects.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Bucket { endpoint, objects })
}

async fn object(
    State(objects): State<Objects>,
    method: Method,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signed = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=key/"));
    if !signed {
        return StatusCode::FORBIDDEN.into_response();
    }
    let tag = (header::ETAG, "\"tag\"");
    match method {
        Method::PUT => {
            objects.with(|all| all.insert(key, body));
            [tag].into_response()
        }
        Method::DELETE => {
            objects.with(|all| all.remove(&key));
            StatusCode::NO_CONTENT.into_response()
        }
        _ => match objects.with(|all| all.get(&key).cloned()) {
            Some(bytes) => {
                let at = (header::LAST_MODIFIED, "Sun, 22 Nov 2026 15:00:00 GMT");
                ([tag, at], bytes).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// `ListObjectsV2`, on one page.
async fn list(
    State(objects): State<Objects>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let prefix = query.get("prefix").cloned().unwrap_or_default();
    let folders_only = query.contains_key("delimiter");
    let (mut contents, mut folders) = (String::new(), BTreeSet::new());
    objects.with(|all| {
        for (key, bytes) in all.iter().filter(|(key, _)| key.starts_with(&prefix)) {
            match key[prefix.len()..].split_once('/') {
                Some((folder, _)) if folders_only => {
                    folders.insert(format!("{prefix}{folder}/"));
                }
                _ => contents.push_str(&format!(
                    "<Contents><Key>{key}</Key><LastModified>2026-11-22T15:00:00.000Z</LastModified>\
                     <ETag>\"tag\"</ETag><Size>{}</Size></Contents>",
                    bytes.len()
                )),
            }
        }
    });
    let folders: String = folders
        .iter()
        .map(|folder| format!("<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>"))
        .collect();
    let answer = format!("<ListBucketResult>{contents}{folders}</ListBucketResult>");
    ([(header::CONTENT_TYPE, "application/xml")], answer).into_response()
}
