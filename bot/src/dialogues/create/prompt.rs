//! What each step of /crear asks.

use domain::{
    Result, emergency,
    kind::{self, Kind},
    task::Priority,
};
use locales::Sentence;

use super::{Draft, Step, answers::REASONS, needs_place};
use crate::{
    dialogues::{choice, with_cancel},
    keyboards::{Button, Rows},
    screen::Screen,
    text,
    view::{View, plain, with},
    wording,
};

mod people;
mod preview;

pub async fn prompt(view: &View, serial: i64, draft: &Draft) -> Result<Screen> {
    let step = Prompt {
        view,
        serial,
        draft,
    };
    match draft.step {
        Step::Kind => step.kind().await,
        Step::Title => Ok(step.ask(&Sentence::CreateAskTitle, Rows::default())),
        Step::Place => step.place().await,
        Step::When => Ok(step.when()),
        Step::Date => Ok(step.ask(&Sentence::CreateAskDate, Rows::default())),
        Step::People => step.people().await,
        Step::OffShift => step.off_shift().await,
        Step::Lead => step.lead().await,
        Step::Preview => step.preview().await,
        Step::Field => Ok(step.field()),
        Step::Priority => Ok(step.priority()),
        Step::Description => Ok(step.ask(
            &Sentence::CreateAskDescription,
            Rows::default().row([step.pick(&Sentence::ButtonSkip, "skip")]),
        )),
    }
}

struct Prompt<'a> {
    view: &'a View,
    serial: i64,
    draft: &'a Draft,
}

impl Prompt<'_> {
    fn pick(&self, label: &Sentence, word: impl Into<String>) -> (String, Button) {
        choice(self.view, self.serial, label, word)
    }

    fn labelled(&self, label: String, word: impl Into<String>) -> (String, Button) {
        (
            label,
            Button::Step {
                serial: self.serial,
                choice: word.into(),
            },
        )
    }

    fn ask(&self, question: &Sentence, rows: Rows) -> Screen {
        with(
            with_cancel(self.view, self.serial, rows),
            plain(self.view.say(question)),
        )
    }

    /// A field and what it is.
    fn line(&self, field: &Sentence, value: String) -> String {
        self.view.say(&Sentence::CreatePreviewLine {
            field: self.view.say(field).into(),
            value: value.into(),
        })
    }

    async fn kind(&self) -> Result<Screen> {
        let kinds = kind::list(&self.view.store).await?;
        let buttons: Vec<_> = kinds
            .iter()
            .filter(|kind| kind.active && kind.code != emergency::KIND)
            .map(|kind| self.labelled(label(kind), format!("k:{:x}", kind.id)))
            .collect();
        Ok(self.ask(&Sentence::CreateAskKind, Rows::default().pairs(&buttons)))
    }

    async fn place(&self) -> Result<Screen> {
        let code = self.draft.kind.as_deref();
        let question = match needs_place(&self.view.store, code).await? {
            true => Sentence::CreateAskPlaceRequired,
            false => Sentence::CreateAskPlace,
        };
        Ok(self.ask(
            &question,
            Rows::default().row([self.pick(&Sentence::ButtonSkip, "skip")]),
        ))
    }

    fn when(&self) -> Screen {
        let rows = Rows::default()
            .row([
                self.pick(&Sentence::ButtonNow, "now"),
                self.pick(&Sentence::ButtonPlusHour, "hour"),
            ])
            .row([self.pick(&Sentence::ButtonChooseTime, "date")]);
        self.ask(&Sentence::CreateAskWhen, rows)
    }

    /// Whose shift does not cover it; an earlier release did not say whose.
    fn off_shift_ids(&self) -> &[i64] {
        match &self.draft.off_shift[..] {
            [] => &self.draft.people,
            some => some,
        }
    }

    async fn outside_their_shifts(&self) -> Result<Sentence> {
        let names = self.names(self.off_shift_ids()).await?;
        let list: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
        Ok(Sentence::CreateOffShift {
            names: list.join(", ").into(),
            count: names.len().into(),
        })
    }

    async fn off_shift(&self) -> Result<Screen> {
        let question = match self.draft.soft.iter().any(wording::beside_shifts) {
            true => Sentence::CreateNotOnHand {
                who: wording::against(&self.draft.soft, self.view).into(),
            },
            false => self.outside_their_shifts().await?,
        };
        let reasons = REASONS
            .iter()
            .enumerate()
            .map(|(i, reason)| self.pick(reason, format!("r:{i}")));
        Ok(self.ask(&question, Rows::default().column(reasons)))
    }

    fn priority(&self) -> Screen {
        let buttons: Vec<_> = Priority::ALL
            .into_iter()
            .map(|one| {
                self.labelled(
                    text::priority(one, self.view.lang),
                    format!("p:{}", one as i16),
                )
            })
            .collect();
        self.ask(
            &Sentence::CreateAskPriority,
            Rows::default().pairs(&buttons),
        )
    }

    fn field(&self) -> Screen {
        let mut fields = vec![
            (Sentence::FieldKind, "kind"),
            (Sentence::FieldTitle, "title"),
            (Sentence::FieldPlace, "place"),
            (Sentence::FieldWhen, "when"),
            (Sentence::FieldPeople, "people"),
        ];
        fields.extend((self.draft.people.len() > 1).then_some((Sentence::FieldLead, "lead")));
        fields.extend([
            (Sentence::FieldPriority, "priority"),
            (Sentence::FieldDescription, "description"),
        ]);
        let buttons: Vec<_> = fields
            .iter()
            .map(|(label, word)| self.pick(label, format!("f:{word}")))
            .collect();
        self.ask(&Sentence::CreateAskField, Rows::default().pairs(&buttons))
    }
}

fn label(kind: &Kind) -> String {
    format!("{} {}", kind.emoji, kind.label)
}
