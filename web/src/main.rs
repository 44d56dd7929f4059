//! Starts the page. What it is stands in the library, which is all that tests need.

use leptos::prelude::document;

fn main() {
    // What index.html shows until now, so that there is something to see at once.
    if let Some(start) = document().get_element_by_id("start") {
        start.remove();
    }
    leptos::mount::mount_to_body(hubbub_web::App);
}
