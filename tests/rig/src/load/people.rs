//! Agents with phones, each on a task of his own, so that whatever he writes is a report on it.

use anyhow::Result;
use domain::{
    Actor,
    actor::{Channel, Level},
    assignment::Crew,
    task::{create, life},
    unit, user,
};
use futures::{StreamExt, TryStreamExt, stream};
use telegram::Person;

use crate::cluster::Cluster;

/// The Telegram accounts begin here.
const FIRST_PHONE: i64 = 10_001;

/// Into so many units.
pub const UNITS: usize = 10;

/// How many are made at once.
const AT_ONCE: usize = 8;

/// One agent.
#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub user_id: i64,
    pub agent_id: i64,
    /// In progress or only offered, led by him.
    pub task_id: i64,
    pub phone: Person,
}

/// All agents of a row.
pub struct Force {
    pub members: Vec<Member>,
}

impl Force {
    /// Makes so many agents who know the bot and have a task in progress; every message about it has left.
    pub async fn hire(cluster: &Cluster, count: usize) -> Result<Self> {
        Self::with(cluster, count, true).await
    }

    /// The same, and the tasks are only offered.
    pub async fn ask(cluster: &Cluster, count: usize) -> Result<Self> {
        Self::with(cluster, count, false).await
    }

    /// How many messages of the bot there are in all chats.
    pub fn messages(&self) -> usize {
        let of = |member: &Member| {
            let seen = member.phone.messages();
            seen.iter().filter(|message| message.from_bot).count()
        };
        self.members.iter().map(of).sum()
    }

    async fn with(cluster: &Cluster, count: usize, begun: bool) -> Result<Self> {
        // The first of each unit make it.
        let first = stream::iter(0..count.min(UNITS)).then(|n| hire(cluster, n));
        let mut made: Vec<Member> = first.try_collect().await?;
        let others = stream::iter(UNITS..count).map(|n| hire(cluster, n));
        made.extend(
            others
                .buffer_unordered(AT_ONCE)
                .try_collect::<Vec<_>>()
                .await?,
        );
        // So many talks about consent are no part of any row.
        let link =
            "UPDATE users SET telegram_id = CAST(substr(username, 3) AS bigint) WHERE level = 1";
        cluster.execute(link).await?;
        let mut members: Vec<Member> = stream::iter(made)
            .map(|member| employ(cluster, member, begun))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        members.sort_by_key(|member| member.phone.id());
        Ok(Self { members })
    }
}

/// The unit that the member of this number is in.
pub fn unit_of(n: usize) -> String {
    format!("Comisaría {}", n % UNITS)
}

async fn hire(cluster: &Cluster, n: usize) -> Result<Member> {
    let phone = FIRST_PHONE + i64::try_from(n)?;
    let name = format!("Agente {phone}");
    let new = user::NewUser {
        units: vec![unit::Key::Name(unit_of(n))],
        badge: Some(phone.to_string()),
        lang: Some("es".into()),
        ..user::NewUser::named(format!("a.{phone}"), &name, Level::Agent)
    };
    let user = user::create(&cluster.store, &Actor::system(Channel::Cli), new).await?;
    let person = cluster.paper.person(phone, &name, "es");
    person.knows_the_bot();
    Ok(Member {
        name,
        user_id: user.id,
        agent_id: user.agent_id.unwrap_or_default(),
        task_id: 0,
        phone: person,
    })
}

async fn employ(cluster: &Cluster, member: Member, begun: bool) -> Result<Member> {
    let system = Actor::system(Channel::Cli);
    let crew = Crew {
        agent_ids: vec![member.agent_id],
        ..Crew::default()
    };
    let new = create::NewTask {
        title: format!("Recorrida de {}", member.name),
        kind: "patrullaje".into(),
        crew,
        ..Default::default()
    };
    let made = cluster.store.write(move |tx| {
        Box::pin(async move {
            let task = create::create(tx, &system, new).await?;
            if !begun {
                return Ok(task);
            }
            life::start(tx, &system, task.id, life::Step::default()).await
        })
    });
    let task_id = made.await?.id;
    Ok(Member { task_id, ..member })
}
