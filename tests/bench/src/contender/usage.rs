//! What processes use of the machine.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::time::ClockId;
use nix::unistd::{Pid, SysconfVar, sysconf};

/// The CPU time of a process, of all threads that it has or had, in user and system mode: what `/proc/PID/stat` has in
/// hundredths of a second, in nanoseconds.
pub(super) fn cpu(process: Pid) -> Result<Duration> {
    let used = ClockId::pid_cpu_clock_id(process).and_then(ClockId::now).context("it is gone")?;
    Ok(Duration::from(used))
}

/// The memory of a process that is resident.
pub(super) fn resident_bytes(process: Pid) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("it is gone")?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB"));
    Ok(1024 * kib.context("no VmRSS")?.trim().parse::<u64>()?)
}

/// The CPU time of this process.
pub(crate) fn own_cpu() -> Result<Duration> {
    usage(UsageWho::RUSAGE_SELF)
}

/// The CPU time of this process and of those that it has started and that have ended.
pub(crate) fn cpu_of_these_programs() -> Result<Duration> {
    Ok(own_cpu()? + usage(UsageWho::RUSAGE_CHILDREN)?)
}

/// The CPU time of all that runs on the machine, the kernel included.
pub(crate) fn cpu_of_all_programs() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let ticks: Vec<u64> = stat.lines().next().unwrap_or_default().split(' ').filter_map(|n| n.parse().ok()).collect();
    // user, nice, system, and after idle and iowait: irq, softirq; what a hypervisor steals is used by others, too.
    let [user, nice, system, _, _, irq, softirq, steal, ..] = ticks[..] else {
        anyhow::bail!("/proc/stat begins otherwise than expected");
    };
    let per_second = sysconf(SysconfVar::CLK_TCK)?.and_then(|ticks| u32::try_from(ticks).ok()).context("no clock")?;
    Ok(Duration::from_secs(user + nice + system + irq + softirq + steal) / per_second)
}

fn usage(who: UsageWho) -> Result<Duration> {
    let used = getrusage(who)?;
    let micros = used.user_time().num_microseconds() + used.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.try_into()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_uses_what_it_uses() {
        let me = Pid::this();
        let before = cpu(me).unwrap();
        let mut sum = 0u64;
        while cpu(me).unwrap() < before + Duration::from_millis(20) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(own_cpu().unwrap() >= Duration::from_millis(20));
        assert!(cpu_of_all_programs().unwrap() >= own_cpu().unwrap());
        assert!(resident_bytes(me).unwrap() > 100_000);
    }
}
