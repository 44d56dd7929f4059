//! The latest packets as they passed.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use hubbub_client::{Direction, Frame};

use super::mask::masked;

/// The most packets that are kept. Beyond that the oldest goes.
pub const MAX_PACKETS: usize = 1_000;

/// The most bytes that are kept of all packets together. Beyond that the oldest go.
pub const MAX_BYTES: usize = 1 << 20;

/// The most bytes of one packet that are kept: of a larger one, only how large it was. The server cuts its answers at 256
/// KiB.
const MAX_PACKET_BYTES: usize = MAX_BYTES / 2;

/// How many bytes are kept of a binary attachment: enough to know it by.
const ATTACHMENT_BYTES: usize = 256;

/// Names one packet. The next one has the next number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PacketId(pub(super) u64);

/// One packet, as it passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub id: PacketId,
    /// When.
    pub at: Duration,
    /// Which way.
    pub direction: Direction,
    /// The bytes that it had on the wire.
    pub size: usize,
    /// What is kept of it.
    pub content: Content,
}

/// What is kept of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its text, without secrets.
    Text(Box<str>),
    /// The first bytes of a binary attachment.
    Binary(Box<[u8]>),
    /// Nothing: it was too large.
    TooLarge,
}

impl Content {
    fn of(frame: &Frame) -> Self {
        match frame {
            Frame::Binary(bytes) => Self::Binary(bytes[..bytes.len().min(ATTACHMENT_BYTES)].into()),
            Frame::Text(text) if text.len() > MAX_PACKET_BYTES => Self::TooLarge,
            Frame::Text(text) => Self::Text(masked(text).into()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
            Self::TooLarge => 0,
        }
    }
}

/// The latest packets, the oldest first. To record one costs a copy of it.
#[derive(Debug, Default)]
pub struct Log {
    packets: VecDeque<Arc<Recorded>>,
    next: PacketId,
    bytes: usize,
}

impl Log {
    /// A frame passes, at the time `at`.
    pub fn record(&mut self, at: Duration, direction: Direction, frame: &Frame) {
        let recorded = Recorded { id: self.next, at, direction, size: frame.len(), content: Content::of(frame) };
        self.next.0 += 1;
        self.bytes += recorded.content.len();
        self.packets.push_back(Arc::new(recorded));
        while self.packets.len() > MAX_PACKETS || self.bytes > MAX_BYTES {
            let Some(oldest) = self.packets.pop_front() else { break };
            self.bytes -= oldest.content.len();
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.packets.clear();
        self.bytes = 0;
    }

    /// The id of the oldest that is kept, or else of the next.
    pub fn first(&self) -> PacketId {
        self.packets.front().map_or(self.next, |packet| packet.id)
    }

    /// The id of the next.
    pub fn next(&self) -> PacketId {
        self.next
    }

    /// Those from `id` on, as far as they are kept.
    pub fn since(&self, id: PacketId) -> impl Iterator<Item = &Arc<Recorded>> {
        let known = id.0.saturating_sub(self.first().0);
        self.packets.iter().skip(usize::try_from(known).unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(len: usize) -> Frame {
        Frame::Text("4".repeat(len))
    }

    fn ids(log: &Log, since: u64) -> Vec<u64> {
        log.since(PacketId(since)).map(|packet| packet.id.0).collect()
    }

    #[test]
    fn a_secret_is_not_even_kept() {
        let mut log = Log::default();
        let frame = r#"40/chat,{"token":"secret"}"#;
        log.record(Duration::ZERO, Direction::Out, &Frame::Text(frame.into()));
        assert!(!format!("{log:?}").contains("secret"), "{log:?}");
        assert_eq!(log.since(PacketId(0)).next().map(|packet| packet.size), Some(frame.len()));
    }

    #[test]
    fn of_attachments_the_beginning_is_kept_and_of_giants_the_size() {
        let mut log = Log::default();
        log.record(Duration::ZERO, Direction::In, &Frame::Binary(vec![7; 5_000]));
        log.record(Duration::ZERO, Direction::In, &text(MAX_PACKET_BYTES + 1));
        let kept: Vec<_> = log.since(PacketId(0)).map(|packet| (packet.size, &packet.content)).collect();
        let beginning = Content::Binary(vec![7; ATTACHMENT_BYTES].into());
        assert_eq!(kept, [(5_000, &beginning), (MAX_PACKET_BYTES + 1, &Content::TooLarge)]);
    }

    #[test]
    fn what_was_cleared_is_gone_and_numbers_go_on() {
        let mut log = Log::default();
        log.record(Duration::ZERO, Direction::In, &text(1));
        log.clear();
        assert_eq!((log.first(), log.next()), (PacketId(1), PacketId(1)));
        log.record(Duration::ZERO, Direction::In, &text(1));
        assert_eq!(ids(&log, 0), [1]);
    }

    proptest! {
        // Long ones.
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_latest_are_kept_within_both_bounds(
            sizes in prop::collection::vec(prop_oneof![50 => 0..100_usize, 1 => 0..MAX_PACKET_BYTES], 0..1_500),
            since in 0..1_500_u64,
        ) {
            let mut log = Log::default();
            for &size in &sizes {
                log.record(Duration::ZERO, Direction::In, &text(size));
            }
            let kept: Vec<_> = log.since(PacketId(0)).map(|packet| packet.size).collect();
            let fits = |count: usize| {
                count <= MAX_PACKETS && sizes[sizes.len() - count..].iter().sum::<usize>() <= MAX_BYTES
            };
            prop_assert_eq!(&kept[..], &sizes[sizes.len() - kept.len()..], "the latest, in order");
            prop_assert!(fits(kept.len()));
            prop_assert!(kept.len() == sizes.len() || !fits(kept.len() + 1), "no fewer than may be");
            let expected: Vec<_> = (log.first().0.max(since)..sizes.len() as u64).collect();
            prop_assert_eq!(ids(&log, since), expected);
        }
    }
}
