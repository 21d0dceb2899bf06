//! The model's rules of the life of a task, of changing it and of time that passes.

use chrono::TimeDelta;
use domain::{
    actor::Level,
    task::{AssignmentState as State, Status},
};

use super::{
    super::{
        command::{Change, Minutes},
        people::CAST,
    },
    Model, Outcome, Trace,
    task::{Moment, Post, stretched, window},
};

const UNDO: TimeDelta = TimeDelta::seconds(60);
const RINGS: i32 = 3;

impl Model {
    /// When it happened, if that can be.
    pub(super) fn moment(&self, at: Option<Minutes>, after: Option<Moment>) -> Outcome<Moment> {
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

    pub(super) fn begin(&mut self, by: usize, id: usize, at: Option<Minutes>) -> Outcome {
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

    pub(super) fn pause(
        &mut self,
        by: usize,
        id: usize,
        reason: bool,
        at: Option<Minutes>,
    ) -> Outcome {
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

    pub(super) fn resume(&mut self, by: usize, id: usize, at: Option<Minutes>) -> Outcome {
        let task = &self.tasks[id];
        if task.status != Status::Paused {
            return Err(task.ended_or_wrong());
        }
        if !task.leads(by) && !task.scope(by) {
            return Err("not allowed");
        }
        let at = self.moment(at, task.paused)?;
        let task = &mut self.tasks[id];
        let before = task.paused_seconds;
        task.end_pause(at);
        let longer = task.paused_seconds - before;
        task.window = stretched(task.window, task.planned.1, longer);
        task.status = Status::InProgress;
        Ok(Trace::step(Status::InProgress))
    }

    pub(super) fn complete(
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
        let (told, before) = (
            began.filter(|_| task.started.is_none()),
            task.paused_seconds,
        );
        task.started = began;
        task.counts &= began.is_some();
        task.completion_told = now;
        task.end(Status::Completed, by, (at, now));
        task.window = match told {
            Some(began) => window(began, task.planned.1),
            None => stretched(task.window, task.planned.1, task.paused_seconds - before),
        };
        Ok(Trace::step(Status::Completed))
    }

    pub(super) fn cancel(
        &mut self,
        by: usize,
        id: usize,
        reason: bool,
        at: Option<Minutes>,
    ) -> Outcome {
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
        let now = self.now;
        let task = &mut self.tasks[id];
        task.counts = false;
        task.end(Status::Cancelled, by, (at, now));
        Ok(Trace::step(Status::Cancelled))
    }

    pub(super) fn reopen(&mut self, by: usize, id: usize, reason: bool) -> Outcome {
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
        // Whoever gives no reason takes it back: it had never ended.
        let rested = task.ended.filter(|_| reason);
        let closed = rested.map_or(0, |ended| (self.now - ended).num_seconds().max(0));
        let paused = task.paused_seconds + closed;
        let span = window(began.unwrap_or(self.now), task.planned.1);
        let span = stretched(span, task.planned.1, paused);
        let until = span.1.max(self.at(1));
        let back: Vec<(usize, State, bool)> = task
            .former()
            .into_iter()
            .map(|(agent, state)| {
                let kept = self.kept(agent, (self.now, until), id).is_some();
                (agent, state, kept)
            })
            .collect();
        let due = self.now + task.answer_within;
        let lead_away = task.lead.is_some_and(|lead| {
            let mut leaves = self.leaves.iter().filter(|(one, _)| *one == lead);
            leaves.any(|(_, (from, until))| *from <= self.now && self.now < *until)
        });
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
            post.let_go = None;
            let asked = state == State::Offered && !post.unreachable && !post.escalated;
            post.due = asked.then_some(due);
        }
        task.led_again(lead_away);
        task.status = Status::InProgress;
        task.started = began;
        task.paused_seconds = paused;
        task.resumed = task.resumed.max(rested.map(|_| self.now));
        task.window = span;
        task.ended = None;
        task.ended_by = None;
        Ok(trace)
    }

    pub(super) fn edit(&mut self, by: usize, id: usize, change: Change, stale: bool) -> Outcome {
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
        let span = window(task.started.unwrap_or(start), end);
        task.window = stretched(span, end, task.paused_seconds);
        if change == Change::Urgent {
            let soon = TimeDelta::minutes(2);
            if task.answer_within > soon {
                let by = self.now + soon;
                for due in task.posts.iter_mut().filter_map(|post| post.due.as_mut()) {
                    *due = by.min(*due);
                }
            }
            task.answer_within = soon;
        }
        if matches!(change, Change::Start(_) | Change::End(_)) {
            let crew = self.tasks[id].crew();
            self.refuse_busy(&crew, self.claimed(id), id)?;
        }
        Ok(Trace::of("task.edit", "task_updated"))
    }

    /// Time passes and all that is due happens at its end.
    pub(super) fn wait(&mut self, seconds: i64) -> Trace {
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
