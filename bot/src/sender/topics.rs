//! Topics that messages need: opened once, closed with the last word, and opened again when that was not the last.

use domain::emergency;
use teloxide::types::ChatId;

use super::{calls, deliver::Postman, trouble::Trouble};
use crate::{
    errors::{CallError, Verdict},
    limiter::Kind,
    screen::{Screen, Topic},
};

impl Postman {
    /// Opens the topic that a message needs, for the first time or again, before anything is written there.
    pub(super) async fn open(
        &self,
        chat: ChatId,
        screen: &Screen,
    ) -> Result<Option<Screen>, Trouble> {
        let Some(topic) = &screen.topic else {
            return Ok(None);
        };
        match screen.thread {
            None if !topic.asked => {
                let opened = self.ask_topic(chat, topic).await?;
                // What stands in the general topic until now is left there.
                Ok(opened.map(|thread| Screen {
                    thread: Some(thread),
                    ring: true,
                    ..screen.clone()
                }))
            }
            Some(thread) if topic.shut && !topic.over => {
                self.shut(chat, thread, false).await?;
                emergency::topic_shut(&self.store, topic.id, false).await?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Telegram knows no key by which a second question could be told from the first, so it is asked once. Without an answer, or when
    /// this process ends before it, the message is worded again for the general topic: at most one topic, which may stay empty. Nothing
    /// when Telegram will not open it: the message stands in the general topic at once.
    async fn ask_topic(&self, chat: ChatId, topic: &Topic) -> Result<Option<i64>, Trouble> {
        let call = self.limiter.pass(chat.0, Kind::Send).await;
        if !emergency::topic_asked(&self.store, topic.id).await? {
            return Err(domain::Error::Contended("the topic was asked for".into()).into());
        }
        let asked = calls::open_topic(&self.client, chat, &topic.name).await;
        drop(call);
        match asked {
            Ok(thread) => {
                emergency::topic_opened(&self.store, topic.id, thread).await?;
                Ok(Some(thread))
            }
            Err(error) if error.verdict() == Verdict::Refused => {
                tracing::warn!(%error, "a topic was refused");
                let (words, why) = (error.to_string(), error.barred());
                emergency::topic_forbidden(&self.store, topic.id, words, why).await?;
                Ok(None)
            }
            Err(error) => {
                if error.is_undone() {
                    emergency::topic_refused(&self.store, topic.id).await?;
                }
                Err(error.into())
            }
        }
    }

    /// Known before it happens: whoever goes on afterwards opens it again.
    pub(super) async fn close(
        &self,
        chat: ChatId,
        thread: i64,
        topic: &Topic,
    ) -> Result<(), Trouble> {
        emergency::topic_shut(&self.store, topic.id, true).await?;
        Ok(self.shut(chat, thread, true).await?)
    }

    /// One that is as it shall be, or that the bot may not change, is left as it is.
    async fn shut(&self, chat: ChatId, thread: i64, shut: bool) -> Result<(), CallError> {
        let _call = self.limiter.pass(chat.0, Kind::Edit).await;
        match calls::shut_topic(&self.client, chat, thread, shut).await {
            Err(error) if error.verdict() == Verdict::Refused => {
                tracing::debug!(%error, shut, "a topic was left as it is");
                Ok(())
            }
            done => done,
        }
    }
}
