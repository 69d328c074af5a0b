//! The CPU time of this process, and rounds in which the subjects alternate, so that other load of the machine affects
//! all of them.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::Result;

/// The CPU time that this process has used.
pub(crate) fn used() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The minimum CPU time of each subject over the rounds, in microseconds per call; the first round is a warm-up.
pub(crate) fn interleaved<S>(
    subjects: &[S],
    rounds: usize,
    times: usize,
    mut run: impl FnMut(&S, usize) -> Result<()>,
) -> Result<Vec<f64>> {
    let mut least = vec![f64::INFINITY; subjects.len()];
    for round in 0..=rounds {
        for (subject, least) in subjects.iter().zip(&mut least) {
            let before = used();
            run(subject, times)?;
            let micros = (used() - before).as_secs_f64() * 1e6 / times as f64;
            if round > 0 {
                *least = least.min(micros);
            }
        }
    }
    Ok(least)
}
