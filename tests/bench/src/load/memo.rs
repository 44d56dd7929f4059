//! Frames that were read a moment ago.
//!
//! Everybody in a room gets the same frames in the same order, so most of what a client gets another has got just before:
//! then it only has to be compared, which is far quicker than to read it, and not a bit less strict.

use std::collections::VecDeque;
use std::rc::Rc;

use super::dialect::Post;

/// So many frames are remembered.
const REMEMBERED: usize = 512;

/// What frames say, for all clients of a room.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    frames: VecDeque<Remembered>,
    /// The number of the frame that was remembered first of these.
    first: usize,
}

#[derive(Debug)]
struct Remembered {
    frame: Box<[u8]>,
    posts: Rc<[Post]>,
}

/// Which frame a client got last. The one remembered after it is the one to expect.
#[derive(Debug, Default)]
pub(crate) struct Bookmark(usize);

impl Memo {
    /// The posts of a frame, by `read` if nobody has got the same frame before.
    pub(crate) fn posts(
        &mut self,
        bookmark: &mut Bookmark,
        frame: &[u8],
        read: impl FnOnce(&[u8]) -> Vec<Post>,
    ) -> Rc<[Post]> {
        let is_it = |at: usize| self.frames.get(at).is_some_and(|known| *known.frame == *frame);
        let expected = bookmark.0.wrapping_sub(self.first);
        let found = if is_it(expected) { Some(expected) } else { (0..self.frames.len()).rev().find(|&at| is_it(at)) };
        let at = found.unwrap_or_else(|| self.remember(frame, read(frame)));
        bookmark.0 = self.first + at + 1;
        Rc::clone(&self.frames[at].posts)
    }

    fn remember(&mut self, frame: &[u8], posts: Vec<Post>) -> usize {
        if self.frames.len() == REMEMBERED {
            self.frames.pop_front();
            self.first += 1;
        }
        self.frames.push_back(Remembered { frame: frame.into(), posts: posts.into() });
        self.frames.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::stamp::Stamp;

    fn read(frame: &[u8]) -> Vec<Post> {
        Stamp::read(str::from_utf8(frame).unwrap()).map(|stamp| Post { stamp, seq: None }).into_iter().collect()
    }

    #[test]
    fn a_frame_is_read_once_however_many_get_it() {
        let frames: Vec<_> = (1..=2_000).map(|number| Stamp { sender: 1, number, sent: 0 }.text(64)).collect();
        let (mut memo, mut ahead, mut behind) = (Memo::default(), Bookmark::default(), Bookmark::default());
        let mut times_read = 0;
        let mut get = |bookmark: &mut Bookmark, at: usize| {
            let posts = memo.posts(bookmark, frames[at].as_bytes(), |frame| {
                times_read += 1;
                read(frame)
            });
            assert_eq!(posts[0].stamp.number, at as u64 + 1);
        };
        for at in 0..frames.len() {
            get(&mut ahead, at);
            // Another is 100 frames behind, and misses every seventh.
            if at >= 100 && at % 7 != 0 {
                get(&mut behind, at - 100);
            }
        }
        assert_eq!(times_read, frames.len());
        // One who is too far behind reads for itself.
        let mut far_behind = Bookmark::default();
        let posts = memo.posts(&mut far_behind, frames[0].as_bytes(), read);
        assert_eq!(posts[0].stamp.number, 1);
    }
}
