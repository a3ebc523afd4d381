//! What the child gives up before it runs a script.
//!
//! Resource limits bound memory and forbid files, processes and core dumps; on Linux a
//! system-call filter then leaves only what computing and talking to the parent need. A
//! forbidden call fails with `EPERM`: libraries that probe for something carry on.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Standard input, output, error, the bell, and `poll` on two of them.
const MAX_FILES: u64 = 8;
/// Address space beyond the memory limit: the program itself and what threads reserve.
const ADDRESS_SLACK: u64 = 2 << 30;

/// Applies all limits to the whole process, for good.
///
/// # Errors
/// When the system refuses; the child must not run scripts then.
pub fn apply(memory_bytes: u64) -> io::Result<()> {
    // The data limit counts the two stacks too.
    let stacks = 32 << 20;
    limit(Resource::Data, memory_bytes + stacks)?;
    limit(Resource::As, memory_bytes + ADDRESS_SLACK)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, MAX_FILES)?;
    // Not every platform counts processes per user in a way that allows 0.
    let _ = limit(Resource::Nproc, 0);
    filter::apply()
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    // A limit below ours stays: it cannot be raised.
    let current = rustix::process::getrlimit(resource);
    let most = current.maximum.map_or(most, |hard| hard.min(most));
    Ok(setrlimit(
        resource,
        Rlimit {
            current: Some(most),
            maximum: Some(most),
        },
    )?)
}

#[cfg(target_os = "linux")]
mod filter {
    //! The system calls that remain.

    use std::collections::BTreeMap;
    use std::io;

    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter_all_threads};

    const ALLOWED: &[i64] = &[
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_ppoll,
        libc::SYS_futex,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_getrandom,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_tgkill,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_restart_syscall,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    pub fn apply() -> io::Result<()> {
        let mut rules: BTreeMap<i64, Vec<_>> = ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
        #[cfg(target_arch = "x86_64")]
        rules.insert(libc::SYS_poll, Vec::new());
        let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        let Ok(arch) = std::env::consts::ARCH.try_into() else {
            // An architecture that the filter does not know keeps the resource limits.
            return Ok(());
        };
        let filter = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch).map_err(io::Error::other)?;
        let program: BpfProgram = filter.try_into().map_err(io::Error::other)?;
        apply_filter_all_threads(&program).map_err(io::Error::other)
    }
}

#[cfg(not(target_os = "linux"))]
mod filter {
    //! Without Linux the resource limits stand alone.

    pub fn apply() -> std::io::Result<()> {
        Ok(())
    }
}
