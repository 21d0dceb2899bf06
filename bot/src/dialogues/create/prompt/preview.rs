//! The whole of a task before it is created.

use domain::{
    Result,
    kind::{self, Kind},
};
use locales::Sentence;

use super::{super::against, Prompt, label, people::joined};
use crate::{
    by_phone,
    dialogues::with_cancel,
    keyboards::Rows,
    screen::Screen,
    text,
    view::{headed, with},
};

/// As much of a description as is shown, in characters.
const DESCRIPTION_SHOWN: usize = 500;

impl Prompt<'_> {
    pub(super) async fn preview(&self) -> Result<Screen> {
        let mut lines = vec![self.view.say(&Sentence::CreatePreview)];
        for (field, value) in self.values().await? {
            lines.push(self.line(&field, value));
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
        let kinds = kind::list(&view.store).await?;
        let kind = kinds
            .iter()
            .find(|kind| Some(&kind.code) == draft.kind.as_ref());
        let people = self.names(&draft.people).await?;
        let title = draft.title.clone().unwrap_or_default();
        let place = draft.place.as_ref();
        let place = place.map(|place| text::place(place, view.lang));
        let mut values = vec![
            (Sentence::FieldTitle, title),
            (Sentence::FieldKind, self.or_none(kind.map(label))),
            (Sentence::FieldPlace, self.or_none(place)),
            (Sentence::FieldWhen, self.start()),
            (Sentence::FieldPeople, self.or_none(joined(&people))),
        ];
        values.extend(self.beside(kind, &people));
        Ok(values)
    }

    /// What is said only when there is any.
    fn beside(&self, kind: Option<&Kind>, people: &[(i64, String)]) -> Vec<(Sentence, String)> {
        let (lang, draft) = (self.view.lang, self.draft);
        let lead = people.iter().find(|(id, _)| Some(*id) == draft.lead);
        let priority = draft.priority.or(kind.map(|kind| kind.priority));
        let description = draft.description.as_deref();
        let fields = [
            (Sentence::FieldLead, lead.map(|(_, name)| name.clone())),
            (
                Sentence::FieldPriority,
                priority.map(|one| text::priority(one, lang)),
            ),
            (
                Sentence::FieldDescription,
                description.map(|words| text::cut(words, DESCRIPTION_SHOWN)),
            ),
        ];
        let fields = fields.into_iter();
        fields
            .filter_map(|(field, value)| Some((field, value?)))
            .collect()
    }

    fn start(&self) -> String {
        match self.draft.when {
            Some(at) => at.format("%d/%m %H:%M").to_string(),
            None => self.view.say(&Sentence::CreateWhenNow),
        }
    }

    fn or_none(&self, value: Option<String>) -> String {
        value.unwrap_or_else(|| self.view.say(&Sentence::CreateNone))
    }
}
