//! `@bot PAT-2026-0042` in the text field of any chat: the tasks that the asker may see, each as a card to be posted there that
//! says neither what it is about nor where nor who. Answered at once and past the inbox: seconds later nobody waits for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    Result, Store,
    page::Window,
    task::{
        Task,
        list::{self, TaskFilter},
    },
};
use locales::Sentence;
use metrics::counter;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, time::Instant};

use crate::{client::Client, keyboards::WORDS, text, view::View};

/// How many questions are worked on at once; more get no answer.
const SLOTS: usize = 8;

/// How long the search and the call may take in all.
const PATIENCE: Duration = Duration::from_secs(3);

/// So many questions of one person are answered in so long: Telegram asks anew with every few letters.
const MOST: u32 = 20;
const WINDOW: Duration = Duration::from_secs(10);

/// The most tasks in one answer; Telegram takes 50.
const RESULTS: u64 = 10;

/// How long Telegram may give the same person the same answer, in seconds.
const CACHE: u32 = 5;

/// What somebody types behind the name of the bot.
pub(crate) struct Question {
    id: String,
    telegram_id: i64,
    words: String,
}

impl Question {
    /// What an update asks; nothing when it is another.
    pub fn of(update: &Value) -> Option<Self> {
        let query = update.get("inline_query")?;
        Some(Self {
            id: query["id"].as_str()?.to_owned(),
            telegram_id: query["from"]["id"].as_i64()?,
            words: query["query"].as_str()?.to_owned(),
        })
    }
}

/// Answers questions; cheap to clone.
#[derive(Clone)]
pub(crate) struct Inline {
    client: Arc<Client>,
    store: Store,
    slots: Arc<Semaphore>,
    asked: Arc<Mutex<Asked>>,
}

impl Inline {
    pub fn new(client: Arc<Client>, store: Store) -> Self {
        Self {
            client,
            store,
            slots: Arc::new(Semaphore::new(SLOTS)),
            asked: Arc::new(Mutex::new(Asked::since(Instant::now()))),
        }
    }

    /// Answers in the background, unless too much is asked.
    pub fn answer(&self, question: Question) {
        if self.is_too_often(question.telegram_id) {
            return count("left");
        }
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            return count("left");
        };
        let inline = self.clone();
        tokio::spawn(async move {
            let answered = tokio::time::timeout(PATIENCE, inline.try_answer(&question)).await;
            match answered.unwrap_or_else(|_| Err("it took too long".into())) {
                Ok(()) => count("handled"),
                Err(error) => {
                    tracing::debug!(error, "a question in a text field got no answer");
                    count("failed");
                }
            }
            drop(slot);
        });
    }

    fn is_too_often(&self, telegram_id: i64) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_too_often(telegram_id, Instant::now())
    }

    async fn try_answer(&self, question: &Question) -> Result<(), String> {
        let found = self.find(question).await;
        let results = found.map_err(|error| error.to_string())?;
        let body = json!({
            "inline_query_id": question.id,
            "results": results,
            "cache_time": CACHE,
            "is_personal": true,
        });
        let answer = self
            .client
            .ask::<IgnoredAny>("answerInlineQuery", &body, PATIENCE);
        answer.await.map(drop).map_err(|error| error.to_string())
    }

    /// Whoever is unknown or switched off finds nothing.
    async fn find(&self, question: &Question) -> Result<Vec<Value>> {
        let words = list::wanted_words(&question.words, WORDS);
        let view = View::of(&self.store, question.telegram_id).await?;
        let Some(reader) = view.reader.as_ref().filter(|_| !words.is_empty()) else {
            return Ok(Vec::new());
        };
        let filter = TaskFilter {
            text: Some(words),
            ..TaskFilter::default()
        };
        let page = list::list(&self.store, reader, filter, Window::first(RESULTS)).await?;
        Ok(page.items.iter().map(|task| result(&view, task)).collect())
    }
}

fn count(outcome: &'static str) {
    counter!("gad_telegram_updates_total", "kind" => "inline_query", "outcome" => outcome)
        .increment(1);
}

/// Who has asked how often since when.
struct Asked {
    since: Instant,
    times: HashMap<i64, u32>,
}

impl Asked {
    fn since(since: Instant) -> Self {
        let times = HashMap::new();
        Self { since, times }
    }

    /// Counts one more question.
    fn is_too_often(&mut self, telegram_id: i64, now: Instant) -> bool {
        if now.duration_since(self.since) >= WINDOW {
            *self = Self::since(now);
        }
        let times = self.times.entry(telegram_id).or_default();
        *times += 1;
        *times > MOST
    }
}

/// The title is for the asker; what is posted is read by everybody in that chat.
fn result(view: &View, task: &Task) -> Value {
    let title = Sentence::TasksButton {
        code: task.code.clone().into(),
        title: text::cut(&task.title, 60).into(),
    };
    json!({
        "type": "article",
        "id": task.id.to_string(),
        "title": view.say(&title),
        "description": state(view, task),
        "input_message_content": {
            "message_text": card(view, task),
            "link_preview_options": { "is_disabled": true },
        },
    })
}

fn card(view: &View, task: &Task) -> String {
    let head = Sentence::FindPosted {
        emoji: task.kind.emoji.clone().into(),
        code: task.code.clone().into(),
        kind: task.kind.label.clone().into(),
    };
    let drill = task.drill.then(|| view.say(&Sentence::TaskCardDrill));
    let lines = [Some(view.say(&head)), drill, Some(state(view, task))];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// How it stands, and since when.
fn state(view: &View, task: &Task) -> String {
    let at = task.ended_at.or(task.started_at).or(task.planned_start);
    view.say(&Sentence::FindState {
        status: text::status(task.status, view.lang).into(),
        time: view.clock(at.unwrap_or(task.created_at)).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_told_from_other_updates() {
        let asked = json!({ "id": "5", "from": { "id": 7 }, "query": "PAT-1", "offset": "" });
        let question = Question::of(&json!({ "update_id": 1, "inline_query": asked }));
        let question = question.expect("a question");
        assert_eq!((question.id.as_str(), question.telegram_id), ("5", 7));
        assert_eq!(question.words, "PAT-1");
        for other in [
            json!({ "update_id": 1, "message": asked }),
            json!({ "update_id": 1, "inline_query": { "from": { "id": 7 }, "query": "x" } }),
            json!({ "update_id": 1, "inline_query": [] }),
            json!(null),
        ] {
            assert!(Question::of(&other).is_none(), "{other}");
        }
    }

    #[test]
    fn whoever_asks_too_often_waits_and_nobody_else() {
        let start = Instant::now();
        let mut asked = Asked::since(start);
        for _ in 0..MOST {
            assert!(!asked.is_too_often(7, start));
        }
        assert!(asked.is_too_often(7, start));
        assert!(!asked.is_too_often(8, start));
        assert!(!asked.is_too_often(7, start + WINDOW));
    }
}
