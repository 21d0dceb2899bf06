//! GAD beside the bare handlers, and three instances beside one, in the same run on the same database.

use anyhow::Result;
use it::{Http, process::Process};

use crate::{
    bare,
    force::{ADMIN, PASSWORD},
    house::House,
    load::Ask,
    table::Row,
};

/// How much of the ceiling one server reaches.
pub async fn of_bare(house: &House, server: &Process) -> Result<Vec<Row>> {
    let gad = [Http::login(server.base(), ADMIN, PASSWORD).await?];
    let (_running, base) = bare::start(house.database_url()).await?;
    let bare = [Http::stranger(&base)?];
    let mut rows = Vec::new();
    for ask in Ask::ALL {
        let (ours, ceiling) = (
            ask.press(&gad).await?.rate(),
            ask.press(&bare).await?.rate(),
        );
        let goal = if matches!(ask, Ask::Create) {
            50.0
        } else {
            60.0
        };
        let name = ask.name();
        rows.push(Row::new(&format!("{name}, bare"), ceiling, "requests/s"));
        let share = Row::new(&format!("{name}, of bare"), 100.0 * ours / ceiling, "%");
        rows.push(share.reach(goal));
    }
    Ok(rows)
}

/// How much three instances do for one, all on this machine.
pub async fn of_three(house: &House, server: &Process) -> Result<Vec<Row>> {
    let (second, third) = (house.open().await?, house.open().await?);
    let one = [Http::login(server.base(), ADMIN, PASSWORD).await?];
    let three = [
        one[0].clone(),
        one[0].at(second.base()),
        one[0].at(third.base()),
    ];
    let mut rows = Vec::new();
    for ask in Ask::ALL {
        let (alone, together) = (
            ask.press(&one).await?.rate(),
            ask.press(&three).await?.rate(),
        );
        let name = ask.name();
        rows.push(Row::new(
            &format!("{name}, 3 instances"),
            together,
            "requests/s",
        ));
        let share = 100.0 * together / alone;
        rows.push(Row::new(&format!("{name}, 3 of 1"), share, "%"));
    }
    second.kill().await?;
    third.kill().await?;
    Ok(rows)
}
