//! The keys: given, and not to be guessed.

use super::Finding;
use crate::config::Config;

pub fn look(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for variable in config.keys.weak() {
        findings.push(Finding::bad(
            "keys",
            format!("{variable} is a known example or trivial"),
            "openssl rand -hex 32",
        ));
    }
    for (variable, file) in config.keys.generated() {
        findings.push(Finding::noted(
            "keys",
            format!(
                "{variable} is not set: the generated key in {} is used",
                file.display()
            ),
            "several instances need the same: openssl rand -hex 32",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::good("keys", "given, and long enough"));
    }
    findings
}
