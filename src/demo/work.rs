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
        let (new, chief) = (self.new_task(job, crew, planned_start), self.chief.clone());
        Ok(self
            .store
            .write(move |tx| Box::pin(async move { task::create::create(tx, &chief, new).await }))
            .await?)
    }

    fn new_task(&self, job: &Job, crew: &[&Player], planned_start: When) -> NewTask {
        NewTask {
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
        }
    }

    async fn done(&self, job: &Job, crew: &[&Player]) -> Result<()> {
        self.begun(job, crew, 75, Some(20)).await?;
        Ok(())
    }

    async fn running(&self, job: &Job, crew: &[&Player]) -> Result<()> {
        let task = self.begun(job, crew, 25, None).await?;
        self.answers(
            task.id,
            &crew[..1],
            &[Answer::Acknowledge, Answer::EnRoute, Answer::OnSite],
        )
        .await?;
        self.answers(task.id, &crew[1..], &[Answer::Acknowledge, Answer::EnRoute])
            .await
    }

    /// A task that began so many minutes ago, a little later than planned, and may be over since some: all at once, so that
    /// nobody is told that it is late.
    async fn begun(
        &self,
        job: &Job,
        crew: &[&Player],
        minutes: i64,
        over: Option<i64>,
    ) -> Result<Task> {
        let planned = When::At(self.store.now() - TimeDelta::minutes(minutes + 5));
        let new = self.new_task(job, crew, planned);
        let (chief, lead) = (self.chief.clone(), self.lead(crew).await?);
        let (begun, over) = (self.ago(minutes), over.map(|minutes| self.ago(minutes)));
        let made = self.store.write(move |tx| {
            Box::pin(async move {
                let task = task::create::create(tx, &chief, new).await?;
                let task = task::life::start(tx, &lead, task.id, begun).await?;
                match over {
                    Some(over) => task::life::complete(tx, &lead, task.id, over).await,
                    None => Ok(task),
                }
            })
        });
        Ok(made.await?)
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
