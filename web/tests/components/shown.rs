//! A component in a document.

use std::any::Any;

use hubbub_shared::chat::User;
use hubbub_web::connection::Connection;
use js_sys::Promise;
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

/// How many frames something may take. Nobody waits so long but for a test that fails.
const PATIENCE: usize = 600;

/// A component in a place of its own, until this is dropped.
pub(crate) struct Shown {
    place: HtmlElement,
    mounted: Option<Box<dyn Any>>,
}

impl Shown {
    /// Shows this.
    pub(crate) fn new<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static) -> Self {
        let place: HtmlElement = document().create_element("div").expect("a div").unchecked_into();
        document().body().expect("a body").append_child(&place).expect("a body takes a div");
        let mounted = mount_to(place.clone(), view);
        Self { place, mounted: Some(Box::new(mounted)) }
    }

    /// The elements that this selector finds.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.place.query_selector_all(selector).expect("a selector");
        (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
    }

    /// The only element that this selector finds.
    pub(crate) fn one<E: JsCast>(&self, selector: &str) -> E {
        let mut found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in {}", self.html());
        found.remove(0).dyn_into().unwrap_or_else(|_| panic!("{selector} is of another kind"))
    }

    /// The texts of the elements that this selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).iter().map(|element| element.text_content().unwrap_or_default()).collect()
    }

    pub(crate) fn html(&self) -> String {
        self.place.inner_html()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.mounted.take());
        self.place.remove();
    }
}

/// A user of this name.
pub(crate) fn user(name: &str) -> User {
    User { id: name.to_lowercase(), name: name.to_owned() }
}

/// The connection of this user, which finds no server. It lasts as long as the page, as they do.
pub(crate) fn connection(name: &str) -> Connection {
    // No future is run before something was mounted.
    drop(Shown::new(|| ()));
    let owner = Owner::new();
    let connection = owner.with(|| Connection::open(user(name)));
    std::mem::forget(owner);
    connection
}

/// Waits until this is so: what follows from a change follows a moment later.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..PATIENCE {
        if is_so() {
            return;
        }
        next_frame().await;
    }
    panic!("waited {PATIENCE} frames for {what}");
}

async fn next_frame() {
    let frame = Promise::new(&mut |done, _| {
        window().request_animation_frame(&done).expect("a window has frames");
    });
    JsFuture::from(frame).await.expect("it comes");
}

/// What has the focus.
pub(crate) fn focused() -> Option<Element> {
    document().active_element()
}

/// A key, perhaps with Shift, in a text that may be in the middle of composing a character.
#[derive(Default)]
pub(crate) struct Press {
    pub(crate) shift: bool,
    pub(crate) is_composing: bool,
}

impl Press {
    /// Presses it. Tells whether the browser may do what it does with such a key.
    pub(crate) fn on(self, element: &Element, key: &str) -> bool {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_shift_key(self.shift);
        init.set_is_composing(self.is_composing);
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
        element.dispatch_event(&event).expect("it is dispatched")
    }
}
