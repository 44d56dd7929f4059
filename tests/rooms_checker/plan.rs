//! All that chance decides, from one seed.

use std::env;
use std::time::Duration;

use hubbub_shared::chat::MessageId;
use hubbub_tests::chat::random_id;

/// How many do what for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) seconds: u64,
    pub(crate) rooms: usize,
    pub(crate) users: usize,
    pub(crate) classic_clients: usize,
}

/// One end of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Downfall {
    /// So long after it was started.
    pub(crate) after: Duration,
    /// Killed, and not just asked to end.
    pub(crate) killed: bool,
    /// So long it is away.
    pub(crate) down: Duration,
}

/// A message to be written.
pub(crate) struct Line {
    /// How long its author thinks before.
    pub(crate) pause: Duration,
    pub(crate) id: MessageId,
    pub(crate) text: String,
}

impl Plan {
    /// As `CHECKER_SEED` and `CHECKER_SECONDS` say; else by a seed of its own, for a minute.
    pub(crate) fn from_environment() -> Self {
        let number = |name| env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")));
        Self {
            seed: number("CHECKER_SEED").unwrap_or_else(|| fastrand::u64(..)),
            seconds: number("CHECKER_SECONDS").unwrap_or(60),
            rooms: 3,
            users: 7,
            classic_clients: 3,
        }
    }

    /// What happens to the server, without end.
    pub(crate) fn downfalls(&self) -> impl Iterator<Item = Downfall> + use<> {
        let mut random = self.chance(0);
        std::iter::repeat_with(move || Downfall {
            after: Duration::from_millis(random.u64(200..7_000)),
            killed: random.u8(0..5) > 0,
            down: Duration::from_millis(random.u64(0..1_500)),
        })
    }

    /// What a connection writes in a room, without end.
    pub(crate) fn writer(&self, member: usize, room: usize) -> impl Iterator<Item = Line> + Send + use<> {
        self.lines(1 + (member * self.rooms + room) as u64, format!("member {member}, room {room}"))
    }

    /// What a classic client writes, without end.
    pub(crate) fn shouter(&self, number: usize) -> impl Iterator<Item = Line> + Send + use<> {
        self.lines(1_000_000 + number as u64, format!("classic {number}"))
    }

    fn lines(&self, stream: u64, who: String) -> impl Iterator<Item = Line> + Send + use<> {
        let mut random = self.chance(stream);
        (0_u64..).map(move |number| {
            // Now and then a burst, faster than the rate limit allows for long.
            let pause = match random.u8(0..10) {
                0..4 => 0,
                4..7 => random.u64(0..30),
                _ => random.u64(0..400),
            };
            let longest = if random.u8(0..20) == 0 { 900 } else { 10 };
            let filling = "ünï ".repeat(random.usize(0..longest));
            let text = format!("{who}, {number}: {filling}.");
            Line { pause: Duration::from_millis(pause), id: random_id(&mut random), text }
        })
    }

    /// A source of chance of its own for each who needs one.
    fn chance(&self, stream: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed ^ stream.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03))
    }
}
