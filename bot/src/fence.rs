//! Around the whole tree: a handler that panics, fails or hangs hurts only its update.

use std::{collections::BTreeMap, ops::ControlFlow, panic::Location, sync::Arc, time::Duration};

use domain::{Store, inbox};
use dptree::{HandlerSignature, Type, di::DependencyMap};
use metrics::{counter, histogram};
use teloxide::{
    dispatching::UpdateHandler,
    types::{Update, UpdateKind},
};

use crate::{
    errors::HandlerError,
    inflight::{InFlight, InboxId, Marked},
    receive::label,
    toasts::Toasts,
};

/// How long a handler may take.
const LIMIT: Duration = Duration::from_secs(30);

/// The pause while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// Tries to record how an update ended; after that its claim runs out by itself.
const RECORD_TRIES: u32 = 30;

type Walked = ControlFlow<Result<(), HandlerError>, DependencyMap>;

/// How the handling of one update ended.
enum Ended {
    Handled,
    /// No branch of the tree wanted it.
    Ignored,
    Failed(String),
    /// The database was away: not the update's fault.
    Away(String),
}

/// What the fence needs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Fence {
    pub store: Store,
    pub inflight: InFlight,
    pub toasts: Toasts,
}

/// The tree inside the fence.
pub(crate) fn around(
    tree: UpdateHandler<HandlerError>,
    fence: Fence,
) -> UpdateHandler<HandlerError> {
    let fence = Arc::new(fence);
    let root: UpdateHandler<HandlerError> = dptree::from_fn(
        move |deps, tree| {
            let fence = Arc::clone(&fence);
            async move {
                fence.walk(deps, tree).await;
                ControlFlow::Break(Ok(()))
            }
        },
        passes(),
    );
    root.chain(tree)
}

fn passes() -> HandlerSignature {
    HandlerSignature::Other {
        obligations: BTreeMap::from([(Type::of::<Update>(), Location::caller())]),
        guaranteed_outcomes: [Type::of::<InboxId>(), Type::of::<Marked>()].into(),
        conditional_outcomes: [].into(),
        continues: true,
    }
}

impl Fence {
    async fn walk(
        &self,
        mut deps: DependencyMap,
        tree: dptree::Cont<'static, Result<(), HandlerError>>,
    ) {
        let update: Arc<Update> = deps.get();
        let Some(claim) = self.inflight.claim(update.id) else {
            tracing::error!(
                update.id = update.id.0,
                "an update came that nobody claimed"
            );
            return;
        };
        deps.insert(InboxId(claim.id));
        let marked = Marked::default();
        deps.insert(marked.clone());
        let query = press(&update);
        if let Some(query) = &query {
            self.toasts.expect(query.clone());
        }
        let walk = tokio::spawn(tokio::time::timeout(LIMIT, tree(deps)));
        let ended = judge(walk.await);
        if let Some(query) = &query {
            self.toasts.show(query, None, false);
        }
        // Nearly always: then there is nothing left to record.
        if marked.is_set() && matches!(ended, Ended::Handled) {
            self.count(&claim, "handled");
        } else {
            self.record(&claim, ended).await;
        }
        self.inflight.land(update.id);
    }

    /// Records the end of an update, however often it takes while the database is away.
    async fn record(&self, claim: &inbox::Claim, ended: Ended) {
        for _ in 0..RECORD_TRIES {
            match self.write_down(claim, &ended).await {
                Ok(outcome) => return self.count(claim, outcome),
                Err(error) => {
                    tracing::warn!(inbox.id = claim.id, %error, "the end of an update cannot be recorded yet");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn write_down(
        &self,
        claim: &inbox::Claim,
        ended: &Ended,
    ) -> domain::Result<&'static str> {
        match ended {
            Ended::Handled => inbox::ensure_done(&self.store, claim.id)
                .await
                .map(|()| "handled"),
            Ended::Ignored => inbox::ensure_done(&self.store, claim.id)
                .await
                .map(|()| "ignored"),
            Ended::Away(error) => {
                tracing::warn!(
                    inbox.id = claim.id,
                    error,
                    "the database was away; the update is tried again"
                );
                inbox::give_back(&self.store, claim.id)
                    .await
                    .map(|()| "away")
            }
            Ended::Failed(error) => {
                let dead = inbox::failed(&self.store, claim.id, error.clone()).await?;
                tracing::error!(
                    inbox.id = claim.id,
                    update.kind = claim.kind,
                    error,
                    dead,
                    "an update failed"
                );
                Ok(if dead { "dead" } else { "failed" })
            }
        }
    }

    fn count(&self, claim: &inbox::Claim, outcome: &'static str) {
        let took = (self.store.now() - claim.received_at).as_seconds_f64();
        counter!("gad_telegram_updates_total", "kind" => label(&claim.kind), "outcome" => outcome)
            .increment(1);
        histogram!("gad_telegram_update_seconds").record(took.max(0.0));
    }
}

fn press(update: &Update) -> Option<teloxide::types::CallbackQueryId> {
    match &update.kind {
        UpdateKind::CallbackQuery(query) => Some(query.id.clone()),
        _ => None,
    }
}

type Walk = Result<Result<Walked, tokio::time::error::Elapsed>, tokio::task::JoinError>;

fn judge(walk: Walk) -> Ended {
    match walk {
        Ok(Ok(ControlFlow::Break(Ok(())))) => Ended::Handled,
        Ok(Ok(ControlFlow::Continue(_))) => Ended::Ignored,
        Ok(Ok(ControlFlow::Break(Err(error)))) if error.is_away() => Ended::Away(error.to_string()),
        Ok(Ok(ControlFlow::Break(Err(error)))) => Ended::Failed(error.to_string()),
        Ok(Err(_)) => Ended::Failed(format!("the handler took longer than {LIMIT:?}")),
        Err(error) => Ended::Failed(reason(error)),
    }
}

fn reason(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "the handler was cancelled".into();
    };
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the handler panicked: {}", text.unwrap_or("without words"))
}
