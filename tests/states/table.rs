//! The states, and how to get there.

use std::pin::Pin;

use hubbub_tests::browser::{Look, Person, Stage};

/// A name, and a story that ends there.
pub(crate) struct State {
    pub(crate) name: &'static str,
    reach: Reach,
}

type Reach = for<'a> fn(&'a Stage, Look) -> Pin<Box<dyn Future<Output = Person> + 'a>>;

impl State {
    /// Gives the person whose page is in this state.
    pub(crate) async fn reach(&self, stage: &Stage, look: Look) -> Person {
        (self.reach)(stage, look).await
    }
}

macro_rules! states {
    ($($name:ident)*) => {
        &[$(State { name: stringify!($name), reach: |stage, look| Box::pin($name(stage, look)) }),*]
    };
}

pub(crate) const STATES: &[State] = states! {
    room
};

async fn room(stage: &Stage, look: Look) -> Person {
    stage.person_with("Ada", look).await
}
