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

use super::{BroadcastDraft, RADII, Step, needs_word};
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

    async fn preview(&self) -> Result<Screen> {
        let Some(reader) = &self.view.reader else {
            return Ok(plain(self.view.say(&Sentence::RefusalNotAllowed)));
        };
        let (audience, protocol) = (self.draft.audience.clone(), self.draft.protocol.as_deref());
        let audience = audience.unwrap_or(Audience::All);
        let seen = broadcast::preview(&self.view.store, reader, &audience, protocol).await?;
        let drill = match self.draft.is_drill() {
            true => &Sentence::ButtonDrillOff,
            false => &Sentence::ButtonDrillOn,
        };
        let answers = match self.draft.one_answer {
            true => &Sentence::ButtonAnswersAll,
            false => &Sentence::ButtonAnswersOne,
        };
        let at_once = self.draft.leaves_at().is_none();
        let answers = at_once.then(|| self.pick(answers, "one"));
        let later = self
            .draft
            .may_wait()
            .then(|| self.pick(&Sentence::ButtonDrillLater, "later"));
        let rows = Rows::default()
            .row([
                self.pick(&Sentence::ButtonConfirm, "ok"),
                self.pick(drill, "drill"),
            ])
            .row(answers)
            .row(later);
        Ok(with(
            with_cancel(self.view, self.serial, rows),
            headed(&self.lines(&seen)),
        ))
    }

    fn lines(&self, seen: &Preview) -> Vec<String> {
        let say = |sentence: &Sentence| self.view.say(sentence);
        let mut lines = vec![broadcasts::reaches(self.view, seen)];
        lines.extend(self.draft.is_drill().then(|| say(&Sentence::TaskCardDrill)));
        lines.extend(self.draft.leaves_at().map(|local| {
            let at = zone::to_utc(local, self.view.zone);
            say(&Sentence::DrillLeavesAt {
                time: self.view.clock(at).into(),
            })
        }));
        lines.push(format!("📣 {}", self.text()));
        if self.draft.ack() == AckMode::First {
            lines.push(say(&Sentence::BroadcastOneAnswer));
        }
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
