//! Answers to button presses. Telegram wants one within seconds and shows a spinner until it comes.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use teloxide::{
    payloads::{AnswerCallbackQuery, AnswerCallbackQuerySetters},
    types::CallbackQueryId,
};

use crate::errands::Errands;

/// A press nobody answered by then gets an answer without words.
const LATEST: Duration = Duration::from_millis(1500);

/// The longest text Telegram shows, in characters.
const LONGEST: usize = 200;

/// Shows toasts; cheap to clone. A failed one changes nothing.
#[derive(Clone)]
pub struct Toasts {
    errands: Errands,
    open: Arc<Mutex<HashSet<CallbackQueryId>>>,
}

impl Toasts {
    pub(crate) fn new(errands: Errands) -> Self {
        Self {
            errands,
            open: Arc::default(),
        }
    }

    /// Answers a press at once, with words or without; `alert` asks for a window that has to be closed.
    /// Only the first answer counts.
    pub fn show(&self, query: &CallbackQueryId, text: Option<&str>, alert: bool) {
        if !self.close(query) {
            return;
        }
        let mut answer = AnswerCallbackQuery::new(query.clone()).show_alert(alert);
        answer.text = text.map(|text| text.chars().take(LONGEST).collect());
        self.errands.run(answer);
    }

    /// From now on somebody waits for an answer to this press, but not for long.
    pub(crate) fn expect(&self, query: CallbackQueryId) {
        self.lock().insert(query.clone());
        let toasts = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(LATEST).await;
            toasts.show(&query, None, false);
        });
    }

    fn close(&self, query: &CallbackQueryId) -> bool {
        self.lock().remove(query)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<CallbackQueryId>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
