//! Who and what the demo is about: names, places and titles, as data.

use serde::Deserialize;

const CAST: &str = include_str!("cast.json");

/// Everything of `cast.json`.
#[derive(Debug, Deserialize)]
pub struct Cast {
    pub units: Vec<Unit>,
    pub officers: Vec<Officer>,
    pub agents: Vec<String>,
    /// Somebody with an account who has not enrolled.
    pub newcomer: String,
    ranks: Vec<String>,
    specialties: Vec<String>,
    first_names: Vec<String>,
    last_names: Vec<String>,
    pub tasks: Vec<Job>,
    /// What agents write while they work.
    pub reports: Vec<String>,
    /// Reasons that people give.
    pub cancel: String,
    pub unavailable: String,
    pub leave: String,
}

/// A unit and the middle of its district.
#[derive(Debug, Deserialize)]
pub struct Unit {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
}

/// Somebody who works at the board.
#[derive(Debug, Deserialize)]
pub struct Officer {
    pub username: String,
    pub name: String,
    pub level: i16,
    pub permissions: Vec<String>,
    pub units: Vec<usize>,
    /// Whether he is on Telegram too.
    pub linked: bool,
}

/// Work that comes up.
#[derive(Clone, Debug, Deserialize)]
pub struct Job {
    pub kind: String,
    pub title: String,
    pub label: String,
    pub lat: f64,
    pub lon: f64,
    pub unit: usize,
}

/// Somebody in the street.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: String,
    pub username: String,
    pub badge: String,
    pub rank: String,
    pub specialty: String,
    pub unit: usize,
    pub telegram_id: i64,
    pub lat: f64,
    pub lon: f64,
}

/// Telegram ids of the demo begin here: officers, then agents.
const OFFICERS_FROM: i64 = 700_000_001;
const AGENTS_FROM: i64 = 600_000_001;

impl Cast {
    pub fn read() -> Self {
        serde_json::from_str(CAST).expect("the embedded cast is right; a test reads it")
    }

    pub fn officer_telegram_id(&self, index: usize) -> i64 {
        OFFICERS_FROM + index as i64
    }

    /// The first `count` agents, dealt to the units in turn.
    pub fn parts(&self, count: usize) -> Vec<Part> {
        (0..count).map(|index| self.part(index)).collect()
    }

    /// The one who has not enrolled, as the agent after the last.
    pub fn newcomer(&self, count: usize) -> Part {
        let part = self.part(count);
        Part {
            name: self.newcomer.clone(),
            username: plain(&self.newcomer),
            ..part
        }
    }

    fn part(&self, index: usize) -> Part {
        let name = self
            .agents
            .get(index)
            .cloned()
            .unwrap_or_else(|| self.made_name(index));
        let unit = index % self.units.len();
        // Spread around the middle of the district on a spiral, about 250 m apart.
        let (turn, far) = (index as f64 * 2.4, 0.0022 * (1.0 + index as f64).sqrt());
        Part {
            username: plain(&name),
            badge: format!("{}", 1001 + index),
            rank: self.ranks[index % self.ranks.len()].clone(),
            specialty: self.specialties[index / self.units.len() % self.specialties.len()].clone(),
            unit,
            telegram_id: AGENTS_FROM + index as i64,
            lat: self.units[unit].lat + far * turn.sin(),
            lon: self.units[unit].lon + far * turn.cos(),
            name,
        }
    }

    fn made_name(&self, index: usize) -> String {
        let (firsts, lasts) = (&self.first_names, &self.last_names);
        format!(
            "{} {}",
            firsts[index % firsts.len()],
            lasts[index / firsts.len() % lasts.len()]
        )
    }
}

/// A name as a username: small letters without accents, a dot for the space.
fn plain(name: &str) -> String {
    let letter = |letter: char| match letter {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        ' ' => '.',
        other => other,
    };
    name.to_lowercase().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_city_of_people_has_a_city_of_names() {
        let cast = Cast::read();
        let parts = cast.parts(300);
        let names: BTreeSet<_> = parts.iter().map(|part| &part.username).collect();
        assert_eq!(names.len(), 300);
        assert!(names.iter().all(|name| name.is_ascii()), "{names:?}");
        assert!(!names.contains(&cast.newcomer(300).username));
    }

    #[test]
    fn every_unit_has_work_of_its_own() {
        let cast = Cast::read();
        for unit in 0..cast.units.len() {
            assert_eq!(cast.tasks.iter().filter(|job| job.unit == unit).count(), 4);
        }
    }
}
