//! No room on the disk: nothing is acknowledged that is not kept, and work goes on when there is room again.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures::FutureExt;
use it::{Http, until::within};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use serde_json::json;

use crate::{
    report::Findings,
    run::{Bench, Row},
    solo::Solo,
};

pub const ROW: Row = Row {
    name: "disk",
    fault: "disk full",
    run: |bench| run(bench).boxed(),
};

/// The size of the disk.
const SIZE: &std::ffi::CStr = c"size=24m,mode=0700";

/// From room on the disk to the first write.
const RESUMED: Duration = Duration::from_secs(5);

/// So many pictures of so many bytes are tried while there is no room.
const UPLOADS: usize = 5;
const PICTURE: usize = 256 << 10;

/// So many writes are refused before there is room again.
const REFUSED: usize = 20;

async fn run(bench: Bench) -> Result<Findings> {
    let mut findings = Findings::default();
    let folder = tempfile::tempdir()?;
    let disk = match Disk::mount(&folder.path().join("disk")) {
        Ok(disk) => disk,
        Err(error) => {
            return Ok(Findings::untried(format!(
                "a small disk needs root: {error:#}"
            )));
        }
    };
    let solo = Solo::start(&bench, &disk.0).await?;
    let http = solo.admin().await?;
    let mut made = 0;
    for _ in 0..5 {
        create(&http).await?.then(|| made += 1);
    }
    let task = first_task(&http).await?;
    let mut uploaded = usize::from(upload(&http, task).await?);
    let filler = disk.fill()?;
    let mut refused = 0;
    // What is in the pages that the file has already may still fit.
    for _ in 0..2000 {
        if create(&http).await? {
            made += 1;
        } else {
            refused += 1;
        }
        if refused == REFUSED {
            break;
        }
    }
    findings.must(refused == REFUSED, "the disk never was full");
    for _ in 0..UPLOADS {
        let taken = upload(&http, task).await?;
        findings.must(!taken, "a picture was taken for which there is no room");
        uploaded += usize::from(taken);
    }
    let live = http.get("/health/live").await?;
    findings.must(live.status == 200, "it does not live with a full disk");
    let tasks = http.get("/api/v1/tasks?limit=1").await?;
    findings.must(tasks.status == 200, format!("reading: {}", tasks.text));
    std::fs::remove_file(filler)?;
    let begun = Instant::now();
    within(10 * RESUMED, "writing to go on", || async {
        Ok(create(&http).await?.then_some(()))
    })
    .await?;
    made += 1;
    findings.time("first write after there was room", begun.elapsed(), RESUMED);
    within(10 * RESUMED, "pictures to be taken again", || async {
        Ok(upload(&http, task).await?.then_some(()))
    })
    .await?;
    uploaded += 1;
    let counted = http.get("/api/v1/stats/overview").await?;
    findings.must(counted.status == 200, format!("reading: {}", counted.text));
    let store = solo.finish(&mut findings).await?;
    let kept = tasks_in(&store).await?;
    findings.must(
        kept == made,
        format!("{made} tasks were acknowledged, {kept} are there"),
    );
    let (rows, files) = (
        domain::attachment::stored_paths(&store).await?.len(),
        std::fs::read_dir(disk.0.join("files/uploads"))?.count(),
    );
    findings.must(
        (rows, files) == (uploaded, uploaded),
        format!(
            "{uploaded} pictures were acknowledged, {rows} are told of, {files} files are there"
        ),
    );
    store.close().await;
    findings.did(format!(
        "{refused} writes and {UPLOADS} pictures refused, {made} and {uploaded} acknowledged"
    ));
    Ok(findings)
}

async fn first_task(http: &Http) -> Result<i64> {
    let page = http.get("/api/v1/tasks?limit=1").await?.expect(200)?;
    page["items"][0]["id"].as_i64().context("a task")
}

/// Adds a picture to a task: true when it was acknowledged, false when it was politely refused.
async fn upload(http: &Http, task: i64) -> Result<bool> {
    let picture = reqwest::multipart::Part::bytes(vec![7; PICTURE]);
    let picture = picture.file_name("v.png").mime_str("image/png")?;
    let form = reqwest::multipart::Form::new().part("file", picture);
    let path = format!("/api/v1/tasks/{task}/reports");
    let request = http.request(reqwest::Method::POST, &path);
    polite(&http.send(request.multipart(form)).await?)
}

/// How many tasks there are, page by page.
async fn tasks_in(store: &domain::Store) -> Result<usize> {
    let system = domain::Actor::system(domain::actor::Channel::Cli);
    let (mut count, mut window) = (0, domain::page::Window::first(200));
    loop {
        let page =
            domain::task::list::list(store, &system, Default::default(), window.clone()).await?;
        count += page.items.len();
        match page.next_cursor {
            Some(cursor) => window.cursor = Some(cursor),
            None => return Ok(count),
        }
    }
}

/// Makes a task: true when it was acknowledged, false when it was politely refused.
async fn create(http: &Http) -> Result<bool> {
    let sent = json!({ "title": "Ronda", "kind": "patrullaje", "description": "x".repeat(4000) });
    polite(&http.post("/api/v1/tasks", &sent).await?)
}

fn polite(answer: &it::http::Answer) -> Result<bool> {
    let polite = answer.status == 503 && answer.headers.contains_key("retry-after");
    ensure!(
        answer.status == 201 || polite,
        "{}: {}",
        answer.status,
        answer.text
    );
    Ok(answer.status == 201)
}

/// A small disk in memory, gone with this value.
struct Disk(PathBuf);

impl Disk {
    fn mount(place: &Path) -> Result<Self> {
        std::fs::create_dir(place)?;
        mount("tmpfs", place, "tmpfs", MountFlags::empty(), SIZE)?;
        Ok(Self(place.to_owned()))
    }

    /// Takes all the room there is; the file that has it.
    fn fill(&self) -> Result<PathBuf> {
        let path = self.0.join("filler");
        let mut file = File::create(&path)?;
        for chunk in [vec![0; 64 << 10], vec![0; 512]] {
            while file.write_all(&chunk).is_ok() {}
        }
        file.sync_all().context("the filler")?;
        Ok(path)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The instance may still have a file open; the mount then ends with it.
        let _ = unmount(&self.0, UnmountFlags::DETACH);
    }
}
