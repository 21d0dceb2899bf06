//! Parameters of a Bot API call, whichever way they came: query, form, JSON or multipart.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, Uri, header},
};
use serde_json::{Map, Value};

use crate::answer::Refusal;

/// Telegram's own limit for an upload through the cloud Bot API.
pub(crate) const BODY_LIMIT: usize = 50 * 1024 * 1024;

/// One uploaded part.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub name: Option<String>,
    pub mime: Option<String>,
    pub bytes: Bytes,
}

/// Named parameters and uploaded parts of one call.
#[derive(Debug, Default, Clone)]
pub(crate) struct Params {
    pub fields: Map<String, Value>,
    pub uploads: BTreeMap<String, Upload>,
}

impl Params {
    pub async fn read(request: Request<Body>) -> Result<Self, Refusal> {
        let mut params = Self::default();
        params.take_query(request.uri());
        match kind(request.headers()) {
            Kind::Json => params.take_json(request).await?,
            Kind::Form => params.take_form(request).await?,
            Kind::Multipart => params.take_multipart(request).await?,
            Kind::None => {}
        }
        Ok(params)
    }

    fn take_query(&mut self, uri: &Uri) {
        if let Ok(axum::extract::Query(pairs)) =
            axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
        {
            self.take_pairs(pairs);
        }
    }

    fn take_pairs(&mut self, pairs: Vec<(String, String)>) {
        self.fields.extend(
            pairs
                .into_iter()
                .map(|(name, value)| (name, Value::String(value))),
        );
    }

    async fn take_json(&mut self, request: Request<Body>) -> Result<(), Refusal> {
        let bytes = body(request).await?;
        if bytes.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => self.fields.extend(fields),
            _ => return Err(Refusal::bad("can't parse JSON object")),
        }
        Ok(())
    }

    async fn take_form(&mut self, request: Request<Body>) -> Result<(), Refusal> {
        let form = axum::extract::RawForm::from_request(request, &())
            .await
            .map_err(|_| Refusal::too_large())?;
        let uri = Uri::builder()
            .path_and_query(format!("/?{}", String::from_utf8_lossy(&form.0)))
            .build()
            .map_err(|_| Refusal::bad("can't parse form"))?;
        self.take_query(&uri);
        Ok(())
    }

    async fn take_multipart(&mut self, request: Request<Body>) -> Result<(), Refusal> {
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| Refusal::bad("can't parse multipart form"))?;
        while let Some(part) = form.next_field().await.map_err(|_| Refusal::too_large())? {
            let Some(name) = part.name().map(str::to_owned) else {
                continue;
            };
            let file_name = part.file_name().map(str::to_owned);
            let mime = part.content_type().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|_| Refusal::too_large())?;
            if file_name.is_none()
                && let Ok(text) = std::str::from_utf8(&bytes)
            {
                self.fields
                    .insert(name.clone(), Value::String(text.to_owned()));
            }
            self.uploads.insert(
                name,
                Upload {
                    name: file_name,
                    mime,
                    bytes,
                },
            );
        }
        Ok(())
    }

    /// A number given as a number or as its digits.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.fields.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(digits) => digits.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn float(&self, name: &str) -> Option<f64> {
        match self.fields.get(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(digits) => digits.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => {
                matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "yes")
            }
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// An object or list, given as JSON or as JSON inside a string.
    pub fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| Refusal::bad(format!("can't parse {name} JSON object"))),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// The parameters as the call log shows them: uploads only by name and size.
    pub fn for_log(&self) -> Value {
        let mut fields = self.fields.clone();
        for (name, upload) in &self.uploads {
            if !fields.contains_key(name) {
                fields.insert(
                    name.clone(),
                    Value::String(format!("({} bytes)", upload.bytes.len())),
                );
            }
        }
        Value::Object(fields)
    }
}

enum Kind {
    Json,
    Form,
    Multipart,
    None,
}

fn kind(headers: &HeaderMap) -> Kind {
    let content = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    match content.split(';').next().unwrap_or("").trim() {
        "application/json" => Kind::Json,
        "application/x-www-form-urlencoded" => Kind::Form,
        "multipart/form-data" => Kind::Multipart,
        _ => Kind::None,
    }
}

async fn body(request: Request<Body>) -> Result<Bytes, Refusal> {
    axum::body::to_bytes(request.into_body(), BODY_LIMIT)
        .await
        .map_err(|_| Refusal::too_large())
}
