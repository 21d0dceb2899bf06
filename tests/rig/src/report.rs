//! What was found: one table for people, one file for programs.

use std::{
    io::{self, Write},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::{Value, json};

/// What one row found.
#[derive(Debug, Default)]
pub struct Findings {
    did: Vec<String>,
    broken: Vec<String>,
    figures: Vec<Figure>,
    /// Why nothing was tried: neither survived nor broken.
    untried: Option<String>,
}

/// A figure beside its goal.
#[derive(Clone, Debug)]
struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    goal: Goal,
}

#[derive(Clone, Copy, Debug)]
enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// A figure is out of all proportion when it misses its goal so many times over.
const TENFOLD: f64 = 10.0;

impl Goal {
    fn met(self, value: f64, times: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most * times,
            Self::AtLeast(least) => value >= least / times,
        }
    }
}

impl Findings {
    /// Notes what was done to the system, such as `20 kills`.
    pub fn did(&mut self, what: impl Into<String>) {
        self.did.push(what.into());
    }

    /// Something that must hold whatever happens.
    pub fn must(&mut self, holds: bool, otherwise: impl Into<String>) {
        if !holds {
            self.broken.push(otherwise.into());
        }
    }

    /// How long something took.
    pub fn time(&mut self, what: &str, took: Duration, goal: Duration) {
        let goal = Goal::AtMost(goal.as_secs_f64() * 1e3);
        self.figure(what, took.as_secs_f64() * 1e3, "ms", goal);
    }

    /// A count or size that should not be larger.
    pub fn at_most(&mut self, what: &str, value: f64, unit: &'static str, goal: f64) {
        self.figure(what, value, unit, Goal::AtMost(goal));
    }

    /// A rate that should not be smaller.
    pub fn at_least(&mut self, what: &str, value: f64, unit: &'static str, goal: f64) {
        self.figure(what, value, unit, Goal::AtLeast(goal));
    }

    fn figure(&mut self, what: &str, value: f64, unit: &'static str, goal: Goal) {
        self.figures.push(Figure {
            what: what.into(),
            value,
            unit,
            goal,
        });
    }

    /// This machine has not what the row needs.
    pub fn untried(why: impl Into<String>) -> Self {
        Self {
            untried: Some(why.into()),
            ..Self::default()
        }
    }

    /// The row itself could not be carried out.
    pub fn failed(error: &anyhow::Error) -> Self {
        let mut findings = Self::default();
        findings.must(false, format!("not carried out: {error:#}"));
        findings
    }

    /// Whether safety holds.
    pub fn safe(&self) -> bool {
        self.broken.is_empty()
    }

    /// Whether every figure is within ten times its goal.
    pub fn within_tenfold(&self) -> bool {
        self.figures
            .iter()
            .all(|figure| figure.goal.met(figure.value, TENFOLD))
    }
}

impl Figure {
    fn line(&self) -> String {
        let (sign, goal) = match self.goal {
            Goal::AtMost(goal) => ("<=", goal),
            Goal::AtLeast(goal) => (">=", goal),
        };
        let verdict = if self.goal.met(self.value, 1.0) {
            "met"
        } else {
            "MISSED"
        };
        format!(
            "    {:<44} {:>10} {:<10} {sign} {:<8} {verdict}",
            self.what,
            short(self.value),
            self.unit,
            short(goal)
        )
    }

    fn json(&self) -> Value {
        let (at_most, at_least) = match self.goal {
            Goal::AtMost(goal) => (Some(goal), None),
            Goal::AtLeast(goal) => (None, Some(goal)),
        };
        json!({
            "what": self.what, "value": self.value, "unit": self.unit,
            "at_most": at_most, "at_least": at_least, "met": self.goal.met(self.value, 1.0),
        })
    }
}

fn short(value: f64) -> String {
    if value.fract() == 0.0 || value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

/// The table as it grows, and the file at its end.
pub struct Report {
    seed: u64,
    short: bool,
    rows: Vec<Value>,
    verdicts: Vec<(bool, bool)>,
    untried: usize,
    begun: Instant,
}

/// What the whole short form may take.
const SHORT: Duration = Duration::from_secs(240);

impl Report {
    /// Begins to print.
    pub fn new(seed: u64, short: bool) -> Result<Self> {
        let form = if short { "short form" } else { "full length" };
        writeln!(io::stdout(), "fault rig, {form}, seed {seed}")?;
        Ok(Self {
            seed,
            short,
            rows: Vec::new(),
            verdicts: Vec::new(),
            untried: 0,
            begun: Instant::now(),
        })
    }

    /// Prints what a row found.
    pub fn add(
        &mut self,
        name: &str,
        fault: &str,
        took: Duration,
        findings: &Findings,
    ) -> Result<()> {
        let mut out = io::stdout().lock();
        let safety = if findings.safe() { "held" } else { "BROKEN" };
        writeln!(out, "{name}: {fault}")?;
        if let Some(why) = &findings.untried {
            self.untried += 1;
            self.rows
                .push(json!({ "name": name, "fault": fault, "untried": why }));
            return Ok(writeln!(out, "    NOT CARRIED OUT: {why}")?);
        }
        writeln!(
            out,
            "    safety {safety}; {} ({:.0} s)",
            findings.did.join(", "),
            took.as_secs_f64()
        )?;
        for broken in &findings.broken {
            writeln!(out, "    BROKEN: {broken}")?;
        }
        for figure in &findings.figures {
            writeln!(out, "{}", figure.line())?;
        }
        self.verdicts
            .push((findings.safe(), findings.within_tenfold()));
        self.rows.push(json!({
            "name": name, "fault": fault, "seconds": took.as_secs_f64(),
            "did": findings.did, "safe": findings.safe(), "broken": findings.broken,
            "figures": findings.figures.iter().map(Figure::json).collect::<Vec<_>>(),
        }));
        Ok(())
    }

    /// Writes the file, says the sum, and whether all is well: safety always, times by ten in the short form.
    pub fn end(self, file: &Path) -> Result<bool> {
        let good = |(safe, tenfold): &&(bool, bool)| *safe && (*tenfold || !self.short);
        let well = self.verdicts.iter().filter(good).count();
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let report = json!({
            "seed": self.seed, "short": self.short, "rows": self.rows,
            "seconds": self.begun.elapsed().as_secs_f64(),
        });
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
        let (all, took) = (self.verdicts.len(), self.begun.elapsed());
        if self.short {
            let mut whole = Findings::default();
            whole.time("the whole short form", took, SHORT);
            writeln!(io::stdout(), "{}", whole.figures[0].line())?;
        }
        let untried = match self.untried {
            0 => String::new(),
            some => format!(", {some} NOT CARRIED OUT"),
        };
        writeln!(
            io::stdout(),
            "{well} of {all} faults survived{untried} in {:.0} s, seed {}; {}",
            took.as_secs_f64(),
            self.seed,
            file.display()
        )?;
        Ok(well == all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_far_from_its_goal_is_told_from_one_that_only_misses_it() {
        let mut findings = Findings::default();
        findings.time("ready", Duration::from_secs(9), Duration::from_secs(1));
        findings.at_least("drains", 3.0, "messages/s", 25.0);
        assert!(findings.within_tenfold() && findings.safe());
        assert!(
            findings
                .figures
                .iter()
                .all(|figure| figure.line().ends_with("MISSED"))
        );
        findings.at_least("drains", 2.0, "messages/s", 25.0);
        assert!(!findings.within_tenfold() && findings.safe());
        findings.must(false, "lost");
        assert!(!findings.safe());
    }
}
