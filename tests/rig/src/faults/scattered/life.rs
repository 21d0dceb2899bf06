//! One agent's task, plainly: what he can do next, and what must be true of it afterwards.

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};

/// Where the talk about the task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Scheduled,
    /// Asked why he declines, or why he pauses.
    Declining,
    Pausing,
    /// Asked how it went; it was paused before, or not.
    Finishing,
    Declined,
    Running,
    Paused,
    /// And whether that was his last move.
    Done(bool),
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Presses what a card of this task carries.
    Press(&'static str),
    /// Says why.
    Reason,
    /// Taps that there is nothing to report.
    Clean,
    /// Writes several texts at once.
    Texts,
}

/// What must be true of a task, its history and its agent's part in it.
#[derive(Clone, Debug)]
pub struct Life {
    stage: Stage,
    /// How far he has got, see [`POSTS`].
    post: usize,
    released: bool,
    /// The states that the task went through, in order.
    pub history: Vec<&'static str>,
}

const POSTS: [&str; 4] = ["offered", "acknowledged", "en_route", "on_site"];

const ACKNOWLEDGE: Move = Move::Press("ack");
const EN_ROUTE: Move = Move::Press("go");
const ON_SITE: Move = Move::Press("at");
const START: Move = Move::Press("run");
const PAUSE: Move = Move::Press("hold");
const RESUME: Move = Move::Press("cont");
const FINISH: Move = Move::Press("end");
const UNDO: Move = Move::Press("undo");
const DECLINE: Move = Move::Press("no");

impl Life {
    /// A task that was offered and not begun.
    pub fn offered() -> Self {
        Self {
            stage: Stage::Scheduled,
            post: 0,
            released: false,
            history: Vec::new(),
        }
    }

    /// What the database must say of the task, and of his part in it.
    pub fn states(&self) -> (&'static str, &'static str) {
        let post = match self.stage {
            Stage::Declined => "declined",
            _ if self.released => "released",
            _ => POSTS[self.post],
        };
        (self.history.last().copied().unwrap_or("scheduled"), post)
    }

    /// One of the moves there are, and its consequences.
    pub fn goes_on(&mut self, lot: &mut StdRng) -> Move {
        let moves = self.moves();
        let chosen = moves.choose(lot).copied().unwrap_or(START);
        // A second thought: few decline, and most take a hasty end back.
        let chosen = match chosen {
            DECLINE if lot.random_ratio(2, 3) => START,
            UNDO if lot.random_ratio(1, 4) => START,
            chosen => chosen,
        };
        self.does(chosen);
        chosen
    }

    fn moves(&self) -> Vec<Move> {
        match self.stage {
            Stage::Scheduled => [self.forward(), vec![START, START, DECLINE]].concat(),
            Stage::Declining | Stage::Pausing => vec![Move::Reason],
            Stage::Finishing => vec![Move::Clean],
            // To start again is refused.
            Stage::Running => {
                let usual = vec![PAUSE, FINISH, Move::Texts, Move::Texts, START];
                [self.forward(), usual].concat()
            }
            Stage::Paused => vec![RESUME, RESUME, FINISH],
            Stage::Done(true) => vec![UNDO],
            Stage::Done(false) | Stage::Declined => vec![START],
        }
    }

    fn forward(&self) -> Vec<Move> {
        [ACKNOWLEDGE, EN_ROUTE, ON_SITE][self.post..].to_vec()
    }

    fn does(&mut self, chosen: Move) {
        let stage = self.stage;
        if stage == Stage::Done(true) {
            self.stage = Stage::Done(false);
        }
        match (stage, chosen) {
            (_, ACKNOWLEDGE) => self.post = 1,
            (_, EN_ROUTE) => self.post = 2,
            (_, ON_SITE) => self.post = 3,
            (Stage::Scheduled, DECLINE) => self.stage = Stage::Declining,
            (Stage::Declining, Move::Reason) => self.stage = Stage::Declined,
            (Stage::Scheduled, START) => {
                self.post = self.post.max(1);
                self.enters(Stage::Running, "in_progress");
            }
            (Stage::Running, PAUSE) => self.stage = Stage::Pausing,
            (Stage::Pausing, Move::Reason) => self.enters(Stage::Paused, "paused"),
            (Stage::Paused, RESUME) => self.enters(Stage::Running, "in_progress"),
            (Stage::Running | Stage::Paused, FINISH) => self.stage = Stage::Finishing,
            (Stage::Finishing, Move::Clean) => {
                self.released = true;
                self.enters(Stage::Done(true), "completed");
            }
            (Stage::Done(true), UNDO) => {
                self.released = false;
                self.enters(Stage::Running, "in_progress");
            }
            _ => {}
        }
    }

    fn enters(&mut self, stage: Stage, state: &'static str) {
        self.stage = stage;
        self.history.push(state);
    }
}
