//! Draws the attention of somebody who doesn't look at the page, as much as they want it: by its title and icon, by a
//! notification, by a sound. What is worth it is the [model's](crate::model::attention) to say.

mod icon;
pub mod notification;
pub mod sound;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use self::icon::Icon;
use crate::connection::Connection;
use crate::model::attention::{Mention, NewMentions, title};
use crate::model::link::Link;
use crate::model::rooms::Unread;
use crate::service_worker;
use crate::settings::Settings;

/// How long a mention may still be read, here, in another tab or on another device, before it is one that was missed. Longer
/// than the others take to say so.
const PATIENCE: Duration = Duration::from_secs(2);

/// The icon says what is unread; new mentions are told.
pub fn draw(connection: Connection, settings: Settings) {
    let unread = unread(connection);
    let icon = Icon::find();
    Effect::new(move || icon.show(unread.get()));

    let open = use_navigate();
    service_worker::hear_of_clicks(move |path| open(path, NavigateOptions::default()));
    let mentions = StoredValue::new_local(None::<NewMentions>);
    Effect::new(move || {
        let is_synced = connection.is_synced().get();
        let new = connection.with_rooms(|rooms| {
            mentions.try_update_value(|mentions| match mentions {
                Some(mentions) => mentions.take(rooms),
                None => {
                    // All that was said before the page was opened is known by now.
                    *mentions = is_synced.then(|| NewMentions::after(rooms));
                    vec![]
                }
            })
        });
        for mention in new.unwrap_or_default() {
            set_timeout(move || tell(connection, settings, &mention), PATIENCE);
        }
    });
}

/// The title of the page is that of this room, with what is unread in all of them.
pub fn name_in_title(connection: Connection, name: Memo<String>) {
    let unread = unread(connection);
    Effect::new(move || document().set_title(&title(&name.read(), unread.get())));
    on_cleanup(|| document().set_title("Hubbub"));
}

/// What is unread; of a session that is over, nothing.
fn unread(connection: Connection) -> Memo<Unread> {
    Memo::new(move |_| match *connection.link().read() {
        Link::SignedOut => Unread::default(),
        _ => connection.with_rooms(|rooms| rooms.unread()),
    })
}

/// Tells of a mention, if it was missed. A click on the notification opens its room.
fn tell(connection: Connection, settings: Settings, mention: &Mention) {
    // Of all tabs one tells, and the one that sends is as good as any.
    if !connection.is_the_sending_tab() {
        return;
    }
    let missed = untrack(|| {
        connection.with_rooms(|rooms| {
            rooms.get(&mention.room).filter(|room| room.read() < mention.seq).map(|room| room.info().name.clone())
        })
    });
    let Some(room) = missed else { return };
    let choices = settings.get_untracked();
    if choices.sound {
        sound::play();
    }
    let message = connection.with_timeline(&mention.room, |timeline| timeline.message(mention.seq).cloned()).flatten();
    if let Some(message) = message.filter(|_| choices.notifications && document().hidden()) {
        let title = format!("{} in {room}", message.author.name);
        let to = format!("/r/{}", mention.room);
        spawn_local(async move {
            // If the browser won't, the settings say so.
            let _ = notification::show(&title, &message.text, &message.id.to_string(), &to).await;
        });
    }
}
