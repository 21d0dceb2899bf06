//! A message to be stored: in which lane it leaves, and with which that wait it collapses.

use super::{Lane, Notice};
use crate::card::Subject;

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct Message {
    pub lane: Lane,
    pub chat_id: i64,
    pub user_id: Option<i64>,
    pub task_id: Option<i64>,
    pub notice: Notice,
    /// Waiting messages with the same key collapse into one.
    pub collapse: Option<String>,
}

impl Message {
    /// The card of a task for one person, as an edit where a message is there already.
    pub fn card(chat_id: i64, user_id: Option<i64>, task_id: i64) -> Self {
        Self {
            lane: Lane::Task,
            chat_id,
            user_id,
            task_id: Some(task_id),
            notice: Notice::Card {
                task_id,
                ring: false,
            },
            collapse: Some(format!("card:{chat_id}:{task_id}")),
        }
    }

    /// The card of a task as a new message that makes a sound.
    pub fn ring(chat_id: i64, user_id: Option<i64>, task_id: i64, lane: Lane) -> Self {
        Self {
            lane,
            notice: Notice::Card {
                task_id,
                ring: true,
            },
            collapse: Some(ring_of(chat_id, task_id)),
            ..Self::card(chat_id, user_id, task_id)
        }
    }

    /// Something about a task, said once.
    pub fn about(chat_id: i64, user_id: Option<i64>, task_id: i64, notice: Notice) -> Self {
        Self {
            notice,
            collapse: None,
            ..Self::card(chat_id, user_id, task_id)
        }
    }

    /// Something that is not about a task, said once.
    pub fn news(chat_id: i64, user_id: Option<i64>, notice: Notice) -> Self {
        Self {
            lane: Lane::Task,
            chat_id,
            user_id,
            task_id: None,
            notice,
            collapse: None,
        }
    }

    /// What somebody is offered from now on.
    pub fn menu(chat_id: i64, user_id: Option<i64>) -> Self {
        Self {
            collapse: Some(format!("menu:{chat_id}")),
            ..Self::news(chat_id, user_id, Notice::Menu).in_lane(Lane::Answer)
        }
    }

    /// The last word in a chat that is tied to nobody any more; nothing of it stays once it is over.
    pub(crate) fn farewell(chat_id: i64, lang: Option<String>) -> Self {
        let notice = Notice::Farewell { lang };
        Self {
            collapse: Some(format!("farewell:{chat_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Answer)
        }
    }

    /// The live card of a request for leave; with `ring` as a new message.
    pub fn leave(chat_id: i64, user_id: Option<i64>, leave_id: i64, ring: bool) -> Self {
        let notice = Notice::Leave { leave_id, ring };
        Self::live(chat_id, user_id, Subject::Leave(leave_id), notice, ring)
    }

    /// The live card of an exchange of shifts; with `ring` as a new message.
    pub fn swap(chat_id: i64, user_id: Option<i64>, swap_id: i64, ring: bool) -> Self {
        let notice = Notice::Swap { swap_id, ring };
        Self::live(chat_id, user_id, Subject::Swap(swap_id), notice, ring)
    }

    fn live(
        chat_id: i64,
        user_id: Option<i64>,
        about: Subject,
        notice: Notice,
        ring: bool,
    ) -> Self {
        let manner = if ring { "ring" } else { "card" };
        Self {
            collapse: Some(format!("{manner}:{chat_id}:{about}")),
            ..Self::news(chat_id, user_id, notice)
        }
    }

    /// The card of an emergency for one person.
    pub fn emergency(
        chat_id: i64,
        user_id: Option<i64>,
        task_id: Option<i64>,
        emergency_id: i64,
        ring: bool,
    ) -> Self {
        let word = if ring { "ring" } else { "card" };
        Self {
            lane: Lane::Emergency,
            chat_id,
            user_id,
            task_id,
            notice: Notice::Emergency { emergency_id, ring },
            collapse: Some(format!("{word}:{chat_id}:e{emergency_id}")),
        }
    }

    /// An emergency in a topic of its own, behind everything that people are asked.
    pub(crate) fn emergency_topic(chat_id: i64, emergency_id: i64, topic_id: i64) -> Self {
        let notice = Notice::EmergencyTopic {
            emergency_id,
            topic_id,
        };
        Self {
            collapse: Some(format!("topic:{topic_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Broadcast)
        }
    }

    /// A broadcast for one person.
    pub fn broadcast(chat_id: i64, user_id: Option<i64>, broadcast_id: i64, ring: bool) -> Self {
        let word = if ring { "ring" } else { "card" };
        Self {
            lane: Lane::Broadcast,
            chat_id,
            user_id,
            task_id: None,
            notice: Notice::Broadcast { broadcast_id, ring },
            collapse: Some(format!("{word}:{chat_id}:b{broadcast_id}")),
        }
    }

    /// A broadcast in a group: a new message, or an edit where one is there already.
    pub(crate) fn broadcast_post(chat_id: i64, broadcast_id: i64, post_id: i64) -> Self {
        let notice = Notice::BroadcastPost {
            broadcast_id,
            post_id,
        };
        Self {
            collapse: Some(format!("post:{post_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Broadcast)
        }
    }

    /// The place of a broadcast in a group, right behind its text and a message of its own: so the text is known to be there
    /// before the place waits for what the group may be sent in a minute.
    pub(crate) fn broadcast_pin(chat_id: i64, broadcast_id: i64, post_id: i64) -> Self {
        let notice = Notice::BroadcastPin {
            broadcast_id,
            post_id,
        };
        Self {
            collapse: Some(format!("pin:{post_id}")),
            ..Self::news(chat_id, None, notice).in_lane(Lane::Answer)
        }
    }

    /// The file that goes with a broadcast, for one person.
    pub(crate) fn broadcast_file(chat_id: i64, user_id: i64, broadcast_id: i64) -> Self {
        let notice = Notice::BroadcastFile { broadcast_id };
        Self::news(chat_id, Some(user_id), notice).in_lane(Lane::Broadcast)
    }

    /// The file that goes with a broadcast, for the one who gets it before Telegram knows it.
    pub(crate) fn broadcast_upload(
        chat_id: i64,
        user_id: Option<i64>,
        broadcast_id: i64,
        (pilot, nth): (i64, i32),
    ) -> Self {
        let notice = Notice::BroadcastUpload {
            broadcast_id,
            pilot,
            nth,
        };
        Self::news(chat_id, user_id, notice).in_lane(Lane::Broadcast)
    }

    /// Who does not answer a broadcast, for somebody responsible; with `phones` whom to call. It is worded when it leaves: of two
    /// that wait one is enough.
    pub(crate) fn broadcast_silent(
        chat_id: i64,
        user_id: i64,
        broadcast_id: i64,
        phones: bool,
    ) -> Self {
        let notice = Notice::BroadcastSilent {
            broadcast_id,
            phones,
        };
        let about = if phones { "call" } else { "silent" };
        Self {
            collapse: Some(format!("{about}:{chat_id}:b{broadcast_id}")),
            ..Self::news(chat_id, Some(user_id), notice).in_lane(Lane::Broadcast)
        }
    }

    /// The live card of who has answered a broadcast.
    pub fn roll_call(chat_id: i64, user_id: Option<i64>, broadcast_id: i64, ring: bool) -> Self {
        let notice = Notice::RollCall { broadcast_id, ring };
        let about = Subject::RollCall(broadcast_id);
        Self::live(chat_id, user_id, about, notice, ring).in_lane(Lane::Answer)
    }

    /// Asks one person whether he is well, as pressing as any call for help; without `ring` what he sees of it.
    pub fn check_in(chat_id: i64, user_id: Option<i64>, check_in_id: i64, ring: bool) -> Self {
        let notice = Notice::CheckIn { check_in_id, ring };
        let about = Subject::CheckIn(check_in_id);
        let lane = if ring { Lane::Emergency } else { Lane::Answer };
        Self::live(chat_id, user_id, about, notice, ring).in_lane(lane)
    }

    /// An answer of the transport to somebody who wrote or pressed.
    pub fn reply(chat_id: i64, user_id: Option<i64>, reply: serde_json::Value) -> Self {
        let notice = Notice::Reply { reply };
        Self {
            lane: Lane::Answer,
            chat_id,
            user_id,
            task_id: None,
            notice,
            collapse: None,
        }
    }

    pub fn in_lane(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }
}

/// What waiting rings of a task in one chat have in common.
pub(super) fn ring_of(chat_id: i64, task_id: i64) -> String {
    format!("ring:{chat_id}:{task_id}")
}
