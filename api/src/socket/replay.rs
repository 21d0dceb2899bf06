//! What was missed: from the log, in order, once, and never with a silent hole.

use std::collections::HashSet;

use axum::extract::ws::Utf8Bytes;

use super::{
    Talk, broken,
    close::Close,
    said::{Since, Subscribe, Unsubscribe},
};
use crate::hub::{
    self, Hub,
    wire::{self, Complaint, ControlOut, Gap, Resync, Subscribed, TopicWord},
};
use domain::event::{self, Stretch, Topic};

/// The most events that are replayed; beyond, reading everything anew is cheaper.
const REPLAYED: i64 = 5_000;

impl Talk {
    /// First `subscribed`, then what was missed, then what happens.
    pub(super) async fn subscribe(&mut self, wanted: Subscribe) -> Result<(), Close> {
        let known: HashSet<Topic> = wanted
            .topics
            .iter()
            .filter_map(|name| wire::topic(name))
            .collect();
        if known.len() < wanted.topics.iter().collect::<HashSet<_>>().len() {
            self.complain(Complaint {
                code: "unknown_topic",
                message: "some topics are not known",
            })
            .await?;
        }
        let fresh: HashSet<Topic> = known.difference(&self.topics).copied().collect();
        if let Some(since) = &wanted.since {
            self.hub.reach(since.seq).await.map_err(broken)?;
        }
        let from = self.stop().await?;
        self.topics.extend(&fresh);
        let epoch = self.tell_topics(from).await?;
        if let Some(since) = wanted.since {
            self.replay(&since, &epoch, from, &fresh).await?;
        }
        self.catch_up(from).await
    }

    pub(super) async fn unsubscribe(&mut self, unwanted: Unsubscribe) -> Result<(), Close> {
        let from = self.stop().await?;
        for topic in unwanted.topics.iter().filter_map(|name| wire::topic(name)) {
            self.topics.remove(&topic);
        }
        self.tell_topics(from).await?;
        self.catch_up(from).await
    }

    async fn tell_topics(&mut self, seq: i64) -> Result<String, Close> {
        let epoch = self.hub.epoch().await.map_err(broken)?;
        let mut topics: Vec<Topic> = self.topics.iter().copied().collect();
        topics.sort_unstable_by_key(|topic| topic.as_str());
        let subscribed = Subscribed {
            topics: topics.into_iter().map(TopicWord::from).collect(),
            epoch: epoch.clone(),
            seq,
        };
        self.control(ControlOut::Subscribed(subscribed)).await?;
        Ok(epoch)
    }

    /// Takes the connection off the hub and sends what lies in its queue; the last event that it has had.
    async fn stop(&mut self) -> Result<i64, Close> {
        let had = self.hub.pause(self.line.id);
        while let Ok(message) = self.line.queue.try_recv() {
            self.send(message).await?;
        }
        Ok(had)
    }

    /// Sends the events of the fresh topics between what the client has seen and where it is now.
    async fn replay(
        &mut self,
        since: &Since,
        epoch: &str,
        until: i64,
        fresh: &HashSet<Topic>,
    ) -> Result<(), Close> {
        let turn = self.hub.turn().await;
        let first = event::first_seq(self.hub.store()).await.map_err(broken)?;
        drop(turn);
        let reason = if since.epoch.as_str() != Some(epoch) || since.seq > until {
            Gap::Epoch
        } else if since.seq + 1 < first {
            Gap::TooOld
        } else if until - since.seq > REPLAYED {
            Gap::TooMany
        } else {
            return self.pass(since.seq, until, fresh).await;
        };
        let resync = Resync {
            epoch: epoch.to_owned(),
            seq: until,
            reason,
        };
        self.control(ControlOut::Resync(resync)).await
    }

    /// Reads the log until it is where the hub is, and goes on with the hub. Who is too far behind has to
    /// come back and start anew.
    pub(super) async fn catch_up(&mut self, mut from: i64) -> Result<(), Close> {
        let topics = self.topics.clone();
        while !self.hub.go_live(self.line.id, from, &topics) {
            let until = self.hub.seq().await.map_err(broken)?;
            if until - from > REPLAYED {
                return Err(Close::TooSlow);
            }
            self.pass(from, until, &topics).await?;
            from = until;
        }
        Ok(())
    }

    /// Sends the events after `from` up to `until` that are of these topics and concern this person.
    async fn pass(
        &mut self,
        mut from: i64,
        until: i64,
        topics: &HashSet<Topic>,
    ) -> Result<(), Close> {
        let (hub, id) = (self.hub.clone(), self.line.id);
        while from < until {
            let missed = match hub.lately(id, (from, until), topics) {
                Some(missed) => Some(missed),
                None => logged(&hub, id, (from, until), topics).await?,
            };
            let Some((messages, last)) = missed else {
                return Ok(());
            };
            for message in messages {
                self.send(message).await?;
            }
            from = last;
        }
        Ok(())
    }
}

/// The same from the log, and the last event that was read; `None` when there is none.
async fn logged(
    hub: &Hub,
    id: u64,
    (from, until): (i64, i64),
    topics: &HashSet<Topic>,
) -> Result<Option<(Vec<Utf8Bytes>, i64)>, Close> {
    let _turn = hub.turn().await;
    let Stretch {
        mut events,
        until: last,
        ..
    } = event::since(hub.store(), from, hub::BATCH)
        .await
        .map_err(broken)?;
    let Some(last) = last else {
        return Ok(None);
    };
    let actor = hub.actor(id).ok_or(Close::Gone)?;
    events.retain(|event| {
        event.seq <= until && topics.contains(&event.topic) && event.concerns(&actor)
    });
    let messages = wire::messages(hub.store(), &events).await.map_err(broken)?;
    Ok(Some((messages, last)))
}
