//! A room that isn't mine yet, or that nobody has.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::announcer::Announce;
use crate::components::dialog::{Dialog, Which};
use crate::components::focus;
use crate::components::show::Show;
use crate::connection::Connection;
use crate::model::Failed;

/// What came of knocking.
#[derive(Clone, PartialEq)]
enum Knock {
    NotYet,
    Knocking,
    NobodyThere,
    Failed(String),
}

/// Says that one isn't in the room, and lets one in.
#[component]
pub fn Door(
    /// The room's id.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let announce = expect_context::<Announce>();
    let knock = RwSignal::new(Knock::NotYet);
    Effect::new(move || {
        knock.set(Knock::NotYet);
        let wanted = room.get();
        if connection.is_synced().get() {
            spawn_local(async move {
                let is_there = connection.may_be_joined(&wanted).await;
                // Meanwhile one may stand before another door.
                if !is_there && room.try_get_untracked().as_ref() == Some(&wanted) {
                    knock.set(Knock::NobodyThere);
                }
            });
        }
    });
    let join = move |_| {
        if *knock.read_untracked() == Knock::Knocking {
            return;
        }
        knock.set(Knock::Knocking);
        let wanted = room.get_untracked();
        spawn_local(async move {
            match connection.join_room(&wanted).await {
                Ok(()) => announce.say("You are in the room now.".to_owned()),
                Err(failed) if room.try_get_untracked().as_ref() == Some(&wanted) => knock.set(answered(&failed)),
                Err(_) => {}
            }
        });
    };
    // Before the server has told which rooms are mine there is nothing to say.
    view! {
        <div class="door">
            <Show when=move || connection.is_synced().get()>
                <Show
                    when=move || *knock.read() == Knock::NobodyThere
                    fallback=move || view! { <Closed knock join /> }
                >
                    <NobodyThere />
                </Show>
            </Show>
        </div>
    }
}

/// A room that one may join.
#[component]
fn Closed<J: Fn(leptos::ev::MouseEvent) + Copy + 'static>(knock: RwSignal<Knock>, join: J) -> impl IntoView {
    let is_knocking = move || *knock.read() == Knock::Knocking;
    let refusal = move || match knock.get() {
        Knock::Failed(why) => Some(why),
        _ => None,
    };
    view! {
        <h2>"You’re not in this room yet"</h2>
        <p class="hint">"Join it to read what was said, and to say something."</p>
        <button
            class="primary"
            type="button"
            data-testid="join-room"
            aria-disabled=move || is_knocking().to_string()
            on:click=join
        >
            {move || if is_knocking() { "One moment" } else { "Join the room" }}
        </button>
        <p class="refusal" role="alert">
            {move || refusal()}
        </p>
    }
}

/// No room has this address.
#[component]
fn NobodyThere() -> impl IntoView {
    let dialog = expect_context::<Dialog>();
    // Whoever has just come in, and has the keyboard nowhere yet, goes on from here.
    request_animation_frame(|| {
        if document().active_element().is_none_or(|focused| focused.tag_name() == "BODY") {
            focus("#browse-instead");
        }
    });
    view! {
        <div role="alert" data-testid="no-such-room">
            <h2>"There is no room at this address"</h2>
            <p class="hint">"It may be mistyped. Find the room among all there are, or begin in the lobby."</p>
        </div>
        <button
            class="primary"
            id="browse-instead"
            type="button"
            data-testid="browse-instead"
            on:click=move |_| dialog.open(Which::Browse)
        >
            "Browse rooms"
        </button>
        <a href="/r/lobby" class="button" data-testid="to-lobby">
            "Go to the lobby"
        </a>
    }
}

fn answered(failed: &Failed) -> Knock {
    match failed {
        failed if failed.says_no_such_room() => Knock::NobodyThere,
        _ => Knock::Failed(failed.to_string()),
    }
}
