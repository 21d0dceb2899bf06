//! What each step of /crear asks.

use std::collections::HashMap;

use domain::{
    Result,
    agent::{self, Agent, AgentFilter, Candidate},
    emergency,
    kind::{self, Kind},
    page::{self, Window},
    task::{Priority, foreseen::Conflict},
};
use locales::Sentence;

use super::{Draft, Step, against, answers::REASONS, needs_place};
use crate::{
    by_phone,
    dialogues::{choice, turning, with_cancel},
    keyboards::{Button, Rows},
    lists,
    screen::Screen,
    text,
    view::{View, headed, plain, with},
    wording,
};

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

    async fn people(&self) -> Result<Screen> {
        let candidates = self.candidates().await?;
        let (shown, pages) = lists::slice(&candidates, self.draft.page);
        let ids: Vec<i64> = shown.iter().map(|one| one.agent.id).collect();
        let kept = against::found(self.view, self.draft, &ids).await?;
        let label = |one: &Candidate| self.person(one, kept.get(&one.agent.id));
        let people = shown
            .iter()
            .map(|one| self.labelled(label(one), format!("p:{:x}", one.agent.id)));
        let rows = Rows::default()
            .column(people)
            .row(turning(self.view, self.serial, self.draft.page, pages))
            .row([self.pick(&Sentence::ButtonContinue, "go")]);
        let mut lines = vec![self.view.say(&self.whom(candidates.is_empty()))];
        lines.extend(self.chosen().await?);
        lines.extend(by_phone::lines(self.view, &self.draft.people).await?);
        Ok(with(
            with_cancel(self.view, self.serial, rows),
            plain(lines.join("\n")),
        ))
    }

    /// Those who are marked, also on pages that are not shown.
    async fn chosen(&self) -> Result<Option<String>> {
        let people = self.names(&self.draft.people).await?;
        let names: Vec<String> = people.into_iter().map(|(_, name)| name).collect();
        let line = Sentence::CreatePreviewLine {
            field: self.view.say(&Sentence::FieldPeople).into(),
            value: names.join(", ").into(),
        };
        Ok((!names.is_empty()).then(|| self.view.say(&line)))
    }

    fn whom(&self, nobody: bool) -> Sentence {
        let count = self.draft.people.len().into();
        match (&self.draft.task, nobody) {
            (Some(task), true) => Sentence::AssignNoAgents {
                code: task.code.clone().into(),
            },
            (Some(task), false) => Sentence::AssignAsk {
                code: task.code.clone().into(),
                count,
            },
            (None, true) => Sentence::CreateNoAgents,
            (None, false) => Sentence::CreateAskPeople { count },
        }
    }

    /// Those who are ranked, below whoever is marked and too far down for that: his mark can be taken away too.
    async fn candidates(&self) -> Result<Vec<Candidate>> {
        let ranked = self.ranked().await?;
        let marked = self.draft.people.iter().copied();
        let missing: Vec<i64> = marked
            .filter(|id| ranked.iter().all(|one| one.agent.id != *id))
            .collect();
        let unranked = |agent| Candidate {
            agent,
            distance_m: None,
        };
        let missing = self.agents(&missing).await?.into_iter().map(unranked);
        Ok(missing.chain(ranked).collect())
    }

    async fn ranked(&self) -> Result<Vec<Candidate>> {
        let Some(reader) = &self.view.reader else {
            return Ok(Vec::new());
        };
        let place = self.draft.place.as_ref().and_then(|place| place.point);
        let wanted = AgentFilter {
            for_task: self.draft.task.as_ref().map(|task| task.task_id),
            ..AgentFilter::default()
        };
        let mut ranked = agent::candidates(&self.view.store, reader, wanted, place).await?;
        ranked.sort_by_key(|one| self.declined(one));
        Ok(ranked)
    }

    /// Whether he said that he cannot do this task.
    fn declined(&self, one: &Candidate) -> bool {
        let task = self.draft.task.as_ref();
        task.is_some_and(|task| task.declined.contains(&one.agent.id))
    }

    /// Name, whether he is free, what stands against him then, how far away, and that Telegram brings him nothing.
    fn person(&self, one: &Candidate, kept: Option<&Conflict>) -> String {
        let lang = self.view.lang;
        let mut detail = match kept {
            Some(conflict) => against::beside(self.view, conflict),
            None => self.view.availability(&one.agent),
        };
        if let Some(metres) = one.distance_m {
            detail = format!("{detail}, {}", text::distance(metres, lang));
        }
        if let Some(beyond) = lists::beyond_reach(&one.agent) {
            detail = format!("{detail}, {}", self.view.say(&beyond));
        }
        if self.declined(one) {
            detail = self.view.say(&Sentence::AssignDeclined);
        }
        let (name, detail) = (one.agent.name.clone().into(), detail.into());
        self.view
            .say(&match self.draft.people.contains(&one.agent.id) {
                true => Sentence::CreatePersonChosen { name, detail },
                false => Sentence::CreatePerson { name, detail },
            })
    }

    /// The names of these people, in the order in which they were chosen.
    async fn names(&self, ids: &[i64]) -> Result<Vec<(i64, String)>> {
        let people = self.agents(ids).await?.into_iter();
        Ok(people.map(|one| (one.id, one.name)).collect())
    }

    /// Those of these people whom the reader may see, in this order.
    async fn agents(&self, ids: &[i64]) -> Result<Vec<Agent>> {
        let Some(reader) = &self.view.reader else {
            return Ok(Vec::new());
        };
        let mut found = HashMap::new();
        for some in ids.chunks(page::MOST as usize) {
            let filter = AgentFilter {
                ids: Some(some.to_vec()),
                ..AgentFilter::default()
            };
            let window = Window::first(page::MOST);
            let page = agent::list(&self.view.store, reader, filter, window).await?;
            found.extend(page.items.into_iter().map(|one| (one.id, one)));
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
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

    async fn lead(&self) -> Result<Screen> {
        let people = self.names(&self.draft.people).await?;
        let (shown, pages) = lists::slice(&people, self.draft.page);
        let buttons = shown
            .iter()
            .map(|(id, name)| self.labelled(name.clone(), format!("l:{id:x}")));
        let rows = Rows::default().column(buttons).row(turning(
            self.view,
            self.serial,
            self.draft.page,
            pages,
        ));
        Ok(self.ask(&Sentence::CreateAskLead, rows))
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

    async fn preview(&self) -> Result<Screen> {
        let mut lines = vec![self.view.say(&Sentence::CreatePreview)];
        for (field, value) in self.values().await? {
            let line = Sentence::CreatePreviewLine {
                field: self.view.say(&field).into(),
                value: value.into(),
            };
            lines.push(self.view.say(&line));
        }
        let people = self.names(&self.draft.people).await?;
        lines.extend(against::lines(self.view, self.draft, &people).await?);
        lines.extend(by_phone::lines(self.view, &self.draft.people).await?);
        let rows = Rows::default().row([
            self.pick(&Sentence::ButtonConfirm, "ok"),
            self.pick(&Sentence::ButtonEdit, "edit"),
        ]);
        Ok(with(
            with_cancel(self.view, self.serial, rows),
            headed(&lines),
        ))
    }

    async fn values(&self) -> Result<Vec<(Sentence, String)>> {
        let (view, draft) = (self.view, self.draft);
        let none = || view.say(&Sentence::CreateNone);
        let kinds = kind::list(&view.store).await?;
        let kind = kinds
            .iter()
            .find(|kind| Some(&kind.code) == draft.kind.as_ref());
        let people = self.names(&draft.people).await?;
        let lead = people
            .iter()
            .find(|(id, _)| Some(*id) == draft.lead)
            .map(|(_, name)| name.clone());
        let names: Vec<String> = people.into_iter().map(|(_, name)| name).collect();
        let priority = draft.priority.or(kind.map(|kind| kind.priority));
        let when = match draft.when {
            Some(at) => at.format("%d/%m %H:%M").to_string(),
            None => view.say(&Sentence::CreateWhenNow),
        };
        let mut values = vec![
            (
                Sentence::FieldTitle,
                draft.title.clone().unwrap_or_default(),
            ),
            (Sentence::FieldKind, kind.map_or_else(none, label)),
            (
                Sentence::FieldPlace,
                draft
                    .place
                    .as_ref()
                    .map_or_else(none, |place| text::place(place, view.lang)),
            ),
            (Sentence::FieldWhen, when),
            (
                Sentence::FieldPeople,
                if names.is_empty() {
                    none()
                } else {
                    names.join(", ")
                },
            ),
        ];
        values.extend(lead.map(|name| (Sentence::FieldLead, name)));
        values
            .extend(priority.map(|one| (Sentence::FieldPriority, text::priority(one, view.lang))));
        values.extend(
            draft
                .description
                .clone()
                .map(|text| (Sentence::FieldDescription, text::cut(&text, 500))),
        );
        Ok(values)
    }
}

fn label(kind: &Kind) -> String {
    format!("{} {}", kind.emoji, kind.label)
}
