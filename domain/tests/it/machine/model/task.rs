//! One task of the model, and what can be seen from it alone.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Level,
    task::{AssignmentState as State, Status},
};

use super::super::people::{AGENTS, CAST};

pub type Moment = DateTime<Utc>;
pub type Span = (Moment, Moment);

/// One agent on one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub agent: usize,
    pub state: State,
    pub due: Option<Moment>,
    pub rings: i32,
    pub escalated: bool,
    pub unreachable: bool,
    pub let_go: Option<Moment>,
}

impl Post {
    pub(super) fn release(&mut self, now: Moment) {
        self.state = State::Released;
        self.due = None;
        self.let_go = Some(now);
    }
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
    pub(super) creator: usize,
    pub(super) planned: (Moment, Option<Moment>),
    /// When the last pause was over.
    pub(super) resumed: Option<Moment>,
    pub(super) completion_told: Moment,
    /// Who was on it at the last end at which somebody was, and when that was.
    pub(super) released: Vec<(usize, State)>,
    pub(super) released_at: Moment,
    pub(super) answer_within: TimeDelta,
}

const USUAL: TimeDelta = TimeDelta::minutes(60);

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

pub(super) fn window(start: Moment, end: Option<Moment>) -> Span {
    (
        start,
        end.filter(|end| *end > start).unwrap_or(start + USUAL),
    )
}

/// The end of a window after pauses: what somebody named is by the clock.
pub(super) fn stretched((start, end): Span, planned_end: Option<Moment>, paused: i64) -> Span {
    match planned_end == Some(end) {
        true => (start, end),
        false => (start, end + TimeDelta::seconds(paused)),
    }
}

pub(super) fn meet(one: Span, other: Span) -> bool {
    one.0 < other.1 && other.0 < one.1
}

impl Task {
    pub fn is_open(&self) -> bool {
        !matches!(self.status, Status::Completed | Status::Cancelled)
    }

    pub(super) fn runs(&self) -> bool {
        matches!(self.status, Status::InProgress | Status::Paused)
    }

    pub fn on_it(&self, agent: usize) -> bool {
        self.posts
            .iter()
            .any(|post| post.agent == agent && held(post.state))
    }

    pub(super) fn crew(&self) -> Vec<usize> {
        (0..AGENTS).filter(|agent| self.on_it(*agent)).collect()
    }

    pub(super) fn scope(&self, who: usize) -> bool {
        match CAST[who].level {
            Level::Admin => true,
            Level::Supervisor => CAST[who].unit == self.unit,
            Level::Agent => false,
        }
    }

    pub(super) fn leads(&self, who: usize) -> bool {
        self.lead == Some(who)
    }

    pub(super) fn sees(&self, who: usize) -> bool {
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

    pub(super) fn first_linked(&self) -> Option<usize> {
        let mut crew = self.posts.iter().filter(|post| held(post.state));
        crew.find(|post| CAST[post.agent].linked)
            .map(|post| post.agent)
    }

    /// After a reopening: whoever led it goes on when he is back, or was never one of its people and is not away.
    pub(super) fn led_again(&mut self, away: bool) {
        let lead = self.lead.filter(|lead| {
            let was_on_it = self.posts.iter().any(|post| post.agent == *lead);
            self.on_it(*lead) || (!was_on_it && !away)
        });
        self.lead = lead.or(self.first_linked());
    }

    pub(super) fn ended_or_wrong(&self) -> &'static str {
        if self.status == Status::Completed {
            "already completed"
        } else {
            "wrong status"
        }
    }

    fn release_all(&mut self, now: Moment) {
        let held = self.posts.iter_mut().filter(|post| held(post.state));
        let released: Vec<(usize, State)> = held
            .map(|post| {
                let was = (post.agent, post.state);
                post.release(now);
                was
            })
            .collect();
        if !released.is_empty() {
            (self.released, self.released_at) = (released, now);
        }
    }

    /// Those of the last end who have not been on it since.
    pub(super) fn former(&self) -> Vec<(usize, State)> {
        let still = |agent| {
            self.posts.iter().any(|post| {
                post.agent == agent
                    && post.state == State::Released
                    && post.let_go == Some(self.released_at)
            })
        };
        let former = self.released.iter().filter(|(agent, _)| still(*agent));
        former.copied().collect()
    }

    pub(super) fn end_pause(&mut self, at: Moment) {
        if let Some(since) = self.paused.take() {
            self.paused_seconds += (at - since).num_seconds();
            self.resumed = Some(at);
        }
    }

    /// Offered counts as acknowledged; says whether that was news.
    pub(super) fn advance(&mut self, agent: usize, to: State) -> bool {
        let post = self.posts.iter_mut().find(|post| post.agent == agent);
        let Some(post) = post.filter(|post| rank(post.state) > 0 && rank(post.state) < rank(to))
        else {
            return false;
        };
        post.state = to;
        post.due = None;
        true
    }

    pub(super) fn end(&mut self, status: Status, by: usize, (at, now): (Moment, Moment)) {
        self.status = status;
        self.ended = Some(at);
        self.ended_by = Some(by);
        self.end_pause(at);
        self.release_all(now);
    }
}
