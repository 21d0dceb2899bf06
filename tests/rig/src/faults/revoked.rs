//! Somebody is switched off or signs out at one instance: the others refuse him, and his boards close, within a second.
//! With Redis that is told; without, everybody looks.

use std::time::{Duration, Instant};

use anyhow::Result;
use domain::{
    Actor,
    actor::{Channel, Level},
    user,
};
use futures::{FutureExt, future::try_join_all};
use it::{Board, Http, app::PASSWORD, until::within};
use serde_json::json;

use crate::{
    cluster::{Cluster, Plan},
    load::Samples,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "revoked",
    fault: "sessions ended at one of 3 instances, with Redis and without",
    run: |bench| run(bench).boxed(),
};

const EVERYWHERE: Duration = Duration::from_secs(1);

const PATIENCE: Duration = Duration::from_secs(15);

/// The code of a socket whose session ended.
const SESSION_ENDED: Option<u16> = Some(4401);

async fn run(bench: Bench) -> Result<Findings> {
    let rounds = bench.size(40, 6);
    let mut findings = Findings::default();
    let cluster = Plan::default().start(&bench).await?;
    for without in [false, true] {
        if without {
            bench.services.redis.kill().await?;
        }
        let (mut refused, mut closed) = (Samples::default(), Samples::default());
        for round in 0..rounds {
            let somebody = Somebody::enter(&cluster, without, round).await?;
            let (out, shut) = somebody.leave(round, &mut findings).await?;
            refused.add(out);
            closed.add(shut);
        }
        let redis = if without { "without" } else { "with" };
        let what = format!("{redis} Redis: refused everywhere, worst");
        findings.time(&what, refused.worst(), EVERYWHERE);
        let what = format!("{redis} Redis: sockets closed, worst");
        findings.time(&what, closed.worst(), EVERYWHERE);
    }
    bench.services.redis.start().await?;
    findings.did(format!("{} sessions ended", 2 * rounds));
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Signed in once, known to every instance, with a board at each.
struct Somebody {
    user_id: i64,
    boss: Http,
    everywhere: Vec<Http>,
    boards: Vec<Board>,
}

impl Somebody {
    async fn enter(cluster: &Cluster, without: bool, round: usize) -> Result<Self> {
        let name = format!("jefa.{round}.{without}");
        let new = user::NewUser {
            password: Some(PASSWORD.into()),
            ..user::NewUser::named(&name, "Julia Jefa", Level::Supervisor)
        };
        let user = user::create(&cluster.store, &Actor::system(Channel::Cli), new).await?;
        let here = round % cluster.size();
        let http = Http::login(&cluster.base(here), &name, PASSWORD).await?;
        let everywhere: Vec<Http> = (0..cluster.size())
            .map(|n| http.at(&cluster.base((here + n) % cluster.size())))
            .collect();
        try_join_all(everywhere.iter().map(is_known)).await?;
        Ok(Self {
            user_id: user.id,
            boss: cluster.admin(here).await?,
            boards: try_join_all(everywhere.iter().map(Board::open)).await?,
            everywhere,
        })
    }

    /// By turns he signs out and is switched off; how long after the answer nobody knew him any more, and until the
    /// last of his boards was closed.
    async fn leave(
        mut self,
        round: usize,
        findings: &mut Findings,
    ) -> Result<(Duration, Duration)> {
        let ended = if round.is_multiple_of(2) {
            let path = format!("/api/v1/users/{}", self.user_id);
            self.boss.delete(&path).await?
        } else {
            let http = &self.everywhere[0];
            http.post("/api/v1/auth/logout", &json!({})).await?
        };
        findings.must(
            ended.status == 204,
            format!("{}: {}", ended.status, ended.text),
        );
        let since = Instant::now();
        let refused = try_join_all(
            self.everywhere
                .iter()
                .map(|http| until_refused(http, since)),
        );
        let closed = try_join_all(
            self.boards
                .iter_mut()
                .map(|board| until_closed(board, since)),
        );
        let (refused, closed) = tokio::try_join!(refused, closed)?;
        for (_, code) in &closed {
            let ended = *code == SESSION_ENDED;
            findings.must(ended, format!("a board was closed with {code:?}"));
        }
        for http in &self.everywhere {
            let again = http.get("/api/v1/auth/me").await?;
            findings.must(again.status == 401, "somebody who was out came in again");
        }
        let refused: Samples = refused.into_iter().collect();
        let closed: Samples = closed.into_iter().map(|(took, _)| took).collect();
        Ok((refused.worst(), closed.worst()))
    }
}

async fn is_known(http: &Http) -> Result<()> {
    http.get("/api/v1/auth/me").await?.expect(200).map(drop)
}

async fn until_refused(http: &Http, since: Instant) -> Result<Duration> {
    within(PATIENCE, "the session to be over", || async {
        let answer = http.get("/api/v1/auth/me").await?;
        Ok((answer.status == 401).then(|| since.elapsed()))
    })
    .await
}

async fn until_closed(board: &mut Board, since: Instant) -> Result<(Duration, Option<u16>)> {
    let code = board.until_closed().await?;
    Ok((since.elapsed(), code))
}
