//! What the load's messages say: who says it, how many they have said, and when.

use std::sync::LazyLock;
use std::time::Instant;

/// The beginning of time.
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since the load generator has begun to look at the clock.
pub(crate) fn now() -> u64 {
    u64::try_from(BEGIN.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// What stands at the beginning of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Which client.
    pub(crate) sender: usize,
    /// 1, 2, 3 … of this sender.
    pub(crate) number: u64,
    /// By [`now`].
    pub(crate) sent: u64,
}

impl Stamp {
    /// A text of so many bytes.
    pub(crate) fn text(&self, bytes: usize) -> String {
        let Self { sender, number, sent } = self;
        format!("{:x<bytes$}", format!("{sender} {number} {sent} "))
    }

    /// What stands in a text.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (sender, number, sent) = (words.next()?, words.next()?, words.next()?);
        Some(Self { sender: sender.parse().ok()?, number: number.parse().ok()?, sent: sent.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_its_length_and_says_what_was_stamped() {
        let stamp = Stamp { sender: 999, number: 1_000_000, sent: now() + 1_000_000_000 };
        for bytes in [64, 1_024] {
            let text = stamp.text(bytes);
            assert_eq!((text.len(), text.trim().len()), (bytes, bytes));
            assert_eq!(Stamp::read(&text), Some(stamp));
        }
        assert_eq!(Stamp::read("Hello, you there!"), None);
    }
}
