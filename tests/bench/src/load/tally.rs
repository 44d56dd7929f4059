//! What came of a load: counted by all clients together, and each message that was delivered is counted for itself.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::dialect::Post;

/// Latencies are told to a thousandth; what is longer than this counts as this.
const LONGEST: Duration = Duration::from_secs(60);

/// All that is counted. Only the latencies begin anew with a window.
pub(crate) struct Tally {
    /// How many deliveries what was said so far should make.
    pub(crate) expected: u64,
    pub(crate) delivered: u64,
    /// Messages that a client got after a later one of the same sender, or of the same room where a room has an order.
    pub(crate) out_of_order: u64,
    /// Good acknowledgements.
    pub(crate) answered: u64,
    pub(crate) refused: u64,
    /// Clients that have lost their connection, and how the first of them did.
    pub(crate) lost: usize,
    pub(crate) why_lost: Option<String>,
    /// Of messages that were sent from this time on.
    window: u64,
    pub(crate) latency: Histogram<u64>,
}

impl Tally {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let longest = u64::try_from(LONGEST.as_micros())?;
        Ok(Self {
            expected: 0,
            delivered: 0,
            out_of_order: 0,
            answered: 0,
            refused: 0,
            lost: 0,
            why_lost: None,
            window: 0,
            latency: Histogram::new_with_bounds(1, longest, 3)?,
        })
    }

    /// Forgets the latencies of what was sent before.
    pub(crate) fn open_window(&mut self, now: u64) {
        self.window = now;
        self.latency.reset();
    }

    /// A client got these.
    pub(crate) fn deliver(&mut self, posts: &[Post], order: &mut Order, now: u64) {
        self.delivered += posts.len() as u64;
        for post in posts {
            if !order.holds(post) {
                self.out_of_order += 1;
            }
            if post.stamp.sent >= self.window {
                self.latency.saturating_record(now.saturating_sub(post.stamp.sent));
            }
        }
    }
}

/// The order in which one client gets what is said.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// The number that may come next at the earliest, of each sender, or of the room.
    next: Vec<u64>,
}

impl Order {
    /// Whether nothing later has come before. What never comes is missing in the count of deliveries.
    fn holds(&mut self, post: &Post) -> bool {
        let (line, number) = match post.seq {
            Some(seq) => (0, seq),
            None => (post.stamp.sender, post.stamp.number),
        };
        if self.next.len() <= line {
            self.next.resize(line + 1, 0);
        }
        let holds = number >= self.next[line];
        self.next[line] = self.next[line].max(number + 1);
        holds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::stamp::Stamp;

    fn post(sender: usize, number: u64, seq: Option<u64>) -> Post {
        Post { stamp: Stamp { sender, number, sent: 10 * number }, seq }
    }

    #[test]
    fn order_is_by_sender_or_by_room() {
        let mut tally = Tally::new().unwrap();
        let posts = [post(0, 1, None), post(3, 1, None), post(0, 3, None), post(0, 2, None), post(0, 4, None)];
        tally.deliver(&posts, &mut Order::default(), 100);
        assert_eq!((tally.delivered, tally.out_of_order), (5, 1));

        let mut tally = Tally::new().unwrap();
        let posts = [post(0, 2, Some(1)), post(0, 1, Some(2)), post(1, 1, Some(2)), post(1, 2, Some(9))];
        tally.deliver(&posts, &mut Order::default(), 100);
        assert_eq!((tally.delivered, tally.out_of_order), (4, 1));
    }

    #[test]
    fn a_window_has_the_latencies_of_what_was_sent_in_it() {
        let mut tally = Tally::new().unwrap();
        tally.open_window(20);
        tally.deliver(&[post(0, 1, None), post(0, 2, None), post(0, 3, None)], &mut Order::default(), 50);
        assert_eq!((tally.latency.len(), tally.latency.min(), tally.latency.max()), (2, 20, 30));
        assert_eq!(tally.delivered, 3);
    }
}
