//! One row: a message, one of mine that is on its way, or a gap.

use std::sync::Arc;

use hubbub_shared::chat::{MessageId, User};
use leptos::prelude::*;

use super::text::Text;
use super::time::{self, Today};
use crate::components::avatar::Avatar;
use crate::components::going::focus_composer_soon;
use crate::connection::Connection;
use crate::model::link::Link;
use crate::model::markup::Names;
use crate::model::timeline::{self, Gap, Marks, Own, OwnState, What};

/// One row. Its element stays the same from the moment a message is entered until it is delivered, and after.
#[component]
pub fn Row(
    /// What stands in it.
    row: ArcRwSignal<timeline::Row>,
    /// Who may be spoken to in it.
    names: Memo<Names>,
) -> impl IntoView {
    let is_gap = matches!(row.read_untracked().what, What::Gap(_));
    if is_gap { view! { <GapRow row /> }.into_any() } else { view! { <Message row names /> }.into_any() }
}

/// Messages that aren't here. Whoever comes near sees them come.
#[component]
fn GapRow(row: ArcRwSignal<timeline::Row>) -> impl IntoView {
    let gap = move || match row.read().what {
        What::Gap(gap) => gap,
        _ => Gap { after: 0, before: 1 },
    };
    view! {
        <div
            role="listitem"
            class="gap"
            data-after={
                let gap = gap.clone();
                move || gap().after.to_string()
            }
            data-before=move || gap().before.to_string()
        >
            <span>"Loading messages"</span>
        </div>
    }
}

/// What never changes of a message.
struct Said {
    author: User,
    text: Arc<str>,
    /// Whether it was sent from here, and may still be on its way.
    own: Option<MessageId>,
}

#[component]
fn Message(row: ArcRwSignal<timeline::Row>, names: Memo<Names>) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let today = expect_context::<Today>();
    let me = connection.me();
    let Said { author, text, own } = match &row.read_untracked().what {
        What::Message(message) => {
            Said { author: message.author.clone(), text: message.text.as_str().into(), own: None }
        }
        What::Own(Own { id, text, .. }) => Said { author: me.clone(), text: text.clone(), own: Some(*id) },
        What::Gap(_) => return ().into_any(),
    };
    let is_mine = author.id == me.id;
    let head = {
        let row = row.clone();
        move || {
            let row = row.read();
            head(&author, row.marks, at(&row.what), today)
        }
    };
    let seq = {
        let row = row.clone();
        move || seq(&row.read().what).map(|seq| seq.to_string())
    };
    let continues = {
        let row = row.clone();
        move || row.read().marks.continues && !row.read().marks.first_unread
    };
    let state = {
        let row = row.clone();
        move || state(&row.read().what)
    };
    let progress = own.map(|id| view! { <Progress row id /> });
    view! {
        <div
            role="listitem"
            class="message"
            class:mine=is_mine
            class:continues=continues
            data-testid="message"
            data-seq=seq
            data-state=state
        >
            {move || head()}
            <Text text=&text names />
            {progress}
        </div>
    }
    .into_any()
}

/// What stands above a message: the day, the line for new messages, who said it and when.
fn head(author: &User, marks: Marks, at: u64, today: Today) -> impl IntoView + use<> {
    let day = marks.begins_day.then(|| {
        today.track();
        view! { <h2 class="day" data-testid="day">{time::day(at)}</h2> }
    });
    let new = marks.first_unread.then(|| view! { <p class="new" data-testid="new-line">"New"</p> });
    let time = view! {
        <time datetime=time::iso(at) title=time::exact(at)>
            {time::time(at)}
        </time>
    };
    let by = (!marks.continues || marks.first_unread).then(|| {
        view! {
            <Avatar user=author.clone() />
            <span class="author" dir="auto" data-testid="author">
                {author.name.clone()}
            </span>
        }
    });
    view! {
        {day}
        {new}
        <div class="head">{by} {time}</div>
    }
}

/// How far a message of mine has come, until it is there. The button that is pressed goes: the focus then
/// is where one writes.
#[component]
fn Progress(row: ArcRwSignal<timeline::Row>, id: MessageId) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let discard = move || {
        view! {
            <button
                type="button"
                data-testid="discard"
                on:click=move |_| {
                    connection.discard(id);
                    focus_composer_soon();
                }
            >
                "Discard"
            </button>
        }
    };
    let waits = Memo::new(move |_| !matches!(*connection.link().read(), Link::Connecting | Link::Connected));
    // What was sent can't be called back, though nobody has answered.
    let may_be_discarded =
        Memo::new(move |_| waits.get() && connection.with_outbox(|outbox| outbox.may_be_discarded(id)));
    move || match &row.read().what {
        What::Own(Own { state: OwnState::Pending, .. }) => view! {
            <div class="progress" data-testid="progress">
                {move || if waits.get() { "Waits for a connection" } else { "Sending" }}
                {move || may_be_discarded.get().then(discard)}
            </div>
        }
        .into_any(),
        What::Own(Own { state: OwnState::Failed(why), .. }) => view! {
            <div class="failed" role="alert" data-testid="failed">
                <p>"Not sent. " {why.to_string()}</p>
                <button
                    type="button"
                    data-testid="retry"
                    on:click=move |_| {
                        connection.retry(id);
                        focus_composer_soon();
                    }
                >
                    "Retry"
                </button>
                {discard()}
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn at(what: &What) -> u64 {
    match what {
        What::Message(message) => message.at,
        What::Own(Own { state: OwnState::Sent { at, .. }, .. }) => *at,
        What::Own(own) => own.at,
        What::Gap(_) => 0,
    }
}

fn seq(what: &What) -> Option<u64> {
    match what {
        What::Message(message) => Some(message.seq),
        What::Own(Own { state: OwnState::Sent { seq, .. }, .. }) => Some(*seq),
        _ => None,
    }
}

fn state(what: &What) -> &'static str {
    match what {
        What::Own(Own { state: OwnState::Pending, .. }) => "pending",
        What::Own(Own { state: OwnState::Failed(_), .. }) => "failed",
        _ => "delivered",
    }
}
