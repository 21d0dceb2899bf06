//! Tasks in every state, made by the people whose work it is.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use domain::{
    Actor, Store, Tx,
    actor::Channel,
    assignment::{self, Answer, Crew},
    geo::Point,
    task::{
        self, Place, Task,
        create::{NewTask, When},
        life::Step,
    },
    user,
};
use futures::future::BoxFuture;

use super::{
    cast::{Cast, Job},
    stage::Player,
};

/// One unit at work: who commands it and who works there.
pub struct Shop<'a> {
    pub store: &'a Store,
    pub cast: &'a Cast,
    pub unit_id: i64,
    pub chief: Actor,
    pub players: Vec<&'a Player>,
}

impl<'a> Shop<'a> {
    /// The unit with this number in the cast.
    pub async fn open(
        store: &'a Store,
        cast: &'a Cast,
        players: &'a [Player],
        unit: usize,
    ) -> Result<Self> {
        let chief = cast
            .officers
            .iter()
            .find(|officer| officer.level == 2 && officer.units.contains(&unit));
        let chief = chief.context("every unit of the cast has a supervisor")?;
        let chief = user::by_username(store, &chief.username)
            .await?
            .context("the supervisor has an account")?;
        let unit_id = chief.units.first().context("a supervisor has a unit")?.id;
        let chief = actor(store, chief.id, Channel::Api).await?;
        let players = players
            .iter()
            .filter(|player| player.part.unit == unit)
            .collect();
        Ok(Self {
            store,
            cast,
            unit_id,
            chief,
            players,
        })
    }

    /// A day's work, as far as it has got: something done, something running, something offered, something planned.
    pub async fn begin(&self, jobs: &[&Job]) -> Result<()> {
        let [done, running, offered, planned] = jobs else {
            return Ok(());
        };
        let [first, second, third, ..] = self.players[..] else {
            return Ok(());
        };
        self.done(done, &[first, second]).await?;
        self.running(running, &[first, second]).await?;
        self.create(offered, &[third], When::Now).await?;
        self.create(
            planned,
            &[],
            When::At(self.store.now() + TimeDelta::hours(3)),
        )
        .await?;
        Ok(())
    }

    /// Something that was called off, and something that waits.
    pub async fn interrupt(&self, job: &Job) -> Result<()> {
        let task = self
            .create(job, &[], When::At(self.store.now() + TimeDelta::hours(1)))
            .await?;
        let (chief, reason) = (self.chief.clone(), self.cast.cancel.clone());
        self.act(move |tx| {
            Box::pin(
                async move { task::life::cancel(tx, &chief, task.id, Step::because(reason)).await },
            )
        })
        .await
    }

    pub async fn create(&self, job: &Job, crew: &[&Player], planned_start: When) -> Result<Task> {
        let new = NewTask {
            title: job.title.clone(),
            kind: job.kind.clone(),
            priority: None,
            description: None,
            place: Some(Place {
                point: Some(Point {
                    lat: job.lat,
                    lon: job.lon,
                }),
                label: Some(job.label.clone()),
                accuracy_m: None,
            }),
            planned_start,
            planned_end: None,
            zone: None,
            unit_id: Some(self.unit_id),
            drill: false,
            crew: Crew {
                agent_ids: crew.iter().map(|player| player.agent_id).collect(),
                ..Crew::default()
            },
        };
        let chief = self.chief.clone();
        Ok(self
            .store
            .write(move |tx| Box::pin(async move { task::create::create(tx, &chief, new).await }))
            .await?)
    }

    async fn done(&self, job: &Job, crew: &[&Player]) -> Result<()> {
        let task = self.create(job, crew, When::Now).await?;
        let lead = self.lead(crew).await?;
        let (begun, ended) = (self.ago(75), self.ago(20));
        self.answers(task.id, crew, &[Answer::Acknowledge, Answer::OnSite])
            .await?;
        self.act(move |tx| {
            Box::pin(async move {
                task::life::start(tx, &lead, task.id, begun).await?;
                task::life::complete(tx, &lead, task.id, ended).await
            })
        })
        .await
    }

    async fn running(&self, job: &Job, crew: &[&Player]) -> Result<()> {
        let task = self.create(job, crew, When::Now).await?;
        let (lead, begun) = (self.lead(crew).await?, self.ago(25));
        self.answers(
            task.id,
            &crew[..1],
            &[Answer::Acknowledge, Answer::EnRoute, Answer::OnSite],
        )
        .await?;
        self.answers(task.id, &crew[1..], &[Answer::Acknowledge, Answer::EnRoute])
            .await?;
        self.act(move |tx| {
            Box::pin(async move { task::life::start(tx, &lead, task.id, begun).await })
        })
        .await
    }

    async fn answers(&self, task_id: i64, crew: &[&Player], answers: &[Answer]) -> Result<()> {
        for player in crew {
            let agent = actor(self.store, player.user_id, Channel::Bot).await?;
            for answer in answers.iter().cloned() {
                let agent = agent.clone();
                self.act(move |tx| {
                    Box::pin(async move { assignment::answer(tx, &agent, task_id, answer).await })
                })
                .await?;
            }
        }
        Ok(())
    }

    async fn lead(&self, crew: &[&Player]) -> Result<Actor> {
        actor(
            self.store,
            crew.first().context("a crew")?.user_id,
            Channel::Bot,
        )
        .await
    }

    fn ago(&self, minutes: i64) -> Step {
        Step {
            at: Some(self.store.now() - TimeDelta::minutes(minutes)),
            ..Step::default()
        }
    }

    async fn act<F>(&self, work: F) -> Result<()>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, domain::Result<Task>>
            + Clone
            + Send
            + 'static,
    {
        self.store.write(work).await?;
        Ok(())
    }
}

async fn actor(store: &Store, user_id: i64, channel: Channel) -> Result<Actor> {
    Actor::of_user(store, user_id, channel)
        .await?
        .context("an account of the demo is switched off")
}
