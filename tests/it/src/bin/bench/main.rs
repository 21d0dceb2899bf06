//! The figures of a real `gad serve`, beside what was promised: a table, and the same as JSON.
//!
//! `bench [FILE]` measures the program named by `GAD`, else the `gad` next to itself; `bench bare URL` is what it is
//! compared with.

mod bare;
mod fanout;
mod force;
mod house;
mod load;
mod machine;
mod near;
mod phones;
mod ratios;
mod start;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use it::{Backend, Database};

use crate::{
    house::House,
    table::{Report, Row},
};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, url] = arguments.as_slice()
        && word == "bare"
    {
        return bare::serve(url).await;
    }
    let file = PathBuf::from(
        arguments
            .first()
            .map_or("target/bench.json", String::as_str),
    );
    let program = program()?;
    let mut report = Report::new(machine::describe()?);
    report.add("program", &[size(&program)?])?;
    for backend in [Backend::Sqlite, Backend::Postgres] {
        if let Some(database) = Database::migrated(backend).await? {
            let rows = measure(&program, backend, database).await?;
            report.add(&format!("{backend:?}"), &rows)?;
        }
    }
    report.write(&file)
}

/// What is measured.
#[expect(
    clippy::disallowed_methods,
    reason = "the bench command says what it built"
)]
fn program() -> Result<String> {
    let path = match std::env::var_os("GAD").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("gad"),
    };
    let shown = path.display();
    anyhow::ensure!(
        path.is_file(),
        "there is no {shown}; cargo build --release --bin gad makes it"
    );
    Ok(path.to_str().context("its name is no text")?.to_owned())
}

fn size(program: &str) -> Result<Row> {
    let bytes = Path::new(program).metadata()?.len();
    Ok(Row::new("binary", bytes as f64 / 1e6, "MB"))
}

async fn measure(program: &str, backend: Backend, database: Database) -> Result<Vec<Row>> {
    let house = House::build(program, database).await?;
    let mut rows = start::ready(&house).await?;
    let server = house.open().await?;
    rows.extend(start::idle(&server).await?);
    rows.extend(load::all(&server).await?);
    rows.extend(phones::all(&house).await?);
    if backend == Backend::Postgres {
        rows.extend(ratios::of_bare(&house, &server).await?);
        rows.extend(ratios::of_three(&house, &server).await?);
    }
    rows.extend(near::all(&server, &house.database, backend).await?);
    rows.push(start::peak(&server)?);
    server.kill().await?;
    let server = house.open().await?;
    rows.extend(fanout::all(&server).await?);
    server.kill().await?;
    house.paper.stop().await;
    Ok(rows)
}
