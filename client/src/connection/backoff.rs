//! How long to wait before the next attempt to reconnect.

use std::time::Duration;

/// The waits between attempts to reconnect, named and set as in the official client. `Reconnection::default()` is what is
/// usual.
///
/// ```
/// # use std::time::Duration;
/// # use hubbub_client::Reconnection;
/// let quick = Reconnection::default().delay(Duration::from_millis(100)).attempts(5);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reconnection {
    delay: Duration,
    delay_max: Duration,
    randomization_factor: f64,
    attempts: Option<u32>,
}

impl Default for Reconnection {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(1),
            delay_max: Duration::from_secs(5),
            randomization_factor: 0.5,
            attempts: None,
        }
    }
}

impl Reconnection {
    /// The wait before the first attempt, before randomisation; it is doubled from attempt to attempt. 1 s.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The longest wait, before randomisation too. 5 s.
    #[must_use]
    pub fn delay_max(self, delay_max: Duration) -> Self {
        Self { delay_max, ..self }
    }

    /// How far a wait may differ from the computed one, in parts of it, 0 to 1 (what is beyond counts as that). 0.5: between
    /// half and one and a half.
    #[must_use]
    pub fn randomization_factor(self, randomization_factor: f64) -> Self {
        Self { randomization_factor, ..self }
    }

    /// How many attempts are made after a connection was lost, or couldn't be opened, before the client gives up as
    /// [`DisconnectReason::Link`](crate::DisconnectReason::Link). `None`, which is usual: without end.
    #[must_use]
    pub fn attempts(self, attempts: impl Into<Option<u32>>) -> Self {
        Self { attempts: attempts.into(), ..self }
    }

    /// The wait before attempt `attempt` (the first is 1): doubled from attempt to attempt, then moved at random so that
    /// a crowd that lost its server doesn't come back as one. `None` if there is no further attempt.
    pub(super) fn wait(&self, attempt: u32, rng: &mut fastrand::Rng) -> Option<Duration> {
        if self.attempts.is_some_and(|most| attempt > most) {
            return None;
        }
        let doubled = self.delay.saturating_mul(1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        let factor = self.randomization_factor.clamp(0.0, 1.0) * (rng.f64() * 2.0 - 1.0);
        Some(doubled.min(self.delay_max).mul_f64(1.0 + factor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most_and_stay_within_their_spread() {
        let reconnection = Reconnection::default().attempts(40);
        let mut rng = fastrand::Rng::with_seed(7);
        for (attempt, centre) in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (40, 5.0)] {
            for _ in 0..100 {
                let wait = reconnection.wait(attempt, &mut rng).unwrap().as_secs_f64();
                assert!((centre * 0.5..=centre * 1.5).contains(&wait), "attempt {attempt}: {wait}");
            }
        }
        assert_eq!(reconnection.wait(41, &mut rng), None);
    }
}
