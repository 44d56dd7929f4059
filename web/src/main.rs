//! Starts the page. What it is stands in the library, which is all that tests need.

fn main() {
    leptos::mount::mount_to_body(hubbub_web::App);
}
