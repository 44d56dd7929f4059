//! How often somebody may ask. Who asks more often is told when to come back; others don't feel it.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use hubbub_shared::{ApiError, ErrorCode};

use crate::config::Config;
use crate::store::UserKey;

/// How many seconds' worth may come at once.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// How many other requests there may be for each message.
const REQUESTS: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// So many may be remembered without need.
const FEW: usize = 1_024;

/// The limits of users, and of those who are to become some. What is turned off is None.
#[derive(Debug)]
pub(crate) struct Limits<C: Clock = MonotonicClock> {
    sends: Option<Each<UserKey, C>>,
    requests: Option<Each<UserKey, C>>,
    new_sessions: Option<Each<IpAddr, C>>,
}

impl Limits {
    pub(crate) fn new(config: &Config) -> Self {
        Self::with_clock(config, &MonotonicClock)
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn with_clock(config: &Config, clock: &C) -> Self {
        let rate = NonZeroU32::new(config.rate_limit);
        let new_sessions = NonZeroU32::new(config.session_rate_limit).map(Quota::per_minute);
        Self {
            sends: rate.map(|rate| Each::new(per_second(rate), clock)),
            requests: rate.map(|rate| Each::new(per_second(rate.saturating_mul(REQUESTS)), clock)),
            new_sessions: new_sessions.map(|quota| Each::new(quota, clock)),
        }
    }

    /// A message to be sent, or a room to be made.
    pub(crate) fn send(&self, user: UserKey) -> Result<(), ApiError> {
        self.sends.as_ref().map_or(Ok(()), |each| each.check(user))
    }

    /// Any other request.
    pub(crate) fn request(&self, user: UserKey) -> Result<(), ApiError> {
        self.requests.as_ref().map_or(Ok(()), |each| each.check(user))
    }

    /// A session to begin. All addresses of an IPv6 network of 64 bits are one: it is what one customer gets.
    pub(crate) fn new_session(&self, address: IpAddr) -> Result<(), ApiError> {
        self.new_sessions.as_ref().map_or(Ok(()), |each| each.check(network(address)))
    }
}

/// The limit of one classic connection, which is asked to wait and not told so.
#[derive(Debug)]
pub(crate) struct Pace<C: Clock = MonotonicClock>(
    Option<RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>>,
);

impl Pace {
    pub(crate) fn new(config: &Config) -> Self {
        Self::with_clock(config, MonotonicClock)
    }
}

impl<C: Clock + Clone> Pace<C> {
    fn with_clock(config: &Config, clock: C) -> Self {
        let rate = NonZeroU32::new(config.classic_rate_limit);
        Self(rate.map(|rate| RateLimiter::direct_with_clock(per_second(rate), clock)))
    }

    /// A message. If it is one too many, it is not counted, and this is how long to wait.
    pub(crate) fn check(&self) -> Result<(), Duration> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check().map_err(|until| until.wait_time_from(limiter.clock().now()))
    }
}

/// So many a second, and a [`BURST`] of them at once.
fn per_second(rate: NonZeroU32) -> Quota {
    Quota::per_second(rate).allow_burst(rate.saturating_mul(BURST))
}

/// The same limit for each of many, of whom those are forgotten who could begin afresh anyway.
#[derive(Debug)]
struct Each<K: Hash + Eq + Clone, C: Clock> {
    limiter: RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    /// After how many checks we look whom to forget: as many as we remembered the last time. So that costs little, and
    /// there are never more than twice as many remembered as have to be, and a [`FEW`].
    until_forgetting: AtomicUsize,
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Each<K, C> {
    fn new(quota: Quota, clock: &C) -> Self {
        let limiter = RateLimiter::hashmap_with_clock(quota, clock.clone());
        Self { limiter, until_forgetting: AtomicUsize::new(FEW) }
    }

    fn check(&self, key: K) -> Result<(), ApiError> {
        if self.until_forgetting.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            self.until_forgetting.store(self.limiter.len().max(FEW), Ordering::Relaxed);
        }
        self.limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.limiter.clock().now());
            // Rounded up: who comes back then is let in.
            let ms = wait.as_nanos().div_ceil(1_000_000).max(1);
            ApiError::retry_after(ErrorCode::RateLimited, u64::try_from(ms).unwrap_or(u64::MAX))
        })
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use governor::clock::FakeRelativeClock;

    use super::*;

    const ADA: UserKey = UserKey(1);
    const BOB: UserKey = UserKey(2);

    fn config(flags: &[&str]) -> Config {
        Config::parse_from([&["hubbub"], flags].concat())
    }

    fn limits(flags: &[&str]) -> (Limits<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Limits::with_clock(&config(flags), &clock), clock)
    }

    /// How many pass at once, up to 10,000.
    fn burst(mut check: impl FnMut() -> bool) -> usize {
        (0..10_000).take_while(|_| check()).count()
    }

    #[test]
    fn each_burst_is_as_large_as_the_contract_says() {
        let (limits, _) = limits(&[]);
        assert_eq!(burst(|| limits.send(ADA).is_ok()), 100);
        assert_eq!(burst(|| limits.request(ADA).is_ok()), 500);
        assert_eq!(burst(|| limits.new_session([127, 0, 0, 1].into()).is_ok()), 30);
        assert_eq!(burst(|| limits.send(BOB).is_ok()), 100, "another user's is another");
        assert_eq!(burst(|| limits.new_session([127, 0, 0, 2].into()).is_ok()), 30);
    }

    #[test]
    fn flags_set_the_rates_and_0_turns_them_off() {
        let (few, _) = limits(&["--rate-limit", "1", "--session-rate-limit", "2"]);
        assert_eq!(burst(|| few.send(ADA).is_ok()), 5);
        assert_eq!(burst(|| few.request(ADA).is_ok()), 25);
        assert_eq!(burst(|| few.new_session([127, 0, 0, 1].into()).is_ok()), 2);
        let (off, _) = limits(&["--rate-limit", "0", "--session-rate-limit", "0"]);
        assert_eq!(burst(|| off.send(ADA).is_ok()), 10_000);
        assert_eq!(burst(|| off.request(ADA).is_ok()), 10_000);
        assert_eq!(burst(|| off.new_session([127, 0, 0, 1].into()).is_ok()), 10_000);
        let (most, _) = limits(&["--rate-limit", "4294967295", "--session-rate-limit", "4294967295"]);
        assert_eq!(burst(|| most.send(ADA).is_ok()), 10_000);
    }

    #[test]
    fn who_comes_back_when_told_is_let_in_once_and_not_sooner() {
        let (limits, clock) = limits(&[]);
        burst(|| limits.send(ADA).is_ok());
        burst(|| limits.new_session([127, 0, 0, 1].into()).is_ok());
        let refused = limits.send(ADA).unwrap_err();
        assert_eq!((refused.code, refused.retry_after_ms), (ErrorCode::RateLimited, Some(50)));
        for (passed_us, left_ms) in [(48_500, 2), (1_499, 1)] {
            clock.advance(Duration::from_micros(passed_us));
            assert_eq!(limits.send(ADA).unwrap_err().retry_after_ms, Some(left_ms), "rounded up");
        }
        clock.advance(Duration::from_micros(1));
        assert_eq!(burst(|| limits.send(ADA).is_ok()), 1);
        clock.advance(Duration::from_secs(1));
        assert_eq!(burst(|| limits.send(ADA).is_ok()), 20);
        clock.advance(Duration::from_secs(5));
        assert_eq!(burst(|| limits.send(ADA).is_ok()), 100);
        assert_eq!(limits.new_session([127, 0, 0, 1].into()), Ok(()), "two seconds have passed, thrice");
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let (limits, _) = limits(&["--session-rate-limit", "1"]);
        for (address, expected) in [
            ("2001:db8::1", true),
            ("2001:db8::ffff:ffff:ffff:ffff", false),
            ("2001:db8:0:1::1", true),
            ("10.0.0.1", true),
            ("10.0.0.2", true),
            ("::ffff:10.0.0.1", false),
            ("::ffff:10.0.0.3", true),
        ] {
            assert_eq!(limits.new_session(address.parse().unwrap()).is_ok(), expected, "{address}");
        }
    }

    #[test]
    fn those_are_forgotten_who_have_recovered_and_no_others() {
        let (limits, clock) = limits(&[]);
        let sends = limits.sends.as_ref().unwrap();
        burst(|| limits.send(ADA).is_ok());
        let remembered = || sends.limiter.len();
        for user in 0..100 * FEW as i64 {
            clock.advance(Duration::from_millis(1));
            let _ = limits.send(UserKey(1_000 + user));
            // Each is back to normal after 50 ms.
            assert!(remembered() <= 2 * FEW, "{}", remembered());
            if user == 4_000 {
                assert_eq!(burst(|| limits.send(ADA).is_ok()), 4_001 / 50, "Ada is not forgotten");
            }
        }
    }

    #[test]
    fn a_classic_connection_has_a_pace_if_one_is_set() {
        let clock = FakeRelativeClock::default();
        let none = Pace::with_clock(&config(&[]), clock.clone());
        assert_eq!(burst(|| none.check().is_ok()), 10_000);
        let pace = Pace::with_clock(&config(&["--classic-rate-limit", "10"]), clock.clone());
        assert_eq!(burst(|| pace.check().is_ok()), 50);
        assert_eq!(pace.check(), Err(Duration::from_millis(100)));
        clock.advance(Duration::from_millis(100));
        assert_eq!(burst(|| pace.check().is_ok()), 1);
    }
}
