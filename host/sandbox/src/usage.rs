//! What a process uses, as `/proc` tells.

use std::fs::read_to_string;

/// User and system time of a process in clock ticks; 0 when it is gone.
pub(crate) fn processor_ticks(process: u32) -> u64 {
    let text = read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is a name in brackets that may hold anything; fields 14 and 15 are the times.
    let fields = text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).into_iter().flatten();
    fields.skip(11).take(2).filter_map(|f| f.parse::<u64>().ok()).sum()
}

/// Memory that a process holds in RAM and shares with no file, in bytes; 0 when it is gone.
pub(crate) fn private_bytes(process: u32) -> u64 {
    let text = read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
    let mut pages = text.split_whitespace().skip(1).filter_map(|field| field.parse::<u64>().ok());
    let (resident, shared) = (pages.next().unwrap_or(0), pages.next().unwrap_or(0));
    resident.saturating_sub(shared) * rustix::param::page_size() as u64
}

/// Memory that this process and its children may have together: the machine's, or that of its control group.
pub(crate) fn total_memory() -> Option<u64> {
    let read = |path: &str| read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    });
    // Version 2, then 1; both say something else than a number when there is no limit, or an absurd one.
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| read(path)?.trim().parse::<u64>().ok());
    machine.into_iter().chain(group).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory() {
        let own = private_bytes(std::process::id());
        assert!(own > 0 && total_memory().unwrap() > own);
        assert_eq!(private_bytes(0), 0);
    }

    #[test]
    fn this_process_uses_the_processor() {
        let start = std::time::Instant::now();
        while processor_ticks(std::process::id()) == 0 {
            assert!(start.elapsed().as_secs() < 10, "ten seconds of work are no tick");
        }
        assert_eq!(processor_ticks(0), 0);
    }
}
