//! What happens, for those who listen to the page: what others say in the open room, and what became of what one did.
//!
//! The messages themselves are no live region: their list also grows when older ones are loaded. Here stands what is new,
//! gathered for a moment, so that a burst is one sentence.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::going::use_here;
use crate::connection::Connection;
use crate::model::news::News;

/// How long news are gathered.
const MOMENT: Duration = Duration::from_millis(500);

/// Says something to those who listen to the page.
#[derive(Clone, Copy, Default)]
pub struct Announce(RwSignal<Option<Announcement>>);

/// What is said last.
#[derive(Clone)]
struct Announcement {
    /// The same words said again are something new.
    number: u32,
    words: String,
}

impl Announce {
    /// Says this, when nothing else is being said.
    pub fn say(self, words: String) {
        self.0.update(|last| {
            let number = last.as_ref().map_or(0, |last| last.number.wrapping_add(1));
            *last = Some(Announcement { number, words });
        });
    }
}

/// The place that is read aloud. It isn't seen.
#[component]
pub fn Announcer() -> impl IntoView {
    let announce = expect_context::<Announce>();
    tell_news(announce);
    view! {
        <div class="visually-hidden" role="status" data-testid="announcer">
            <For each=move || announce.0.get() key=|said| said.number let:said>
                <p>{said.words}</p>
            </For>
        </div>
    }
}

/// Announces what others say in the open room from now on.
fn tell_news(announce: Announce) {
    let connection = expect_context::<Connection>();
    let me = connection.me();
    let here = use_here();
    let news = StoredValue::new(None::<News>);
    let tells_soon = StoredValue::new(false);
    let tell = move || {
        // Whoever signed out in the meantime hears nothing.
        if tells_soon.try_set_value(false).is_some() {
            return;
        }
        let mut words = None;
        news.update_value(|news| {
            let Some(news) = news.as_mut().filter(|news| news.are_of(&here.read_untracked())) else { return };
            let told = news.told();
            let tell =
                connection.with_timeline(&here.read_untracked(), |timeline| news.tell(timeline.after(told), &me));
            words = tell.flatten();
        });
        if let Some(words) = words {
            announce.say(words);
        }
    };
    Effect::new(move || {
        let room = here.read();
        let head = connection.with_rooms(|rooms| rooms.get(&room).map(|room| room.info().head));
        // What was said before the server has told where the room stands is no news.
        let Some(head) = head.filter(|_| connection.is_synced().get()) else {
            return;
        };
        let told = news.with_value(|news| news.as_ref().filter(|news| news.are_of(&room)).map(News::told));
        match told {
            None => news.set_value(Some(News::of(&room, head))),
            Some(told) if told < head && !tells_soon.get_value() => {
                tells_soon.set_value(true);
                set_timeout(tell.clone(), MOMENT);
            }
            // Another store: its messages are counted anew.
            Some(told) if told > head => news.set_value(Some(News::of(&room, head))),
            Some(_) => {}
        }
    });
}
