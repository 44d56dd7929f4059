//! The clipboard, as far as a page may use it.

use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

/// Puts a text there. Tells whether it is: only a page that came safely may do that, and only if the person doesn't mind.
pub(super) async fn copy(text: &str) -> bool {
    let window = window();
    window.is_secure_context() && JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}
