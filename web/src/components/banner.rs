//! What is wrong with the connection, what happens next, and what one can do: in one line above the room, while there is
//! something to say.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::show::Show;
use crate::connection::{self, Connection};
use crate::listen;
use crate::model::link::Link;
use crate::model::outbox::Outbox;

/// How long nothing is said of a connection that is being made: mostly it is there before anybody could read it.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The banner.
#[component]
pub fn Banner() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let link = connection.link();
    let is_slow = RwSignal::new(false);
    set_timeout(move || is_slow.set(true), PATIENCE);
    // The browser knows it long before the silence is noticed.
    let is_online = RwSignal::new(window().navigator().on_line());
    listen::to(&window(), leptos::ev::online, move |_| is_online.set(true));
    listen::to(&window(), leptos::ev::offline, move |_| is_online.set(false));
    let is_seen = Memo::new(move |_| match *link.read() {
        Link::Connected => !is_online.get(),
        Link::Connecting => is_slow.get(),
        _ => true,
    });
    view! {
        <div class="banner" role="status" data-testid="banner" data-state=move || link.read().name()>
            <Show when=move || is_seen.get()>
                <p>{move || sentence(connection, is_online.get())}</p>
                <Next connection />
            </Show>
        </div>
    }
}

/// The state in a sentence.
fn sentence(connection: Connection, is_online: bool) -> String {
    let closing = connection.closing().get().map(|closing| closing.message);
    match &*connection.link().read() {
        Link::Connected | Link::Waiting { .. } | Link::Retrying { .. } if !is_online => {
            "You’re offline. What you write is kept, and sent when the network is back.".to_owned()
        }
        Link::Connected => String::new(),
        Link::Connecting => "Connecting.".to_owned(),
        Link::Waiting { why, .. } | Link::Retrying { why } => {
            format!("{} What you write is kept, and sent when it is back.", closing.unwrap_or_else(|| why.clone()))
        }
        Link::SignedOut => match connection.with_outbox(Outbox::len) {
            0 => "You were signed out, here or on another device.".to_owned(),
            1 => "You were signed out, here or on another device. One message wasn’t sent.".to_owned(),
            lost => format!("You were signed out, here or on another device. {lost} messages weren’t sent."),
        },
        Link::Stopped { why } => why.clone(),
    }
}

/// What happens next, and what one can do.
#[component]
fn Next(connection: Connection) -> impl IntoView {
    let link = connection.link();
    let offers = Memo::new(move |_| match *link.read() {
        Link::Waiting { .. } | Link::Retrying { .. } => Offer::Retry,
        Link::Stopped { .. } => Offer::Connect,
        Link::SignedOut => Offer::SignIn,
        Link::Connecting | Link::Connected => Offer::Nothing,
    });
    let countdown = move || match *link.read() {
        Link::Waiting { until, .. } => view! { <Countdown until /> }.into_any(),
        _ => view! { <span class="next">"Reconnecting."</span> }.into_any(),
    };
    move || {
        let offer = offers.get();
        match offer {
            // The button stays while an attempt is made: whoever is about to press it doesn't miss it.
            Offer::Retry | Offer::Connect => view! {
                {(offer == Offer::Retry).then_some(countdown)}
                <button type="button" data-testid="connect" on:click=move |_| connection.connect()>
                    {if offer == Offer::Retry { "Retry now" } else { "Connect" }}
                </button>
            }
            .into_any(),
            Offer::SignIn => view! {
                <button type="button" data-testid="sign-in-again" on:click=move |_| connection.begin_anew()>
                    "Sign in again"
                </button>
            }
            .into_any(),
            Offer::Nothing => ().into_any(),
        }
    }
}

/// What one can do about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    Retry,
    Connect,
    SignIn,
    Nothing,
}

/// How long it is until the next attempt. Not read aloud: a person who waits should hear why, and not be counted at.
#[component]
fn Countdown(until: u64) -> impl IntoView {
    let now = RwSignal::new(connection::now());
    let ticking = set_interval_with_handle(move || now.set(connection::now()), Duration::from_millis(250)).ok();
    on_cleanup(move || {
        if let Some(ticking) = ticking {
            ticking.clear();
        }
    });
    let seconds = Memo::new(move |_| until.saturating_sub(now.get()).div_ceil(1_000).max(1));
    view! {
        <span class="next" aria-live="off">
            {move || format!("Reconnecting in {} s.", seconds.get())}
        </span>
    }
}
