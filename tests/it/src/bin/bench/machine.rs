//! What the figures were taken on.

use anyhow::Result;

/// Processor, cores and memory.
pub fn describe() -> Result<String> {
    let processor = field("/proc/cpuinfo", "model name")?;
    let memory = field("/proc/meminfo", "MemTotal")?;
    let cores = std::thread::available_parallelism()?;
    Ok(format!("{processor}, {cores} cores, {memory} of memory"))
}

fn field(file: &str, name: &str) -> Result<String> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(':'));
    Ok(value
        .map_or("unknown", |(_, value)| value.trim())
        .to_owned())
}
