//! The rules once more, plainly, over values in memory: what is refused, and what becomes of the rest.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Level,
    task::{AssignmentState as State, Status},
};

use super::{
    command::{Change, Command, Minutes, Says, Verb, What},
    people::{AGENTS, CAST},
};
use crate::support::start;

type Moment = DateTime<Utc>;
type Span = (Moment, Moment);
pub type Outcome<T = Trace> = Result<T, &'static str>;

/// What an accepted command leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub audit: Vec<&'static str>,
    pub history: Vec<Status>,
    pub events: Vec<&'static str>,
    /// After a reopening: who could not come back.
    pub missing: Vec<&'static str>,
}

/// One agent on one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub agent: usize,
    pub state: State,
    pub due: Option<Moment>,
    pub rings: i32,
    pub escalated: bool,
    pub unreachable: bool,
}

#[derive(Clone, Debug)]
pub struct Task {
    pub status: Status,
    pub unit: usize,
    pub lead: Option<usize>,
    pub posts: Vec<Post>,
    pub window: Span,
    pub started: Option<Moment>,
    pub paused: Option<Moment>,
    pub paused_seconds: i64,
    pub ended: Option<Moment>,
    pub ended_by: Option<usize>,
    pub counts: bool,
    creator: usize,
    planned: (Moment, Option<Moment>),
    /// When the last pause was over.
    resumed: Option<Moment>,
    completion_told: Moment,
    released: Vec<(usize, State)>,
    answer_within: TimeDelta,
}

pub struct Model {
    pub now: Moment,
    pub tasks: Vec<Task>,
    leaves: Vec<(usize, Span)>,
    shifts: Vec<(usize, Span)>,
}

const UNDO: TimeDelta = TimeDelta::seconds(60);
const USUAL: TimeDelta = TimeDelta::minutes(60);
const RINGS: i32 = 3;

pub fn held(state: State) -> bool {
    !matches!(state, State::Declined | State::Released)
}

fn rank(state: State) -> u8 {
    match state {
        State::Declined | State::Released => 0,
        State::Offered => 1,
        State::Acknowledged => 2,
        State::EnRoute => 3,
        State::OnSite => 4,
    }
}

fn window(start: Moment, end: Option<Moment>) -> Span {
    (
        start,
        end.filter(|end| *end > start).unwrap_or(start + USUAL),
    )
}

fn meet(one: Span, other: Span) -> bool {
    one.0 < other.1 && other.0 < one.1
}

impl Task {
    pub fn is_open(&self) -> bool {
        !matches!(self.status, Status::Completed | Status::Cancelled)
    }

    fn runs(&self) -> bool {
        matches!(self.status, Status::InProgress | Status::Paused)
    }

    pub fn on_it(&self, agent: usize) -> bool {
        self.posts
            .iter()
            .any(|post| post.agent == agent && held(post.state))
    }

    fn crew(&self) -> Vec<usize> {
        (0..AGENTS).filter(|agent| self.on_it(*agent)).collect()
    }

    fn scope(&self, who: usize) -> bool {
        match CAST[who].level {
            Level::Admin => true,
            Level::Supervisor => CAST[who].unit == self.unit,
            Level::Agent => false,
        }
    }

    fn leads(&self, who: usize) -> bool {
        self.lead == Some(who)
    }

    fn sees(&self, who: usize) -> bool {
        let was_on_it = self
            .posts
            .iter()
            .any(|post| post.agent == who && post.state != State::Declined);
        let supervises_some = CAST[who].level == Level::Supervisor
            && self
                .crew()
                .iter()
                .any(|one| CAST[*one].unit == CAST[who].unit);
        self.scope(who) || self.leads(who) || was_on_it || self.creator == who || supervises_some
    }

    fn first_linked(&self) -> Option<usize> {
        let mut crew = self.posts.iter().filter(|post| held(post.state));
        crew.find(|post| CAST[post.agent].linked)
            .map(|post| post.agent)
    }

    fn ended_or_wrong(&self) -> &'static str {
        if self.status == Status::Completed {
            "already completed"
        } else {
            "wrong status"
        }
    }

    fn release_all(&mut self) {
        let held = self.posts.iter_mut().filter(|post| held(post.state));
        self.released = held
            .map(|post| {
                let was = (post.agent, post.state);
                post.state = State::Released;
                post.due = None;
                was
            })
            .collect();
    }

    fn end_pause(&mut self, at: Moment) {
        if let Some(since) = self.paused.take() {
            self.paused_seconds += (at - since).num_seconds();
            self.resumed = Some(at);
        }
    }

    /// Offered counts as acknowledged; says whether that was news.
    fn advance(&mut self, agent: usize, to: State) -> bool {
        let post = self.posts.iter_mut().find(|post| post.agent == agent);
        let Some(post) = post.filter(|post| rank(post.state) > 0 && rank(post.state) < rank(to))
        else {
            return false;
        };
        post.state = to;
        post.due = None;
        true
    }
}

impl Model {
    pub fn new() -> Self {
        Self {
            now: start(),
            tasks: Vec::new(),
            leaves: Vec::new(),
            shifts: Vec::new(),
        }
    }

    fn at(&self, minutes: Minutes) -> Moment {
        self.now + TimeDelta::minutes(minutes)
    }

    /// Predicts a command; what is refused changes nothing.
    pub fn run(&mut self, command: &Command) -> Outcome {
        let before = self.tasks.clone();
        let outcome = self.try_it(command);
        if outcome.is_err() {
            self.tasks = before;
        }
        outcome
    }

    fn try_it(&mut self, Command { by, what }: &Command) -> Outcome {
        match what {
            What::Create { .. } => self.create(*by, what),
            What::Assign {
                task,
                crew,
                lead,
                reason,
            } => {
                let seen = &self.tasks[*task];
                if !seen.sees(*by) {
                    return Err("not found");
                }
                self.assign(*by, *task, (crew, *lead, *reason))
            }
            What::Answer { task, says } => self.answer(*by, *task, *says),
            What::Step {
                task,
                verb,
                reason,
                at,
                began,
            } => {
                if !self.tasks[*task].sees(*by) {
                    return Err("not found");
                }
                match verb {
                    Verb::Start => self.begin(*by, *task, *at),
                    Verb::Pause => self.pause(*by, *task, *reason, *at),
                    Verb::Resume => self.resume(*by, *task, *at),
                    Verb::Complete => self.complete(*by, *task, *reason, (*at, *began)),
                    Verb::Cancel => self.cancel(*by, *task, *reason, *at),
                    Verb::Reopen => self.reopen(*by, *task, *reason),
                }
            }
            What::Edit {
                task,
                change,
                stale,
            } => self.edit(*by, *task, *change, *stale),
            What::Wait { seconds } => Ok(self.wait(*seconds)),
            What::Leave {
                agent,
                from,
                length,
            } => {
                let span = (self.at(*from), self.at(from + length));
                self.leaves.push((*agent, span));
                Ok(Trace::audited(&["leave.request", "leave.decide"]))
            }
            What::Shift {
                agent,
                from,
                length,
            } => {
                let span = (self.at(*from), self.at(from + length));
                let mut others = self.shifts.iter().filter(|(one, _)| one == agent);
                if others.any(|(_, other)| meet(*other, span)) {
                    return Err("taken");
                }
                self.shifts.push((*agent, span));
                Ok(Trace::audited(&["shift.create"]))
            }
        }
    }

    fn create(&mut self, by: usize, what: &What) -> Outcome {
        let What::Create {
            crew,
            lead,
            start,
            length,
            critical,
            reason,
        } = what
        else {
            unreachable!("only creations come here");
        };
        if CAST[by].level < Level::Supervisor {
            return Err("not allowed");
        }
        let start = self.at(*start);
        let end = length.map(|length| start + TimeDelta::minutes(length));
        if end.is_some_and(|end| end <= start) {
            return Err("invalid");
        }
        let linked = crew.iter().find(|agent| CAST[**agent].linked);
        let leads = lead.or(linked.or(crew.first()).copied());
        let minutes = if *critical { 1 } else { 15 };
        self.tasks.push(Task {
            status: Status::Scheduled,
            unit: CAST[leads.unwrap_or(by)].unit,
            lead: None,
            posts: Vec::new(),
            window: window(start, end),
            started: None,
            paused: None,
            paused_seconds: 0,
            ended: None,
            ended_by: None,
            counts: true,
            creator: by,
            planned: (start, end),
            resumed: None,
            completion_told: start,
            released: Vec::new(),
            answer_within: TimeDelta::minutes(minutes),
        });
        let mut trace = Trace::of("task.create", "task_created");
        if !crew.is_empty() || lead.is_some() {
            trace.add(self.assign(by, self.tasks.len() - 1, (crew, *lead, *reason))?);
        }
        Ok(trace)
    }

    fn assign(
        &mut self,
        by: usize,
        id: usize,
        (crew, lead, reason): (&[usize], Option<usize>, bool),
    ) -> Outcome {
        let task = &self.tasks[id];
        let his = task.creator == by && CAST[by].level >= Level::Supervisor;
        if !task.scope(by) && !his {
            return Err("not allowed");
        }
        if !task.is_open() {
            return Err("wrong status");
        }
        let fresh: Vec<usize> = crew
            .iter()
            .copied()
            .filter(|one| !task.on_it(*one))
            .collect();
        let span = self.claimed(id);
        self.refuse_busy(&fresh, span, id)?;
        if !reason && fresh.iter().any(|agent| self.off_shift(*agent, span.0)) {
            return Err("soft");
        }
        let due = self.now + task.answer_within;
        let task = &mut self.tasks[id];
        for post in &mut task.posts {
            if held(post.state) && !crew.contains(&post.agent) {
                post.state = State::Released;
                post.due = None;
            }
        }
        for agent in fresh {
            let linked = CAST[agent].linked;
            let post = Post {
                agent,
                state: State::Offered,
                due: linked.then_some(due),
                rings: 0,
                escalated: false,
                unreachable: !linked,
            };
            match task.posts.iter_mut().find(|post| post.agent == agent) {
                Some(before) => *before = post,
                None => task.posts.push(post),
            }
        }
        let stays = task.lead.filter(|lead| crew.contains(lead));
        task.lead = lead.or(stays).or(task.first_linked());
        Ok(Trace::of("task.assign", "task_assigned"))
    }

    /// What a task claims of its people: one that runs late, them as long as it runs.
    fn claimed(&self, id: usize) -> Span {
        let task = &self.tasks[id];
        let (start, end) = task.window;
        if task.runs() {
            (start, end.max(self.at(1)))
        } else {
            (start, end)
        }
    }

    fn refuse_busy(&self, agents: &[usize], span: Span, id: usize) -> Outcome<()> {
        let kept = agents.iter().find_map(|agent| self.kept(*agent, span, id));
        kept.map_or(Ok(()), Err)
    }

    fn kept(&self, agent: usize, span: Span, id: usize) -> Option<&'static str> {
        let mut leaves = self.leaves.iter().filter(|(one, _)| *one == agent);
        if leaves.any(|(_, leave)| meet(*leave, span)) {
            return Some("on leave");
        }
        let mut others = self.tasks.iter().enumerate().filter(|(other, task)| {
            let late = task.runs() && span.0 <= self.now && task.window.0 < span.1;
            *other != id && task.is_open() && task.on_it(agent) && (meet(task.window, span) || late)
        });
        others.next().map(|_| "overlap")
    }

    fn off_shift(&self, agent: usize, at: Moment) -> bool {
        let his = || self.shifts.iter().filter(|(one, _)| *one == agent);
        his().count() > 0 && !his().any(|(_, (from, to))| *from <= at && at < *to)
    }

    fn answer(&mut self, by: usize, id: usize, says: Says) -> Outcome {
        let task = &mut self.tasks[id];
        let Some(was) = task.posts.iter().find(|post| post.agent == by) else {
            return Err(if task.sees(by) {
                "not assigned"
            } else {
                "not found"
            });
        };
        let was = was.state;
        if !task.is_open() {
            return Err("wrong status");
        }
        let to = match says {
            Says::Decline { why } => return self.decline(by, id, why),
            Says::Acknowledge => State::Acknowledged,
            Says::EnRoute => State::EnRoute,
            Says::OnSite => State::OnSite,
        };
        if !held(was) {
            return Err("not assigned");
        }
        if !task.advance(by, to) {
            return Ok(Trace::default());
        }
        let event = if was == State::Offered {
            "assignment_acknowledged"
        } else {
            "task_updated"
        };
        Ok(Trace::of("assignment.advance", event))
    }

    fn decline(&mut self, by: usize, id: usize, why: bool) -> Outcome {
        let task = &mut self.tasks[id];
        let post = task.posts.iter_mut().find(|post| post.agent == by);
        let post = post.expect("the caller looked");
        match post.state {
            State::Declined => return Ok(Trace::default()),
            State::Released => return Err("not assigned"),
            _ if !why => return Err("needs reason"),
            _ => {}
        }
        let mut trace = Trace::of("assignment.decline", "assignment_declined");
        if post.state != State::Offered {
            trace.events.push("task_updated");
        }
        post.state = State::Declined;
        post.due = None;
        if task.leads(by) {
            task.lead = task.first_linked();
        }
        Ok(trace)
    }

    /// When it happened, if that can be.
    fn moment(&self, at: Option<Minutes>, after: Option<Moment>) -> Outcome<Moment> {
        let moment = self.at(at.unwrap_or(0));
        if moment > self.at(2) {
            return Err("invalid");
        }
        match after {
            Some(after) if moment < after && at.is_none() => Ok(after),
            Some(after) if moment < after => Err("time order"),
            _ => Ok(moment),
        }
    }

    fn begin(&mut self, by: usize, id: usize, at: Option<Minutes>) -> Outcome {
        let at = self.moment(at, None);
        let task = &mut self.tasks[id];
        if task.status != Status::Scheduled {
            return Err(task.ended_or_wrong());
        }
        if !task.leads(by) && !task.scope(by) {
            return Err("not allowed");
        }
        let mut trace = Trace::default();
        let offered = |post: &Post| post.agent == by && post.state == State::Offered;
        if task.posts.iter().any(offered) {
            task.advance(by, State::Acknowledged);
            trace.add(Trace::of("assignment.advance", "assignment_acknowledged"));
        }
        let lead = task.lead.or(task.first_linked());
        task.lead = Some(
            lead.filter(|lead| CAST[*lead].linked)
                .ok_or("no linked lead")?,
        );
        let at = at?;
        task.started = Some(at);
        task.window = window(at, task.planned.1);
        task.status = Status::InProgress;
        trace.add(Trace::step(Status::InProgress));
        Ok(trace)
    }

    fn pause(&mut self, by: usize, id: usize, reason: bool, at: Option<Minutes>) -> Outcome {
        let task = &self.tasks[id];
        if task.status != Status::InProgress {
            return Err(task.ended_or_wrong());
        }
        if !task.leads(by) && !task.scope(by) {
            return Err("not allowed");
        }
        if !reason {
            return Err("needs reason");
        }
        let at = self.moment(at, task.started.max(task.resumed))?;
        let task = &mut self.tasks[id];
        task.paused = Some(at);
        task.status = Status::Paused;
        Ok(Trace::step(Status::Paused))
    }

    fn resume(&mut self, by: usize, id: usize, at: Option<Minutes>) -> Outcome {
        let task = &self.tasks[id];
        if task.status != Status::Paused {
            return Err(task.ended_or_wrong());
        }
        if !task.leads(by) && !task.scope(by) {
            return Err("not allowed");
        }
        let at = self.moment(at, task.paused)?;
        let task = &mut self.tasks[id];
        task.end_pause(at);
        task.status = Status::InProgress;
        Ok(Trace::step(Status::InProgress))
    }

    fn complete(
        &mut self,
        by: usize,
        id: usize,
        reason: bool,
        (at, began): (Option<Minutes>, Option<Minutes>),
    ) -> Outcome {
        let task = &self.tasks[id];
        if !task.is_open() {
            return Err(task.ended_or_wrong());
        }
        if !task.leads(by) && !task.scope(by) {
            return Err("not lead");
        }
        if !task.leads(by) && !reason {
            return Err("needs reason");
        }
        let began = match (task.started, began) {
            (Some(started), _) => Some(started),
            (None, Some(minutes)) => Some(self.moment(Some(minutes), None)?),
            (None, None) => None,
        };
        let at = self.moment(at, began.max(task.paused).max(task.resumed))?;
        let now = self.now;
        let task = &mut self.tasks[id];
        task.started = began;
        task.counts &= began.is_some();
        task.completion_told = now;
        task.end(Status::Completed, by, at);
        Ok(Trace::step(Status::Completed))
    }

    fn cancel(&mut self, by: usize, id: usize, reason: bool, at: Option<Minutes>) -> Outcome {
        let task = &self.tasks[id];
        if !task.is_open() {
            return Err(task.ended_or_wrong());
        }
        if !task.scope(by) && task.creator != by {
            return Err("not allowed");
        }
        if !reason {
            return Err("needs reason");
        }
        let at = self.moment(at, task.started.max(task.paused).max(task.resumed))?;
        let task = &mut self.tasks[id];
        task.counts = false;
        task.end(Status::Cancelled, by, at);
        Ok(Trace::step(Status::Cancelled))
    }

    fn reopen(&mut self, by: usize, id: usize, reason: bool) -> Outcome {
        let task = &self.tasks[id];
        if task.status != Status::Completed {
            return Err(task.ended_or_wrong());
        }
        let his = task.ended_by == Some(by);
        if !his || self.now - task.completion_told >= UNDO {
            match task.scope(by) {
                true if reason => {}
                true => return Err("needs reason"),
                false if his => return Err("undo over"),
                false => return Err("not allowed"),
            }
        }
        let began = task.started.or(task.ended);
        let span = window(began.unwrap_or(self.now), task.planned.1);
        let until = span.1.max(self.at(1));
        let back: Vec<(usize, State, bool)> = task
            .released
            .iter()
            .map(|(agent, state)| {
                let kept = self.kept(*agent, (self.now, until), id).is_some();
                (*agent, *state, kept)
            })
            .collect();
        let due = self.now + task.answer_within;
        let task = &mut self.tasks[id];
        let mut trace = Trace::step(Status::InProgress);
        for (agent, state, kept) in back {
            if kept {
                trace.missing.push(CAST[agent].name);
                continue;
            }
            let post = task.posts.iter_mut().find(|post| post.agent == agent);
            let post = post.expect("whoever was released has a post");
            post.state = state;
            let asked = state == State::Offered && !post.unreachable && !post.escalated;
            post.due = asked.then_some(due);
        }
        task.status = Status::InProgress;
        task.started = began;
        task.window = span;
        task.ended = None;
        task.ended_by = None;
        Ok(trace)
    }

    fn edit(&mut self, by: usize, id: usize, change: Change, stale: bool) -> Outcome {
        let task = &self.tasks[id];
        let his = task.creator == by && CAST[by].level >= Level::Supervisor;
        match (task.sees(by), task.scope(by) || his) {
            (false, _) => return Err("not found"),
            (true, false) => return Err("not allowed"),
            _ if stale => return Err("stale"),
            _ if !task.is_open() => return Err("wrong status"),
            _ => {}
        }
        let (mut start, mut end) = task.planned;
        match change {
            Change::Start(minutes) => start = self.at(minutes),
            Change::End(minutes) => end = minutes.map(|minutes| self.at(minutes)),
            Change::Title | Change::Urgent => {}
        }
        if end.is_some_and(|end| end <= start) {
            return Err("invalid");
        }
        let task = &mut self.tasks[id];
        task.planned = (start, end);
        task.window = window(task.started.unwrap_or(start), end);
        if change == Change::Urgent {
            task.answer_within = TimeDelta::minutes(2);
        }
        if matches!(change, Change::Start(_) | Change::End(_)) {
            let crew = self.tasks[id].crew();
            self.refuse_busy(&crew, self.claimed(id), id)?;
        }
        Ok(Trace::of("task.edit", "task_updated"))
    }

    /// Time passes and all that is due happens at its end.
    fn wait(&mut self, seconds: i64) -> Trace {
        self.now += TimeDelta::seconds(seconds);
        let mut trace = Trace::default();
        for task in self.tasks.iter_mut().filter(|task| task.is_open()) {
            let within = task.answer_within;
            for post in &mut task.posts {
                if post.due.is_none_or(|due| due > self.now) {
                    continue;
                }
                if post.rings + 1 < RINGS {
                    post.rings += 1;
                    post.due = Some(self.now + within);
                } else {
                    post.due = None;
                    post.escalated = true;
                    trace.events.push("task_updated");
                }
            }
        }
        trace
    }
}

impl Task {
    fn end(&mut self, status: Status, by: usize, at: Moment) {
        self.status = status;
        self.ended = Some(at);
        self.ended_by = Some(by);
        self.end_pause(at);
        self.release_all();
    }
}

impl Trace {
    fn of(audit: &'static str, event: &'static str) -> Self {
        Self {
            audit: vec![audit],
            events: vec![event],
            ..Self::default()
        }
    }

    fn audited(audit: &[&'static str]) -> Self {
        Self {
            audit: audit.to_vec(),
            ..Self::default()
        }
    }

    fn step(to: Status) -> Self {
        Self {
            history: vec![to],
            ..Self::of("task.status", "task_status_changed")
        }
    }

    fn add(&mut self, more: Self) {
        self.audit.extend(more.audit);
        self.history.extend(more.history);
        self.events.extend(more.events);
        self.missing.extend(more.missing);
    }
}
