//! The packs of task kinds that ship with the program.

use std::str::FromStr;

use sea_orm::EntityTrait;
use serde::Deserialize;
use serde_json::json;

use ::entity::task_kind;

use crate::{
    Actor, Result, Tx,
    actor::Channel,
    audit::{self, Subject},
    kind::{self, NewKind},
    task::Priority,
};

/// A set of kinds for one sort of force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pack {
    Police,
    Municipal,
}

impl Pack {
    pub const ALL: [Self; 2] = [Self::Police, Self::Municipal];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Police => "police",
            Self::Municipal => "municipal",
        }
    }

    fn json(self) -> &'static str {
        match self {
            Self::Police => include_str!("catalogue/police.json"),
            Self::Municipal => include_str!("catalogue/municipal.json"),
        }
    }
}

impl FromStr for Pack {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|pack| pack.as_str() == word)
            .ok_or_else(|| format!("{word:?} is no pack: police or municipal"))
    }
}

#[derive(Deserialize)]
struct Row {
    code: String,
    label: String,
    emoji: String,
    prefix: String,
    priority: Priority,
    duration_min: i32,
    crew: i32,
    #[serde(default)]
    needs_place: bool,
    #[serde(default)]
    needs_evidence: bool,
    #[serde(default)]
    checklist: Vec<String>,
}

/// Adds the kinds of a pack; those that are there already keep what was changed in them. Returns how many
/// kinds the pack has.
pub async fn seed(tx: &Tx, pack: Pack) -> Result<usize> {
    let kinds = kinds(pack)?;
    let count = kinds.len();
    task_kind::Entity::insert_many(kinds.into_iter().map(kind::columns))
        .on_conflict_do_nothing_on([task_kind::Column::Code])
        .exec_without_returning(tx.db())
        .await?;
    let system = Actor::system(Channel::Cli);
    audit::record(
        tx,
        &system,
        "catalogue.seeded",
        Subject::Catalogue,
        json!({ "pack": pack.as_str() }),
    )
    .await?;
    Ok(count)
}

fn kinds(pack: Pack) -> Result<Vec<NewKind>> {
    let rows: Vec<Row> = serde_json::from_str(pack.json())?;
    Ok(rows
        .into_iter()
        .zip((10..).step_by(10))
        .map(|(row, sort)| row.into_kind(sort))
        .collect())
}

impl Row {
    fn into_kind(self, sort: i32) -> NewKind {
        NewKind {
            code: self.code,
            label: self.label,
            emoji: self.emoji,
            prefix: self.prefix,
            priority: self.priority,
            duration_min: self.duration_min,
            crew: self.crew,
            needs_place: self.needs_place,
            needs_evidence: self.needs_evidence,
            checklist: self.checklist,
            sort,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_reads_and_knows_emergencies() -> Result<()> {
        for pack in Pack::ALL {
            let kinds = kinds(pack)?;
            assert!(
                kinds
                    .iter()
                    .any(|kind| kind.code == "emergencia" && kind.prefix == "EMG"),
                "{pack:?}"
            );
            for kind in &kinds {
                assert!(kind.code.is_ascii(), "{}", kind.code);
            }
        }
        Ok(())
    }
}
