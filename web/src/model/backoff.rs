//! How long to wait before something is tried again.

/// The wait after the first failure, in milliseconds; it doubles with each one.
const FIRST: u64 = 1_000;
/// The longest wait.
const LONGEST: u64 = 30_000;

/// A pause after failures. Time is in milliseconds, on whatever clock its owner is given.
#[derive(Debug, Clone, Default)]
pub(super) struct Backoff {
    failures: u32,
    /// Nobody said when to come back: this is as good as any time.
    guessed: u64,
    /// Whoever refused said not to come back before this.
    told: u64,
}

impl Backoff {
    /// It failed, and whoever refused may have said when to come back.
    pub(super) fn failed(&mut self, now: u64, retry_after_ms: Option<u64>) {
        match retry_after_ms {
            Some(ms) => self.told = self.told.max(now.saturating_add(ms)),
            None => self.guessed = now.saturating_add((FIRST << self.failures.min(5)).min(LONGEST)),
        }
        self.failures = self.failures.saturating_add(1);
    }

    /// It went well, or is another thing now. What was told holds.
    pub(super) fn reset(&mut self) {
        *self = Self { told: self.told, ..Self::default() };
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        self.until() <= now
    }

    /// When it is over.
    pub(super) fn until(&self) -> u64 {
        self.guessed.max(self.told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_unless_it_is_told() {
        let mut backoff = Backoff::default();
        let mut waits = Vec::new();
        for _ in 0..7 {
            let now = backoff.until();
            backoff.failed(now, None);
            waits.push((backoff.until() - now) / 1_000);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        let now = backoff.until();
        backoff.failed(now, Some(250));
        backoff.failed(now, Some(100));
        assert!(!backoff.is_over(now + 249), "the longer of two waits holds");
        assert!(backoff.is_over(now + 250));
        backoff.failed(now, None);
        backoff.reset();
        assert_eq!(backoff.until(), now + 250, "what was told isn't taken back");
    }
}
