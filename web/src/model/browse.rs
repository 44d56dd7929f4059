//! Looking for rooms: what was asked for, what was found, page by page.
//!
//! Whoever types asks faster than a server answers. An [`Inquiry`] says which question an answer is to; only the last one's
//! counts.

use hubbub_shared::chat::RoomInfo;
use hubbub_shared::chat::request::RoomList;

use crate::model::Failed;

/// What was found, and how far.
#[derive(Debug, Clone, Default)]
pub struct Browse {
    query: String,
    found: Vec<RoomInfo>,
    stage: Stage,
    asked: u32,
}

/// How far the search is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The server is asked.
    Asking {
        /// For what comes after that which was found.
        further: bool,
    },
    /// It has answered.
    Answered {
        /// Whether there are more than were found.
        more: bool,
    },
    /// It was asked in vain.
    Failed(Failed),
}

impl Default for Stage {
    fn default() -> Self {
        Self::Asking { further: false }
    }
}

/// A question for the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    number: u32,
    /// What the names have in them.
    pub query: String,
    /// The id of the last room that was found.
    pub after: Option<String>,
}

impl Browse {
    /// Looks for something else. What was found stays to be seen until the answer is there.
    pub fn look_for(&mut self, query: &str) -> Inquiry {
        query.trim().clone_into(&mut self.query);
        self.ask(None)
    }

    /// Looks for what comes after the last room; for the same again, if nothing was found.
    pub fn look_further(&mut self) -> Inquiry {
        self.ask(self.found.last().map(|room| room.id.clone()))
    }

    /// The server has answered, or hasn't. Counts if nothing else was asked since.
    pub fn answered(&mut self, inquiry: &Inquiry, answer: Result<RoomList, Failed>) {
        if inquiry.number != self.asked {
            return;
        }
        if inquiry.after.is_none() {
            self.found.clear();
        }
        self.stage = match answer {
            Ok(list) => {
                // One that was renamed between two pages may be on both.
                let new = list.rooms.into_iter().filter(|room| self.found.iter().all(|found| found.id != room.id));
                let new: Vec<_> = new.collect();
                self.found.extend(new);
                Stage::Answered { more: list.more }
            }
            Err(failed) => Stage::Failed(failed),
        };
    }

    /// The rooms that were found, by name.
    #[must_use]
    pub fn found(&self) -> &[RoomInfo] {
        &self.found
    }

    /// How far the search is.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Whether anything was looked for yet.
    #[must_use]
    pub fn has_asked(&self) -> bool {
        self.asked > 0
    }

    /// What came of it, as a sentence; empty while nobody knows.
    #[must_use]
    pub fn sentence(&self) -> String {
        match (&self.stage, self.found.len()) {
            (Stage::Asking { .. }, _) => String::new(),
            (Stage::Failed(failed), _) => failed.to_string(),
            (Stage::Answered { .. }, 0) if self.query.is_empty() => "There is no room yet. Make one.".to_owned(),
            (Stage::Answered { .. }, 0) => format!("No room has “{}” in its name.", self.query),
            (Stage::Answered { more: true }, count) => format!("The first {count} rooms."),
            (Stage::Answered { .. }, 1) => "One room.".to_owned(),
            (Stage::Answered { .. }, count) => format!("{count} rooms."),
        }
    }

    fn ask(&mut self, after: Option<String>) -> Inquiry {
        self.asked = self.asked.wrapping_add(1);
        self.stage = Stage::Asking { further: after.is_some() };
        Inquiry { number: self.asked, query: self.query.clone(), after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ids: &[&str], more: bool) -> Result<RoomList, Failed> {
        let room = |id: &&str| RoomInfo {
            id: (*id).to_owned(),
            name: id.to_uppercase(),
            topic: String::new(),
            members: 1,
            head: 0,
        };
        Ok(RoomList { rooms: ids.iter().map(room).collect(), more })
    }

    fn ids(browse: &Browse) -> Vec<&str> {
        browse.found().iter().map(|room| &*room.id).collect()
    }

    #[test]
    fn only_the_last_question_counts() {
        let mut browse = Browse::default();
        let first = browse.look_for(" r ");
        let second = browse.look_for("ru");
        assert_eq!((&*first.query, &*second.query), ("r", "ru"));
        browse.answered(&second, list(&["rust"], false));
        browse.answered(&first, list(&["garden", "rust"], false));
        assert_eq!(ids(&browse), ["rust"]);
        assert_eq!(browse.sentence(), "One room.");
    }

    #[test]
    fn what_is_there_stays_until_there_is_something_else() {
        let mut browse = Browse::default();
        let all = browse.look_for("");
        browse.answered(&all, list(&["a", "b"], false));
        let none = browse.look_for("x");
        assert_eq!((ids(&browse), &*browse.sentence()), (vec!["a", "b"], ""));
        browse.answered(&none, list(&[], false));
        assert_eq!((ids(&browse), &*browse.sentence()), (vec![], "No room has “x” in its name."));
        let all = browse.look_for(" ");
        browse.answered(&all, list(&[], false));
        assert_eq!(browse.sentence(), "There is no room yet. Make one.");
    }

    #[test]
    fn a_page_follows_the_last_room() {
        let mut browse = Browse::default();
        let first = browse.look_for("");
        browse.answered(&first, list(&["a", "b"], true));
        assert_eq!(browse.sentence(), "The first 2 rooms.");
        let next = browse.look_further();
        assert_eq!(next.after.as_deref(), Some("b"));
        assert_eq!(browse.stage(), &Stage::Asking { further: true });
        browse.answered(&next, list(&["b", "c"], false));
        assert_eq!((ids(&browse), &*browse.sentence()), (vec!["a", "b", "c"], "3 rooms."));
    }

    #[test]
    fn a_page_that_fails_costs_nothing_that_was_found() {
        let mut browse = Browse::default();
        let first = browse.look_for("");
        browse.answered(&first, list(&["a"], true));
        let next = browse.look_further();
        browse.answered(&next, Err(Failed::NoAnswer));
        assert_eq!(ids(&browse), ["a"]);
        assert_eq!(browse.stage(), &Stage::Failed(Failed::NoAnswer));
        assert_eq!(browse.look_further().after.as_deref(), Some("a"));
        let other = browse.look_for("b");
        browse.answered(&other, Err(Failed::NoAnswer));
        assert!(browse.found().is_empty(), "what was found before is of another question");
        assert_eq!(browse.look_further().after, None);
    }
}
