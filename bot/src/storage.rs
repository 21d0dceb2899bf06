//! The dialogue storage of teloxide, over our database. It only reads: steps are written by the domain's transactions.

use std::{
    collections::BTreeMap,
    ops::{ControlFlow, RangeInclusive},
    panic::Location,
    sync::Arc,
};

use chrono::{DateTime, Utc};
use domain::{Store, dialogue};
use dptree::{HandlerSignature, Type, di::DependencyMap};
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use teloxide::{
    dispatching::{UpdateHandler, dialogue::Storage},
    types::{ChatId, Update},
};

use crate::errors::HandlerError;

/// The step of a dialogue as this release reads it.
pub trait Step: DeserializeOwned + Default + Clone + Send + Sync + 'static {
    /// The forms of a stored state that this release reads.
    const FORMS: RangeInclusive<i32>;

    /// Stands for a step that another release stored in a form this one cannot read.
    fn outdated() -> Self;

    /// What is left of it by now: nobody comes back to a step for ever.
    fn aged(self, now: DateTime<Utc>) -> Self;
}

/// Reads the step a chat is in.
#[derive(Clone)]
pub struct DialogueStorage {
    store: Store,
}

/// Why a step could not be read, or must not be written here.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error(transparent)]
    Domain(#[from] domain::Error),
    #[error("steps are written by the domain's transactions")]
    ReadOnly,
}

impl DialogueStorage {
    pub fn new(store: Store) -> Arc<Self> {
        Arc::new(Self { store })
    }

    /// The step of this chat, when it is in one.
    pub async fn step<D: Step>(&self, chat: ChatId) -> Result<Option<D>, domain::Error> {
        let saved = dialogue::find(&self.store, chat.0).await?;
        Ok(saved.map(|saved| read(saved, self.store.now())))
    }
}

/// A stored step as it stands now.
pub fn read<D: Step>(saved: dialogue::Saved, now: DateTime<Utc>) -> D {
    if !D::FORMS.contains(&saved.version) {
        return D::outdated();
    }
    match serde_json::from_value::<D>(saved.state) {
        Ok(step) => step.aged(now),
        Err(error) => {
            tracing::warn!(dialogue.name = saved.name, %error, "a stored step cannot be read");
            D::outdated()
        }
    }
}

/// Passes the step of the chat to what follows, as `enter_dialogue` does. But when the database is away the update
/// fails and is tried again, where teloxide's own goes on to the next branch as if there were no dialogue.
pub fn enter<D: Step>() -> UpdateHandler<HandlerError> {
    dptree::from_fn(
        |mut deps: DependencyMap, next: dptree::Cont<'static, Result<(), HandlerError>>| async move {
            let update: Arc<Update> = deps.get();
            let storage: Arc<DialogueStorage> = deps.get::<Arc<DialogueStorage>>().as_ref().clone();
            let step = match update.chat() {
                Some(chat) => storage.step::<D>(chat.id).await,
                None => Ok(None),
            };
            match step {
                Ok(step) => {
                    deps.insert(step.unwrap_or_default());
                    next(deps).await
                }
                Err(error) => ControlFlow::Break(Err(error.into())),
            }
        },
        passes::<D>(),
    )
}

fn passes<D: Step>() -> HandlerSignature {
    let here = Location::caller();
    HandlerSignature::Other {
        obligations: BTreeMap::from([
            (Type::of::<Update>(), here),
            (Type::of::<Arc<DialogueStorage>>(), here),
        ]),
        guaranteed_outcomes: [Type::of::<D>()].into(),
        conditional_outcomes: [].into(),
        continues: true,
    }
}

impl<D: Step> Storage<D> for DialogueStorage {
    type Error = StorageError;

    fn remove_dialogue(
        self: Arc<Self>,
        _chat: ChatId,
    ) -> BoxFuture<'static, Result<(), StorageError>> {
        Box::pin(async { Err(StorageError::ReadOnly) })
    }

    fn update_dialogue(
        self: Arc<Self>,
        _chat: ChatId,
        _step: D,
    ) -> BoxFuture<'static, Result<(), StorageError>> {
        Box::pin(async { Err(StorageError::ReadOnly) })
    }

    fn get_dialogue(
        self: Arc<Self>,
        chat: ChatId,
    ) -> BoxFuture<'static, Result<Option<D>, StorageError>> {
        Box::pin(async move { Ok(self.step(chat).await?) })
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    enum Steps {
        #[default]
        Idle,
        Outdated,
        Place {
            kind: String,
        },
    }

    impl Step for Steps {
        const FORMS: RangeInclusive<i32> = 2..=3;
        fn outdated() -> Self {
            Self::Outdated
        }
        fn aged(self, _: DateTime<Utc>) -> Self {
            self
        }
    }

    fn saved(version: i32, state: serde_json::Value) -> dialogue::Saved {
        dialogue::Saved {
            name: "create".into(),
            version,
            state,
            nonce: 1,
        }
    }

    #[test]
    fn a_step_survives_and_another_form_is_told_apart() {
        let place = json!({"Place": {"kind": "patrol"}});
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(
            read::<Steps>(saved(2, place.clone()), now),
            Steps::Place {
                kind: "patrol".into()
            }
        );
        for other in [1, 4] {
            assert_eq!(
                read::<Steps>(saved(other, place.clone()), now),
                Steps::Outdated
            );
        }
        assert_eq!(
            read::<Steps>(saved(2, json!({"Gone": {}})), now),
            Steps::Outdated
        );
    }
}
