//! The model's rules of who is on a task: creating, assigning, answering.

use chrono::TimeDelta;
use domain::{
    actor::Level,
    task::{AssignmentState as State, Status},
};

use super::{
    super::{
        command::{Says, What},
        people::CAST,
    },
    Model, Outcome, Trace,
    task::{Moment, Post, Span, Task, held, meet, window},
};

impl Model {
    pub(super) fn create(&mut self, by: usize, what: &What) -> Outcome {
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
            released_at: start,
            answer_within: TimeDelta::minutes(minutes),
        });
        let mut trace = Trace::of("task.create", "task_created");
        if !crew.is_empty() || lead.is_some() {
            trace.add(self.assign(by, self.tasks.len() - 1, (crew, *lead, *reason))?);
        }
        Ok(trace)
    }

    pub(super) fn assign(
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
        let now = self.now;
        let due = now + task.answer_within;
        let task = &mut self.tasks[id];
        for post in &mut task.posts {
            if held(post.state) && !crew.contains(&post.agent) {
                post.release(now);
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
                let_go: None,
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
    pub(super) fn claimed(&self, id: usize) -> Span {
        let task = &self.tasks[id];
        let (start, end) = task.window;
        if task.runs() {
            (start, end.max(self.at(1)))
        } else {
            (start, end)
        }
    }

    pub(super) fn refuse_busy(&self, agents: &[usize], span: Span, id: usize) -> Outcome<()> {
        let kept = agents.iter().find_map(|agent| self.kept(*agent, span, id));
        kept.map_or(Ok(()), Err)
    }

    pub(super) fn kept(&self, agent: usize, span: Span, id: usize) -> Option<&'static str> {
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

    pub(super) fn off_shift(&self, agent: usize, at: Moment) -> bool {
        let his = || self.shifts.iter().filter(|(one, _)| *one == agent);
        his().count() > 0 && !his().any(|(_, (from, to))| *from <= at && at < *to)
    }

    pub(super) fn answer(&mut self, by: usize, id: usize, says: Says) -> Outcome {
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

    pub(super) fn decline(&mut self, by: usize, id: usize, why: bool) -> Outcome {
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
}
