//! Overhears what is said to the databases: statements from SQLite's side, plans from PostgreSQL's.

use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

/// One thing that was overheard.
pub struct Heard {
    pub from: &'static str,
    pub text: String,
}

/// Where the driver tells which statements it runs.
pub const STATEMENT: &str = "sqlx::query";
/// Where it tells what PostgreSQL remarks: with `auto_explain`, the plan of every statement.
pub const NOTICE: &str = "sqlx::postgres::notice";

static HEARD: Mutex<Vec<Heard>> = Mutex::new(Vec::new());

/// Listens from now on, in the whole process: SQLite works on threads of its own.
pub fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let ear = tracing_subscriber::registry().with(Ear);
        tracing::subscriber::set_global_default(ear).expect("nobody else listens");
    });
}

/// What was heard since the last time.
pub fn heard() -> Vec<Heard> {
    std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Ear;

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let from = event.metadata().target();
        if from != STATEMENT && from != NOTICE {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        let text = if words.statement.is_empty() {
            words.said
        } else {
            words.statement
        };
        let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(Heard { from, text });
    }
}

#[derive(Default)]
struct Words {
    statement: String,
    /// A remark, or a statement of four words at most.
    said: String,
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "db.statement" => self.statement = value.trim().to_owned(),
            "summary" | "message" => self.said = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.said = format!("{value:?}");
        }
    }
}
