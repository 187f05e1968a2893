//! How long to wait before the next attempt.

use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How often a waiting thread looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(20);

/// Exponential back-off with jitter, and an upper limit for what a server may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Wait before the first repetition; doubled before each further one.
    pub base: Duration,
    /// Longest wait that the doubling leads to.
    pub max: Duration,
    /// Longest wait that a server's `Retry-After` leads to; a longer one is cut to this.
    pub max_retry_after: Duration,
    /// Seed of the jitter, which is a function of it, the request and the attempt.
    pub seed: u64,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            max: Duration::from_secs(30),
            max_retry_after: Duration::from_secs(60),
            seed: 0,
        }
    }
}

impl Backoff {
    /// The wait before repetition number `repetition` (from 0) of the request to `endpoint` with
    /// `body`: between half and all of the doubled base, so that clients that failed together do
    /// not come back together. A `Retry-After` takes its place where that is longer.
    pub(crate) fn wait(
        &self,
        endpoint: &str,
        body: &[u8],
        repetition: u32,
        retry_after: Option<Duration>,
    ) -> Duration {
        let doubled = self
            .base
            .saturating_mul(2u32.saturating_pow(repetition.min(31)))
            .min(self.max);
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(repetition.to_le_bytes());
        hash.update(endpoint.as_bytes());
        hash.update(body);
        let digest = hash.finalize();
        let share = f64::from(u16::from_le_bytes([digest[0], digest[1]])) / f64::from(u16::MAX);
        let jittered = doubled.mul_f64(0.5 + share / 2.0);
        match retry_after {
            Some(asked) => jittered.max(asked.min(self.max_retry_after)),
            None => jittered,
        }
    }
}

/// The wait that a `Retry-After` header asks for: seconds, or a date, of which one in the past asks
/// for none. `None` for what is neither (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean "very long", which the cap cuts.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Sleeps, but no longer than until `stop` is set. Whether it slept to the end.
pub(crate) fn sleep(wait: Duration, stop: Option<&AtomicBool>) -> bool {
    let start = Instant::now();
    loop {
        if stopped(stop) {
            return false;
        }
        let left = wait.saturating_sub(start.elapsed());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(LOOK));
    }
}

/// Whether the caller wants no more requests.
pub(crate) fn stopped(stop: Option<&AtomicBool>) -> bool {
    stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_and_repeat_for_the_same_seed() {
        let backoff = Backoff::default();
        for repetition in 0..40 {
            let wait = backoff.wait("e", b"body", repetition, None);
            let full = Duration::from_millis(500)
                .saturating_mul(1 << repetition.min(10))
                .min(backoff.max);
            assert!(wait >= full / 2 && wait <= full, "{repetition}: {wait:?}");
            assert_eq!(wait, backoff.wait("e", b"body", repetition, None));
        }
        let other = Backoff { seed: 1, ..backoff };
        assert_ne!(
            backoff.wait("e", b"body", 0, None),
            other.wait("e", b"body", 0, None)
        );
        assert_ne!(
            backoff.wait("e", b"body", 0, None),
            backoff.wait("e", b"other body", 0, None)
        );
    }

    #[test]
    fn a_server_may_ask_for_longer_but_not_forever() {
        let backoff = Backoff::default();
        let asked = |seconds| backoff.wait("e", b"", 0, Some(Duration::from_secs(seconds)));
        assert_eq!(asked(7), Duration::from_secs(7));
        assert_eq!(asked(1_000_000), backoff.max_retry_after);
        assert!(asked(0) >= backoff.base / 2);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let read = |value| retry_after(value, now);
        assert_eq!(read(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(read("0"), Some(Duration::ZERO));
        assert_eq!(
            read("99999999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        assert_eq!(
            read("Sun, 06 Nov 1994 08:50:07 GMT"),
            Some(Duration::from_secs(30))
        );
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        for neither in ["", "soon", "-3", "1.5", "Sun, 36 Nov 1994 08:49:37 GMT"] {
            assert_eq!(read(neither), None, "{neither}");
        }
    }

    #[test]
    fn a_stop_ends_a_sleep() {
        let stop = AtomicBool::new(true);
        assert!(!sleep(Duration::from_secs(3600), Some(&stop)));
        assert!(sleep(Duration::ZERO, None));
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| sleep(Duration::from_secs(3600), Some(&stop)));
            stop.store(true, Ordering::Relaxed);
            assert!(!sleeper.join().unwrap());
        });
    }
}
