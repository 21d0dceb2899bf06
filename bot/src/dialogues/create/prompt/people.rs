//! Whom one can choose for a task, and who of them leads it.

use std::collections::HashMap;

use domain::{
    Result,
    agent::{self, Agent, AgentFilter, Candidate},
    page::{self, Window},
    task::foreseen::Conflict,
};
use locales::Sentence;

use super::{super::against, Prompt};
use crate::{
    by_phone,
    dialogues::{turning, with_cancel},
    keyboards::Rows,
    lists,
    screen::Screen,
    text,
    view::{plain, with},
};

impl Prompt<'_> {
    pub(super) async fn people(&self) -> Result<Screen> {
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
        let names = joined(&people);
        Ok(names.map(|names| self.line(&Sentence::FieldPeople, names)))
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

    pub(super) async fn lead(&self) -> Result<Screen> {
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

    /// The names of these people, in the order in which they were chosen.
    pub(super) async fn names(&self, ids: &[i64]) -> Result<Vec<(i64, String)>> {
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
}

/// Their names in a row, if there are any.
pub(super) fn joined(people: &[(i64, String)]) -> Option<String> {
    let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
