//! What each step of /difusion asks.

use domain::{
    Actor, Result,
    actor::Channel,
    broadcast::{self, AckMode, Audience, Preview},
    page::Window,
    unit::{self, Unit},
    zone,
};
use locales::Sentence;

use super::{
    BroadcastDraft, RADII, Step,
    choices::{HOURS, NUMBERS},
    needs_word,
};
use crate::{
    broadcasts,
    dialogues::{choice, with_cancel},
    keyboards::{Button, Rows},
    lists,
    screen::Screen,
    text,
    view::{View, headed, plain, with},
};

/// The most people without reach that the preview names.
const NAMED: usize = 5;

pub async fn prompt(view: &View, serial: i64, draft: &BroadcastDraft) -> Result<Screen> {
    let step = Prompt {
        view,
        serial,
        draft,
    };
    match draft.step {
        Step::Audience => Ok(step.audience()),
        Step::Unit => step.unit().await,
        Step::Specialty => step.specialty().await,
        Step::Around => Ok(step.ask(&Sentence::BroadcastAskPlace, Rows::default())),
        Step::Radius => Ok(step.radius()),
        Step::What => Ok(step.what()),
        Step::Preview => step.preview().await,
        Step::Answers => step.answers().await,
        Step::Until => Ok(step.until()),
        Step::Later => Ok(step.later()),
        Step::Word => Ok(step.word()),
    }
}

struct Prompt<'a> {
    view: &'a View,
    serial: i64,
    draft: &'a BroadcastDraft,
}

impl Prompt<'_> {
    fn pick(&self, label: &Sentence, word: &str) -> (String, Button) {
        choice(self.view, self.serial, label, word)
    }

    fn labelled(&self, label: String, choice: String) -> (String, Button) {
        let serial = self.serial;
        (label, Button::Step { serial, choice })
    }

    fn ask(&self, question: &Sentence, rows: Rows) -> Screen {
        with(
            with_cancel(self.view, self.serial, rows),
            plain(self.view.say(question)),
        )
    }

    fn audience(&self) -> Screen {
        let buttons = [
            self.pick(&Sentence::ButtonAudienceAll, "all"),
            self.pick(&Sentence::ButtonAudienceDuty, "duty"),
            self.pick(&Sentence::ButtonAudienceBoss, "boss"),
            self.pick(&Sentence::ButtonAudienceUnit, "unit"),
            self.pick(&Sentence::ButtonAudienceSkill, "skill"),
            self.pick(&Sentence::ButtonAudienceNear, "near"),
        ];
        self.ask(
            &Sentence::BroadcastAskAudience,
            Rows::default().pairs(&buttons),
        )
    }

    async fn unit(&self) -> Result<Screen> {
        let system = Actor::system(Channel::Bot);
        let page = unit::list(&self.view.store, &system, &Window::first(200)).await?;
        let (shown, pages) = lists::slice(&page.items, self.draft.page);
        let at = self.draft.page.min(pages - 1);
        let turn = |label: &Sentence, page: u32| self.pick(label, &format!("page:{page}"));
        let back = at
            .checked_sub(1)
            .map(|page| turn(&Sentence::ButtonPrevious, page));
        let next = (at + 1 < pages).then(|| turn(&Sentence::ButtonNext, at + 1));
        let name = |one: &Unit| self.labelled(one.name.clone(), format!("u:{}", one.id));
        let rows = Rows::default()
            .column(shown.iter().map(name))
            .row(back.into_iter().chain(next));
        Ok(self.ask(&Sentence::BroadcastAskUnit, rows))
    }

    async fn specialty(&self) -> Result<Screen> {
        let known = broadcast::specialties(&self.view.store).await?;
        let buttons: Vec<_> = known
            .into_iter()
            .enumerate()
            .map(|(i, name)| self.labelled(name, format!("s:{i}")))
            .collect();
        Ok(self.ask(
            &Sentence::BroadcastAskSpecialty,
            Rows::default().pairs(&buttons),
        ))
    }

    fn radius(&self) -> Screen {
        let buttons = RADII.map(|km| self.labelled(format!("{km} km"), format!("r:{km}")));
        self.ask(
            &Sentence::BroadcastAskRadius,
            Rows::default().pairs(&buttons),
        )
    }

    fn what(&self) -> Screen {
        let buttons: Vec<_> = broadcast::protocols()
            .into_iter()
            .map(|one| self.labelled(one.label, format!("p:{}", one.code)))
            .collect();
        self.ask(&Sentence::BroadcastAskWhat, Rows::default().pairs(&buttons))
    }

    /// Whom it would reach; nothing for whoever may not know.
    async fn seen(&self) -> Result<Option<Preview>> {
        let Some(reader) = &self.view.reader else {
            return Ok(None);
        };
        let (audience, protocol) = (self.draft.audience.clone(), self.draft.protocol.as_deref());
        let audience = audience.unwrap_or(Audience::All);
        let seen = broadcast::preview(&self.view.store, reader, &audience, protocol).await?;
        Ok(Some(seen.practised(self.draft.is_drill())))
    }

    async fn preview(&self) -> Result<Screen> {
        let Some(seen) = self.seen().await? else {
            return Ok(plain(self.view.say(&Sentence::RefusalNotAllowed)));
        };
        let drill = match self.draft.is_drill() {
            true => &Sentence::ButtonDrillOff,
            false => &Sentence::ButtonDrillOn,
        };
        let later = self
            .draft
            .may_wait()
            .then(|| self.pick(&Sentence::ButtonDrillLater, "later"));
        let rows = Rows::default()
            .row([
                self.pick(&Sentence::ButtonConfirm, "ok"),
                self.pick(drill, "drill"),
            ])
            .pairs(&self.quiet())
            .row(later);
        Ok(with(
            with_cancel(self.view, self.serial, rows),
            headed(&self.lines(&seen)),
        ))
    }

    /// What can be chosen, and need not be, about the answers to what leaves at once.
    fn quiet(&self) -> Vec<(String, Button)> {
        if self.draft.leaves_at().is_some() {
            return Vec::new();
        }
        let answers = match self.draft.ack() {
            AckMode::All => &Sentence::ButtonAnswersOne,
            AckMode::First | AckMode::Quorum(_) => &Sentence::ButtonAnswersAll,
        };
        vec![
            self.pick(answers, "one"),
            self.pick(&Sentence::ButtonAnswersSome, "some"),
            self.pick(&Sentence::ButtonAnswersUntil, "until"),
        ]
    }

    async fn answers(&self) -> Result<Screen> {
        let Some(seen) = self.seen().await? else {
            return Ok(plain(self.view.say(&Sentence::RefusalNotAllowed)));
        };
        let buttons: Vec<_> = NUMBERS
            .into_iter()
            .filter(|number| seen.check(AckMode::Quorum(*number)).is_ok())
            .map(|number| self.labelled(number.to_string(), format!("n:{number}")))
            .collect();
        let people = seen.recipients.into();
        Ok(self.ask(
            &Sentence::BroadcastAskAnswers { people },
            Rows::default().pairs(&buttons),
        ))
    }

    fn until(&self) -> Screen {
        let buttons = HOURS.map(|hours| self.labelled(format!("{hours} h"), format!("h:{hours}")));
        self.ask(
            &Sentence::BroadcastAskUntil,
            Rows::default().pairs(&buttons),
        )
    }

    fn lines(&self, seen: &Preview) -> Vec<String> {
        let say = |sentence: &Sentence| self.view.say(sentence);
        let mut lines = vec![broadcasts::reaches(self.view, seen)];
        lines.extend(self.draft.is_drill().then(|| say(&Sentence::TaskCardDrill)));
        lines.extend(broadcasts::open_calls(
            self.view,
            seen,
            self.draft.is_drill(),
        ));
        lines.extend(self.draft.leaves_at().map(|local| {
            let at = zone::to_utc(local, self.view.zone);
            say(&Sentence::DrillLeavesAt {
                time: self.view.clock(at).into(),
            })
        }));
        lines.push(format!("📣 {}", self.text()));
        lines.extend(self.awaited());
        if self.draft.place.is_some() {
            lines.push(say(&Sentence::BroadcastWithPlace));
        }
        if self.draft.media.is_some() {
            lines.push(say(&Sentence::BroadcastWithFile));
        }
        let names: Vec<&str> = seen
            .unreachable
            .iter()
            .take(NAMED)
            .map(|one| one.name.as_str())
            .collect();
        if !names.is_empty() {
            lines.push(say(&Sentence::BroadcastMissed {
                names: names.join(", ").into(),
            }));
        }
        lines.extend(broadcasts::first_wave(self.view, &seen.groups));
        lines.push(say(match self.draft.leaves_at() {
            Some(_) => &Sentence::DrillPreviewHint,
            None => &Sentence::BroadcastPreviewHint,
        }));
        lines
    }

    /// How many answers are awaited, and for how long, where that was chosen.
    fn awaited(&self) -> Vec<String> {
        let answers = match self.draft.ack() {
            AckMode::All => None,
            AckMode::First => Some(Sentence::BroadcastOneAnswer),
            AckMode::Quorum(count) => Some(Sentence::BroadcastSomeAnswers {
                count: count.into(),
            }),
        };
        let until = self.draft.hours().map(|hours| Sentence::BroadcastUntil {
            hours: hours.into(),
        });
        let chosen = answers.into_iter().chain(until);
        chosen.map(|one| self.view.say(&one)).collect()
    }

    fn text(&self) -> String {
        let own = self.draft.text.as_deref();
        let protocol = self.draft.protocol.as_deref().and_then(broadcast::protocol);
        let text = match protocol {
            Some(protocol) => protocol.filled(own),
            None => own.unwrap_or_default().to_owned(),
        };
        text::cut(&text, broadcast::TEXT_MOST)
    }

    fn later(&self) -> Screen {
        let rows = Rows::default().row([self.pick(&Sentence::ButtonDrillNow, "now")]);
        self.ask(&Sentence::DrillAskWhen, rows)
    }

    fn word(&self) -> Screen {
        let word = needs_word(self.draft).unwrap_or_default().into();
        self.ask(&Sentence::BroadcastAskWord { word }, Rows::default())
    }
}
