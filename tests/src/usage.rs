//! What a process has used, as the kernel tells.

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// The kernel's unit in `/proc/PID/stat`.
const TICK: Duration = Duration::from_millis(10);

/// The processor time of a process since its start.
pub fn cpu(id: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name before the last parenthesis may contain anything.
    let (_, fields) = stat.rsplit_once(')').context("no name in /proc/PID/stat")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    let (user, system) = ticks().zip(ticks()).context("no times in /proc/PID/stat")?;
    Ok(TICK * (user + system))
}

/// The bytes of a process that are in memory.
pub fn memory(id: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(1024 * kilobytes.context("no VmRSS in /proc/PID/status")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory_and_time() {
        let own = std::process::id();
        assert!(memory(own).unwrap() > 100_000);
        let begun = cpu(own).unwrap();
        while cpu(own).unwrap() == begun {}
    }
}
