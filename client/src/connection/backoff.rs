//! How long to wait before the next attempt to reconnect.

use std::time::Duration;

/// The settings of the wait between attempts, named and set as in the official client.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconnection {
    /// The wait before the first attempt, before randomisation. 1 s.
    pub delay: Duration,
    /// The longest wait, before randomisation too. 5 s.
    pub delay_max: Duration,
    /// How far a wait may differ from the computed one, in parts of it, 0 to 1. 0.5: between half and one and a half.
    pub randomization_factor: f64,
    /// How many attempts are made after a connection was lost before the client gives up. `None`: without end.
    pub attempts: Option<u32>,
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
        let reconnection = Reconnection { attempts: Some(40), ..Reconnection::default() };
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
