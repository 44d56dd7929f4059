//! The names of emoji: a file of the page that only those need who write one.

use gloo_net::http::Request;

use crate::model::completion::Emojis;

/// Gets them, if the server or the browser's cache can give them.
pub async fn fetch() -> Option<Emojis> {
    let response = Request::get("/emoji.txt").send().await.ok()?;
    let list = if response.ok() { response.text().await.ok()? } else { return None };
    Some(Emojis::new(list))
}
