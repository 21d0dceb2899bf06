//! The card of an emergency: for whoever called, for those who are asked, and for those who watch.

use domain::{
    Error, Result,
    card::Subject,
    emergency::{self, Emergency, EmergencyStatus, Offer, OfferState, PlaceSource},
};
use locales::Sentence;

use crate::{
    keyboards::{self, Button, Help, Rows},
    screen::{Pin, Rendered, Screen},
    text,
    view::{View, headed, plain, with},
};

mod asked;
mod at_work;
mod before;
mod coming;
mod command;
mod deaf;
mod earlier;
mod elsewhere;
mod helper;
mod left;
mod meanwhile;
mod over;
mod said;
mod sent;
mod topic;

pub use before::{files, on_task};
pub use command::{listed, names, open};
pub use deaf::{deaf, hears, missed};
pub use earlier::{answered, earlier};
pub use helper::helper_calls;
pub use left::left;
pub use meanwhile::meanwhile;
pub use over::{ended, reopened};
pub use said::said;
pub use sent::pin;
pub use topic::topic;

/// The most people of each sort that a card names.
const NAMED: usize = 8;

/// The card of an emergency for its reader; nothing when he may not see it.
pub async fn card(view: &View, id: i64, ring: bool) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let emergency = match emergency::find(&view.store, reader, id).await {
        Ok(emergency) => emergency,
        Err(Error::Refused(_)) => return Ok(Rendered::Nothing),
        Err(error) => return Err(error),
    };
    let own = emergency.raised_by.as_ref().map(|user| user.user_id) == reader.user_id;
    let card = Card {
        view,
        own,
        mine: reader
            .agent_id
            .and_then(|agent_id| emergency.offer_to(agent_id))
            .cloned(),
        sent: sent::lines(view, &emergency).await?,
        at_work: match own {
            true => None,
            false => at_work::line(view, &emergency).await?,
        },
        emergency,
    };
    let asked = card.mine.is_some() && !own;
    let pin = card
        .emergency
        .place
        .filter(|_| ring && asked && card.is_open())
        .map(|place| Pin {
            accuracy_m: card.emergency.place_accuracy_m,
            ..Pin::of(place)
        });
    let rows = command::buttons(view, &card.emergency, card.buttons()).await?;
    let mut lines = card.lines();
    if !own && !asked {
        lines.extend(elsewhere::with_phones(view, &card.emergency).await?);
    }
    let screen = with(rows, headed(&lines));
    Ok(Screen {
        subject: Some(Subject::Emergency(id)),
        ring,
        location: pin,
        ..screen
    }
    .into())
}

/// The alert has left; the permanent menu comes back.
pub async fn sent(view: &View, id: i64) -> Result<Rendered> {
    let Some(reader) = &view.reader else {
        return Ok(Rendered::Nothing);
    };
    let emergency = emergency::show(&view.store, id).await?;
    let code = emergency.code.clone().unwrap_or_default();
    let time = view.clock(emergency.raised_at.unwrap_or(view.now));
    let mut lines = vec![view.say(&Sentence::SosSent {
        code: code.into(),
        time: time.into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.push(place(view, &emergency));
    let menu = keyboards::menu(view.lang, reader.may_command(), reader.agent_id.is_some());
    Ok(with(menu, plain(lines.join("\n"))).into())
}

/// Nobody comes yet, and whom to call.
pub async fn escalated(view: &View, id: i64, phones: bool) -> Result<Rendered> {
    let emergency = emergency::show(&view.store, id).await?;
    if !emergency::is_open(emergency.status) || emergency.going() > 0 {
        return Ok(Rendered::Nothing);
    }
    let mut lines = vec![view.say(&Sentence::EmergencyEscalation {
        code: emergency.code.clone().unwrap_or_default().into(),
        name: caller(&emergency).into(),
    })];
    lines.extend(emergency.drill.then(|| view.say(&Sentence::TaskCardDrill)));
    lines.extend(emergency.nobody_since.map(|at| {
        view.say(&Sentence::EmergencyNobodySince {
            time: view.clock(at).into(),
            age: text::age(at, view.now, view.lang).into(),
        })
    }));
    lines.extend(coming::lost(view, &emergency));
    lines.push(place(view, &emergency));
    lines.extend(at_work::line(view, &emergency).await?);
    if phones {
        lines.extend(elsewhere::phones(view, &emergency).await?);
    }
    lines.extend(elsewhere::lines(view, &emergency).await?);
    let card = command::opens(view, &Sentence::ButtonShowCall, id);
    let rows = command::buttons(view, &emergency, Rows::default().row([card])).await?;
    Ok(Screen {
        subject: Some(Subject::Alert(id)),
        ring: true,
        ..with(rows, headed(&lines))
    }
    .into())
}

fn caller(emergency: &Emergency) -> String {
    emergency
        .raised_by
        .as_ref()
        .map_or_else(|| "GAD".to_owned(), |user| user.name.clone())
}

/// Where it is, and how that is known.
fn place(view: &View, emergency: &Emergency) -> String {
    let Some(point) = emergency.place else {
        return view.say(&Sentence::EmergencyPlaceNone);
    };
    let place = format!("{:.5}, {:.5}", point.lat, point.lon).into();
    let at = emergency.place_at.unwrap_or(emergency.created_at);
    let age = text::age(at, view.now, view.lang).into();
    let accuracy = accuracy(view, emergency.place_accuracy_m).into();
    view.say(&match emergency.place_source {
        PlaceSource::LastKnown => Sentence::EmergencyPlaceLast {
            place,
            age,
            accuracy,
        },
        _ => Sentence::EmergencyPlaceShared {
            place,
            age,
            accuracy,
        },
    })
}

fn accuracy(view: &View, metres: Option<f64>) -> String {
    view.say(&match metres {
        Some(metres) => Sentence::EmergencyAccuracy {
            metres: (metres.ceil() as i64).into(),
        },
        None => Sentence::EmergencyAccuracyNone,
    })
}

fn ending(view: &View, emergency: &Emergency) -> Option<String> {
    let time = view.clock(emergency.ended_at?).into();
    Some(view.say(&match emergency.status {
        EmergencyStatus::Resolved => Sentence::EmergencyResolved { time },
        _ => Sentence::EmergencyCancelled {
            time,
            reason: emergency.end_reason.clone().unwrap_or_default().into(),
        },
    }))
}

struct Card<'a> {
    view: &'a View,
    emergency: Emergency,
    /// The reader called himself.
    own: bool,
    /// The reader was asked.
    mine: Option<Offer>,
    /// Whom those in command sent, and who has said nothing yet.
    sent: Vec<String>,
    /// What whoever called is at, for everybody else.
    at_work: Option<String>,
}

impl Card<'_> {
    fn say(&self, sentence: &Sentence) -> String {
        self.view.say(sentence)
    }

    fn is_open(&self) -> bool {
        emergency::is_open(self.emergency.status)
    }

    fn is_asked(&self) -> bool {
        self.is_open()
            && self
                .mine
                .as_ref()
                .is_some_and(|mine| mine.state == OfferState::Offered)
    }

    fn is_coming(&self) -> bool {
        let taken = |mine: &Offer| mine.state == OfferState::Taken;
        self.is_open() && self.mine.as_ref().is_some_and(taken)
    }

    /// He said so himself: whom those in command sent is still to say it.
    fn is_going(&self) -> bool {
        self.is_coming() && self.mine.as_ref().is_some_and(Offer::said_he_goes)
    }

    /// He said that he cannot, perhaps by mistake, and not enough come yet.
    fn may_still_go(&self) -> bool {
        let declined = |mine: &Offer| mine.state == OfferState::Declined;
        self.is_open() && !self.enough() && self.mine.as_ref().is_some_and(declined)
    }

    fn lines(&self) -> Vec<String> {
        let emergency = &self.emergency;
        let mut lines = vec![self.head()];
        lines.extend(emergency.drill.then(|| self.say(&Sentence::TaskCardDrill)));
        lines.extend(ending(self.view, emergency));
        lines.push(place(self.view, emergency));
        lines.extend(self.at_work.clone());
        lines.extend(emergency.text.as_ref().map(|text| {
            self.say(&Sentence::TaskCardDescription {
                text: text::cut(text, 1000).into(),
            })
        }));
        lines.extend(self.way());
        lines.extend(self.coming());
        lines.extend(self.sent.iter().cloned());
        lines.extend(self.answer());
        if self.own {
            lines.extend(self.told());
            lines.extend(self.takes_back().map(|at| {
                self.say(&Sentence::EmergencyWithdrawHint {
                    time: at
                        .with_timezone(&self.view.zone)
                        .format("%H:%M:%S")
                        .to_string()
                        .into(),
                })
            }));
        }
        if self.mine.is_none() && !self.own {
            lines.extend(self.search());
        }
        lines
    }

    fn head(&self) -> String {
        let code = self.emergency.code.clone().unwrap_or_default().into();
        if self.own {
            return self.say(&Sentence::EmergencyHeadOwn { code });
        }
        let name = caller(&self.emergency).into();
        self.say(&match self.is_asked() {
            true => Sentence::EmergencyHeadAsked { code, name },
            false if self.is_open() => Sentence::EmergencyHead { code, name },
            false => Sentence::EmergencyHeadOver { code, name },
        })
    }

    /// How many of those who were asked the message reached, for whoever called.
    fn told(&self) -> Option<String> {
        let (asked, sent) = (self.emergency.asked, self.emergency.told);
        self.is_open().then(|| {
            self.say(&match asked {
                0 => Sentence::EmergencyNoOne,
                _ => Sentence::EmergencyTold {
                    sent: sent.into(),
                    asked: asked.into(),
                },
            })
        })
    }

    fn takes_back(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.emergency
            .withdrawable_until
            .filter(|until| self.is_open() && self.view.now < *until)
    }

    fn buttons(&self) -> Rows {
        let id = self.emergency.id;
        let button = |label: Sentence, verb| (self.say(&label), Button::Help { verb, id });
        if self.own && self.takes_back().is_some() {
            return Rows::default().row([button(Sentence::ButtonWithdraw, Help::Withdraw)]);
        }
        if self.is_going() {
            return Rows::default().row([button(Sentence::ButtonDecline, Help::Decline)]);
        }
        if self.is_asked() || self.is_coming() {
            return Rows::default().row([
                button(Sentence::ButtonGoing, Help::Go),
                button(Sentence::ButtonDecline, Help::Decline),
            ]);
        }
        if self.may_still_go() {
            return Rows::default().row([button(Sentence::ButtonGoing, Help::Go)]);
        }
        Rows::default()
    }
}
