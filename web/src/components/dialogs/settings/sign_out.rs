//! The end of a session. Whoever wants it is told what goes with it, and asked again.

use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::show::Show;
use crate::connection::Connection;
use crate::model::Failed;

/// Why nobody signs out without the server.
const NO_SERVER: &str = "You can’t sign out while the server can’t be reached: only there your session can be ended. \
                         Try again when you’re back online.";

/// A button, and behind it the question.
#[component]
pub fn SignOut() -> impl IntoView {
    let is_asked = RwSignal::new(false);
    let opener = NodeRef::<Button>::new();
    Effect::new(move |was_asked: Option<bool>| {
        let is_asked = is_asked.get();
        if was_asked == Some(true) && !is_asked {
            // It is there again with the next frame.
            request_animation_frame(move || {
                if let Some(opener) = opener.get_untracked() {
                    let _ = opener.focus();
                }
            });
        }
        is_asked
    });
    view! {
        <section aria-labelledby="settings-session">
            <h3 id="settings-session">"Your session"</h3>
            <Show
                when=move || is_asked.get()
                fallback=move || {
                    view! {
                        <button
                            type="button"
                            class="danger"
                            data-testid="sign-out"
                            node_ref=opener
                            on:click=move |_| is_asked.set(true)
                        >
                            "Sign out"
                        </button>
                    }
                }
            >
                <Question is_asked />
            </Show>
        </section>
    }
}

/// What is lost, and whether it may be.
#[component]
fn Question(is_asked: RwSignal<bool>) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let name = connection.me().name;
    let lost = move || lost(connection.with_outbox(|outbox| outbox.len()));
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let stay = NodeRef::<Button>::new();
    // Where the focus was is gone.
    Effect::new(move || {
        if let Some(stay) = stay.get() {
            let _ = stay.focus();
        }
    });
    let sign_out = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        refusal.set(None);
        spawn_local(async move {
            // If it works, the page begins anew.
            if let Err(failed) = connection.sign_out().await {
                is_busy.set(false);
                refusal.set(Some(match failed {
                    Failed::NoAnswer => NO_SERVER.to_owned(),
                    failed => failed.to_string(),
                }));
            }
        });
    };
    view! {
        <div role="group" aria-labelledby="sign-out-question" class="question">
            <div id="sign-out-question" data-testid="sign-out-warning">
                {move || lost().map(|lost| view! { <p class="lost">{lost}</p> })}
                <p>
                    "There is no password. If you’re here on no other device, nobody can come back as " <bdi>{name}</bdi>
                    ", and the name is free again."
                </p>
            </div>
            <p class="refusal" role="alert">
                {move || refusal.get()}
            </p>
            <div class="answers">
                <button
                    type="button"
                    class="danger"
                    data-testid="sign-out-now"
                    aria-disabled=move || is_busy.get().to_string()
                    on:click=sign_out
                >
                    {move || if is_busy.get() { "One moment" } else { "Sign out" }}
                </button>
                <button type="button" data-testid="stay" node_ref=stay on:click=move |_| is_asked.set(false)>
                    "Stay"
                </button>
            </div>
        </div>
    }
}

/// What is lost with so many messages that the server doesn't have.
fn lost(messages: usize) -> Option<String> {
    match messages {
        0 => None,
        1 => Some("1 message hasn’t been sent and will be lost.".to_owned()),
        _ => Some(format!("{messages} messages haven’t been sent and will be lost.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_counted() {
        assert_eq!(lost(0), None);
        assert_eq!(lost(1).as_deref(), Some("1 message hasn’t been sent and will be lost."));
        assert_eq!(lost(2).as_deref(), Some("2 messages haven’t been sent and will be lost."));
    }
}
