//! Figures beside their targets.

use std::{
    io::{self, Write},
    path::Path,
    time::Duration,
};

use anyhow::Result;
use serde_json::{Map, Value, json};

/// One figure.
pub struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    /// What it was promised to stay below, or to reach.
    target: Option<Target>,
}

#[derive(Clone, Copy)]
enum Target {
    Below(f64),
    Reach(f64),
}

impl Row {
    pub fn new(name: &str, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit,
            target: None,
        }
    }

    /// With a promise.
    pub fn below(self, target: f64) -> Self {
        Self {
            target: Some(Target::Below(target)),
            ..self
        }
    }

    /// With a promise.
    pub fn reach(self, target: f64) -> Self {
        Self {
            target: Some(Target::Reach(target)),
            ..self
        }
    }

    fn met(&self) -> Option<bool> {
        self.target.map(|target| match target {
            Target::Below(target) => self.value < target,
            Target::Reach(target) => self.value >= target,
        })
    }

    fn below_or_reach(&self) -> (Option<f64>, Option<f64>) {
        match self.target {
            Some(Target::Below(target)) => (Some(target), None),
            Some(Target::Reach(target)) => (None, Some(target)),
            None => (None, None),
        }
    }

    fn line(&self) -> String {
        let Self {
            name, value, unit, ..
        } = self;
        let kept = match self.met() {
            Some(true) => "met",
            _ => "MISSED",
        };
        let promise = match self.target {
            Some(Target::Below(target)) => format!("  below {target}: {kept}"),
            Some(Target::Reach(target)) => format!("  at least {target}: {kept}"),
            None => String::new(),
        };
        format!("  {name:<22} {value:>10.1} {unit:<10}{promise}")
    }

    fn json(&self) -> Value {
        let (below, reach) = self.below_or_reach();
        json!({ "name": self.name, "value": self.value, "unit": self.unit, "below": below, "reach": reach, "met": self.met() })
    }
}

/// How long many of the same took.
pub struct Spread {
    took: Vec<Duration>,
    time: Duration,
    refused: u32,
}

impl Spread {
    /// What was measured in this time.
    pub fn of(mut took: Vec<Duration>, time: Duration) -> Self {
        took.sort_unstable();
        Self {
            took,
            time,
            refused: 0,
        }
    }

    /// With so many that were not done.
    pub fn refused(self, refused: u32) -> Self {
        Self { refused, ..self }
    }

    /// How many were done in a second.
    pub fn rate(&self) -> f64 {
        self.took.len() as f64 / self.time.as_secs_f64()
    }

    /// Rate and delays; the target is for the 95th percentile.
    pub fn rows(&self, name: &str, target: Option<f64>) -> Vec<Row> {
        let mut rows = vec![Row::new(name, self.rate(), "requests/s")];
        rows.extend(self.delays(name, target.map(|target| (95, target))));
        if self.refused > 0 {
            let count = f64::from(self.refused);
            rows.push(Row::new(
                &format!("{name} refused (503)"),
                count,
                "requests",
            ));
        }
        rows
    }

    /// Delays; a target belongs to one of these percentiles.
    pub fn delays(&self, name: &str, target: Option<(usize, f64)>) -> Vec<Row> {
        let row = |percent: usize| {
            let delay = milliseconds(self.percentile(percent));
            let row = Row::new(&format!("{name} p{percent}"), delay, "ms");
            match target {
                Some((promised, target)) if promised == percent => row.below(target),
                _ => row,
            }
        };
        [50, 95, 99].map(row).into()
    }

    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.took.len() * percent).div_ceil(100);
        self.took
            .get(rank.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }
}

/// A time as the table has it.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The table as it grows, and the file at its end.
pub struct Report {
    machine: String,
    parts: Map<String, Value>,
}

impl Report {
    pub fn new(machine: String) -> Self {
        Self {
            machine,
            parts: Map::new(),
        }
    }

    /// Prints figures and keeps them.
    pub fn add(&mut self, part: &str, rows: &[Row]) -> Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{part}")?;
        for row in rows {
            writeln!(out, "{}", row.line())?;
        }
        let rows = rows.iter().map(Row::json).collect();
        self.parts.insert(part.to_lowercase(), Value::Array(rows));
        Ok(())
    }

    /// Writes the file and says on which machine.
    pub fn write(self, file: &Path) -> Result<()> {
        let Self { machine, parts } = self;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let report = json!({ "machine": machine, "figures": parts });
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
        writeln!(io::stdout(), "on {machine}\n{}", file.display())?;
        Ok(())
    }
}
