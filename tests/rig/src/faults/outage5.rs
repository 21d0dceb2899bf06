//! Telegram is away for minutes in the middle of a broadcast and of a call for help: whoever has not answered is asked again,
//! and nobody who has, by whatever way, is told of. Whoever sends is lost as it comes back.

mod help;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures::FutureExt;
use it::{Http, until::within};
use telegram::{Call, Fault, FaultKind, Person};

use self::help::Help;
use crate::{
    cluster::{Cluster, Plan},
    load::{
        Crowd,
        radio::{RADIO, dispatcher, tell_all},
    },
    moment,
    report::Findings,
    run::{Bench, Row},
};

pub const ROW: Row = Row {
    name: "outage5",
    fault: "Telegram away for 5 minutes in the middle of a broadcast, kill -9 of the sending instance as it comes back",
    run: |bench| run(bench).boxed(),
};

const WORDS: &str = "Corte de Telegram";

/// From the return of Telegram until everybody has heard it again: a message that was tried in vain waits up to a minute.
const ASKED: Duration = Duration::from_secs(75);

/// From the first call without an answer until every instance says so on its board.
const KNOWN: Duration = Duration::from_secs(10);

const PATIENCE: Duration = Duration::from_secs(240);

const LOOK: Duration = Duration::from_millis(100);

/// Those of whom nothing was heard, and of whom somebody was told.
const ESCALATED: &str = "SELECT count(*) FROM broadcast_recipients WHERE escalated_at IS NOT NULL AND answered_at IS NULL";

/// Those of whom somebody was told though they had answered.
const WRONGLY: &str = "SELECT count(*) FROM broadcast_recipients WHERE escalated_at >= answered_at";

const ANSWERED: &str = "SELECT count(*) FROM broadcast_recipients WHERE answered_at IS NOT NULL";

/// The group of the unit that everybody is in.
const GROUP: i64 = -100_500;

const REGISTERED: &str = "
    INSERT INTO unit_groups (unit_id, chat_id, thread_id, title, forum, registered_by, registered_at)
    SELECT units.id, {group}, 0, units.name, FALSE, users.id, now() FROM units, users
    WHERE units.name = 'Ciudad' AND users.telegram_id = {radio}";

/// How somebody answers, if he does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A press while Telegram still took everything.
    Before,
    Press,
    Word,
    Reply,
    /// A press in the group of his unit.
    Group,
    Silence,
}

const WAYS: [Way; 6] = [
    Way::Before,
    Way::Press,
    Way::Word,
    Way::Reply,
    Way::Group,
    Way::Silence,
];

async fn run(bench: Bench) -> Result<Findings> {
    // At full length as it comes: asked again every minute, and an outage is one from half a minute on.
    let (people, away, round, outage) = bench.size((200, 300, 60, 30), (20, 4, 3, 2));
    let mut findings = Findings::default();
    let cluster = Plan::default()
        .limited()
        .set("GAD_ACK__CRITICAL_SECONDS", &round.to_string())
        .set("GAD_BROADCAST__OUTAGE_SECONDS", &outage.to_string())
        .set("GAD_EMERGENCY__OFFERS", &help::ASKED.to_string())
        .start(&bench)
        .await?;
    let mut crowd = Crowd::gather(&cluster, people + help::ASKED).await?;
    let helpers = crowd.phones.split_off(people);
    let radio = dispatcher(&cluster).await?;
    register(&cluster, &crowd).await?;
    tell_all(&radio, WORDS).await?;
    for phone in &crowd.phones {
        phone.until_button("Recibido").await?;
    }
    for phone in of(&crowd, &[Way::Group]) {
        phone.in_group(GROUP).until_button("Recibido").await?;
    }
    let help = Help::called(&cluster, &radio, helpers).await?;
    answer(&crowd, &[Way::Before])?;
    cluster.settled(PATIENCE).await?;

    let gone = Instant::now();
    cluster.paper.fault(Fault::new(FaultKind::ServerError));
    answer(&crowd, &[Way::Press, Way::Word, Way::Reply, Way::Group])?;
    help.refused()?;
    let known = known(&cluster, gone).await?;
    moment::pass(Duration::from_secs(away).saturating_sub(gone.elapsed())).await;
    let lost = within(PATIENCE, "somebody to send", || cluster.sender()).await?;
    cluster.kill(lost).await?;
    cluster.paper.clear_faults();
    let back = Instant::now();

    let silent = of(&crowd, &[Way::Silence]);
    let heard = within(PATIENCE, "the silent to be asked again", || async {
        moment::pass(LOOK).await;
        let heard = asked_since(&cluster, back)?;
        let all = silent.iter().all(|phone| heard.contains(&phone.id()));
        Ok(all.then_some(back.elapsed()))
    })
    .await?;
    let rung = within(PATIENCE, "the asked to be rung again", || async {
        moment::pass(LOOK).await;
        Ok(help.is_rung(&cluster, back)?.then_some(back.elapsed()))
    })
    .await?;
    cluster.start(lost).await?;
    let due = i64::try_from(silent.len())?;
    within(PATIENCE, "the silent to be told of", || async {
        moment::pass(LOOK).await;
        Ok((cluster.count(ESCALATED).await? >= due).then_some(()))
    })
    .await?;
    cluster.settled(PATIENCE).await?;
    findings.did(format!(
        "{people} people, {away} s without Telegram at least, {} silent",
        silent.len()
    ));
    findings.time("every instance says so, worst", known, KNOWN);
    findings.time("the silent asked again", heard, ASKED);
    findings.time("those asked to come rung again", rung, ASKED);
    only_the_silent(&cluster, &crowd, back, &mut findings).await?;
    help.check(&cluster, back, &mut findings).await?;
    cluster.nothing_given_up(&mut findings).await?;
    cluster.finish(&mut findings).await?;
    Ok(findings)
}

/// Those who will answer there are in a group that gets the broadcasts of their unit.
async fn register(cluster: &Cluster, crowd: &Crowd) -> Result<()> {
    let members = of(crowd, &[Way::Group]);
    cluster.paper.group(GROUP, "Ciudad", false, &members);
    let registered = REGISTERED
        .replace("{group}", &GROUP.to_string())
        .replace("{radio}", &RADIO.to_string());
    cluster.execute(&registered).await
}

/// How long it takes until the last instance says that Telegram is away.
async fn known(cluster: &Cluster, gone: Instant) -> Result<Duration> {
    let boards = cluster.live();
    let boards = boards.iter().map(|base| Http::stranger(base));
    let boards = boards.collect::<Result<Vec<_>>>()?;
    within(PATIENCE, "every instance to say so", || async {
        moment::pass(LOOK).await;
        for board in &boards {
            let ready = board.get("/health/ready").await?.expect(200)?;
            if ready["checks"]["telegram"] != "degraded" {
                return Ok(None);
            }
        }
        Ok(Some(gone.elapsed()))
    })
    .await
}

/// Those who answer in these ways.
fn of<'a>(crowd: &'a Crowd, ways: &[Way]) -> Vec<&'a Person> {
    let chosen = crowd.phones.iter().zip(WAYS.iter().cycle());
    let chosen = chosen.filter(|(_, way)| ways.contains(way));
    chosen.map(|(phone, _)| phone).collect()
}

/// Lets those answer who do so in these ways.
fn answer(crowd: &Crowd, ways: &[Way]) -> Result<()> {
    for way in ways {
        for phone in of(crowd, &[*way]) {
            match way {
                Way::Before | Way::Press => drop(phone.taps("Recibido")?),
                Way::Word => drop(phone.says("ok")?),
                Way::Reply => drop(phone.replies(broadcast_in(phone)?, "recibido")?),
                Way::Group => drop(phone.in_group(GROUP).taps("Recibido")?),
                Way::Silence => {}
            }
        }
    }
    Ok(())
}

/// The newest message of the broadcast in a chat.
fn broadcast_in(phone: &Person) -> Result<i64> {
    let seen = phone.messages();
    let its = seen.iter().rev().find(|one| one.text.contains(WORDS));
    Ok(its.context("a message of it")?.id)
}

/// The chats that got it as a new message since then.
fn asked_since(cluster: &Cluster, since: Instant) -> Result<BTreeSet<i64>> {
    let rings = |call: &&Call| {
        let fits = call.method == "sendMessage" && call.is_ok() && call.instant >= since;
        fits && call.text().is_some_and(|text| text.contains(WORDS))
    };
    let calls = cluster.paper.calls();
    let chats = calls.iter().filter(rings);
    chats.map(|call| call.chat().context("a chat")).collect()
}

/// Whoever has answered is neither asked again nor told of, whichever way he took.
async fn only_the_silent(
    cluster: &Cluster,
    crowd: &Crowd,
    back: Instant,
    findings: &mut Findings,
) -> Result<()> {
    let asked = asked_since(cluster, back)?;
    for way in WAYS.into_iter().filter(|way| *way != Way::Silence) {
        let again = of(crowd, &[way]);
        let again = again.iter().filter(|phone| asked.contains(&phone.id()));
        let again = again.count();
        findings.must(
            again == 0,
            format!("{again} were asked again after their answer ({way:?})"),
        );
    }
    let answered = cluster.count(ANSWERED).await?;
    let due = crowd.phones.len() - of(crowd, &[Way::Silence]).len();
    findings.must(
        answered == i64::try_from(due)?,
        format!("{due} have answered, {answered} answers were kept"),
    );
    let wrongly = cluster.count(WRONGLY).await?;
    findings.must(
        wrongly == 0,
        format!("{wrongly} were told of after their answer"),
    );
    Ok(())
}
