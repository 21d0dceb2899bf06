//! What people do, one word each.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    Actor, Result, Store,
    assignment::{self, Answer, Change, Crew},
    lease, leave, outbox, shift,
    task::{
        Task,
        create::{self, NewTask},
        edit::{self, TaskPatch},
        life::{self, Reopened, Step},
        load,
    },
    timer,
};

use super::World;

/// These agents and nobody named as lead.
pub fn crew(agents: &[&Actor]) -> Crew {
    Crew {
        agent_ids: agents.iter().filter_map(|one| one.agent_id).collect(),
        ..Crew::default()
    }
}

/// A patrol from now on.
pub fn patrol(agents: &[&Actor]) -> NewTask {
    NewTask {
        title: "Patrulla en el parque".into(),
        kind: "patrullaje".into(),
        crew: crew(agents),
        ..NewTask::default()
    }
}

/// Runs one function of the domain in a transaction of its own.
macro_rules! write {
    ($store:expr, $actor:expr, |$tx:ident, $who:ident| $call:expr) => {{
        let $who = $actor.clone();
        $store
            .write(move |$tx| Box::pin(async move { $call.await }))
            .await
    }};
}

pub async fn create(store: &Store, by: &Actor, new: NewTask) -> Result<Task> {
    write!(store, by, |tx, by| create::create(tx, &by, new))
}

/// Takes a task back, with a reason.
pub async fn cancel(store: &Store, by: &Actor, id: i64) -> Result<Task> {
    let step = Step::because("Ya no hace falta");
    write!(store, by, |tx, by| life::cancel(tx, &by, id, step))
}

impl World {
    pub async fn create(&self, by: &Actor, new: NewTask) -> Result<Task> {
        create(&self.store, by, new).await
    }

    /// A patrol of these agents from now on, created without trouble.
    pub async fn patrol(&self, by: &Actor, agents: &[&Actor]) -> Task {
        self.create(by, patrol(agents)).await.expect("created")
    }

    /// The same, begun by the first of them.
    pub async fn begun(&self, by: &Actor, agents: &[&Actor]) -> Task {
        let task = self.patrol(by, agents).await;
        self.start(agents[0], task.id, Step::default())
            .await
            .expect("begun")
    }

    pub async fn task(&self, by: &Actor, id: i64) -> Task {
        load::find(&self.store, by, id).await.expect("he sees it")
    }

    pub async fn assign(&self, by: &Actor, id: i64, crew: Crew) -> Result<Task> {
        write!(self.store, by, |tx, by| assignment::assign(
            tx, &by, id, crew
        ))
    }

    pub async fn change(&self, by: &Actor, id: i64, change: Change) -> Result<Task> {
        write!(self.store, by, |tx, by| assignment::change(
            tx, &by, id, change
        ))
    }

    pub async fn answer(&self, by: &Actor, id: i64, answer: Answer) -> Result<Task> {
        write!(self.store, by, |tx, by| assignment::answer(
            tx, &by, id, answer
        ))
    }

    pub async fn start(&self, by: &Actor, id: i64, step: Step) -> Result<Task> {
        write!(self.store, by, |tx, by| life::start(tx, &by, id, step))
    }

    pub async fn pause(&self, by: &Actor, id: i64, step: Step) -> Result<Task> {
        write!(self.store, by, |tx, by| life::pause(tx, &by, id, step))
    }

    pub async fn resume(&self, by: &Actor, id: i64, step: Step) -> Result<Task> {
        write!(self.store, by, |tx, by| life::resume(tx, &by, id, step))
    }

    pub async fn complete(&self, by: &Actor, id: i64, step: Step) -> Result<Task> {
        write!(self.store, by, |tx, by| life::complete(tx, &by, id, step))
    }

    pub async fn cancel(&self, by: &Actor, id: i64, step: Step) -> Result<Task> {
        write!(self.store, by, |tx, by| life::cancel(tx, &by, id, step))
    }

    pub async fn reopen(&self, by: &Actor, id: i64, step: Step) -> Result<Reopened> {
        write!(self.store, by, |tx, by| life::reopen(tx, &by, id, step))
    }

    pub async fn edit(&self, by: &Actor, id: i64, patch: TaskPatch) -> Result<Task> {
        write!(self.store, by, |tx, by| edit::edit(tx, &by, id, patch))
    }

    /// Leave that was asked for and approved.
    pub async fn leave(
        &self,
        boss: &Actor,
        agent_id: i64,
        (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<leave::Leave> {
        let new = leave::NewLeave {
            agent_id,
            starts_at,
            ends_at,
            ..leave::NewLeave::default()
        };
        write!(self.store, boss, |tx, boss| async move {
            let asked = leave::request(tx, &boss, new).await?;
            leave::decide(tx, &boss, asked.id, true, None).await
        })
    }

    pub async fn shift(
        &self,
        boss: &Actor,
        agent_id: i64,
        (starts_at, ends_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<shift::Shift> {
        let new = shift::NewShift {
            agent_id,
            starts_at,
            ends_at,
            ..shift::NewShift::default()
        };
        write!(self.store, boss, |tx, boss| shift::create(tx, &boss, new))
    }

    /// What the sender finds out about Telegram: away since then, or that it answers.
    pub async fn telegram_away(&self, since: Option<DateTime<Utc>>) {
        let span = Duration::from_secs(3600);
        let fence = lease::take(&self.store, "sender".into(), "us".into(), span).await;
        let fence = fence.expect("leases").expect("it is ours");
        let noted = outbox::note_away(&self.store, fence, since).await;
        noted.expect("noted");
    }

    /// Does all that is due, also what falls due by it; returns how much that was.
    pub async fn run_timers(&self) -> usize {
        let mut done = 0;
        loop {
            let due = timer::claim(&self.store, 50).await.expect("timers");
            if due.is_empty() {
                return done;
            }
            for claim in &due {
                timer::run(&self.store, claim).await.expect("it runs");
            }
            done += due.len();
        }
    }
}
