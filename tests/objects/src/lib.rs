//! An S3 server that others wrote and that checks signatures and sums by itself, with faults before it.

use std::{
    collections::VecDeque,
    io,
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Result, anyhow};
use axum::{
    body::{Body, Bytes},
    http::{Request, Response, StatusCode},
};
use futures::stream;
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The only key that it knows, and the secret of it.
pub const KEY: &str = "key";
pub const SECRET: &str = "a secret";

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with 500.
    Refused,
    /// It is never answered.
    Hung,
    /// The connection ends without an answer.
    Reset,
    /// One byte of what is sent arrives as another.
    SentWrong,
    /// One byte of the answer does.
    GivenWrong,
    /// The answer ends in the middle.
    Cut,
}

/// A bucket that is served until this goes away with its folder.
pub struct Objects {
    /// Such as `http://127.0.0.1:40123`.
    pub endpoint: String,
    bucket: PathBuf,
    faults: Faults,
    _folder: TempDir,
}

#[derive(Clone, Default)]
struct Faults(Arc<Mutex<VecDeque<Fault>>>);

impl Faults {
    fn with<T>(&self, work: impl FnOnce(&mut VecDeque<Fault>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Objects {
    /// Serves an empty bucket of this name.
    pub async fn serve(name: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let bucket = folder.path().join(name);
        std::fs::create_dir(&bucket)?;
        let files = s3s_fs::FileSystem::new(folder.path());
        let files = files.map_err(|error| anyhow!("the folder of the bucket: {error:?}"))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let faults = Faults::default();
        let door = Door {
            service: builder.build(),
            faults: faults.clone(),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        tokio::spawn(accept(listener, door));
        Ok(Self {
            endpoint,
            bucket,
            faults,
            _folder: folder,
        })
    }

    /// What goes wrong with the next requests, one after the other.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.with(|all| all.extend(faults));
    }

    /// Nothing goes wrong from now on; how many faults were left.
    pub fn recover(&self) -> usize {
        self.faults.with(|all| all.drain(..).count())
    }

    /// The file in which an object lies.
    pub fn path(&self, key: &str) -> PathBuf {
        self.bucket.join(key)
    }

    pub fn has(&self, key: &str) -> bool {
        self.path(key).is_file()
    }
}

async fn accept(listener: TcpListener, door: Door) {
    while let Ok((stream, _)) = listener.accept().await {
        let door = door.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| door.answer(request));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // Faults end connections with an error.
            let _ = connection.await;
        });
    }
}

/// Where requests come in.
#[derive(Clone)]
struct Door {
    service: S3Service,
    faults: Faults,
}

impl Door {
    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let fault = self.faults.with(VecDeque::pop_front);
        match fault {
            Some(Fault::Refused) => {
                let mut refused = Response::new(Body::empty());
                *refused.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                return Ok(refused);
            }
            Some(Fault::Hung) => std::future::pending().await,
            Some(Fault::Reset) => return Err(io::ErrorKind::ConnectionReset.into()),
            _ => {}
        }
        let (parts, body) = request.into_parts();
        let mut sent = body.collect().await.map_err(io::Error::other)?.to_bytes();
        if fault == Some(Fault::SentWrong) {
            sent = changed(&sent);
        }
        let request = Request::from_parts(parts, s3s::Body::from(sent));
        let answer = self.service.call(request).await;
        let answer = answer.map_err(|_| io::Error::other("the server has no answer"))?;
        let (parts, body) = answer.into_parts();
        let body = match fault {
            Some(Fault::GivenWrong) => {
                let given = body.collect().await.map_err(io::Error::other)?;
                Body::from(changed(&given.to_bytes()))
            }
            Some(Fault::Cut) => {
                let given = body.collect().await.map_err(io::Error::other)?.to_bytes();
                let half = given.slice(..given.len() / 2);
                let end = Err(io::Error::from(io::ErrorKind::ConnectionReset));
                Body::from_stream(stream::iter([Ok(half), end]))
            }
            _ => Body::new(body),
        };
        Ok(Response::from_parts(parts, body))
    }
}

/// The same bytes but for the one in the middle.
fn changed(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    bytes.into()
}
