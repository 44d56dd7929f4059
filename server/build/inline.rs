//! The scripts and styles that stand in index.html itself. The browser runs and applies just these: the server names
//! them in its Content-Security-Policy.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// The contents of all such `element`s, as sources of a policy: ` 'sha256-…' 'sha256-…'`.
pub(crate) fn sources(html: &str, element: &str) -> String {
    let (begin, end) = (format!("<{element}"), format!("</{element}>"));
    let mut sources = String::new();
    // What stands before the first begins none.
    for rest in html.split(&begin).skip(1) {
        let Some((attributes, rest)) = rest.split_once('>') else { continue };
        let Some((content, _)) = rest.split_once(&end) else { continue };
        if !attributes.contains("src=") {
            sources += &format!(" 'sha256-{}'", BASE64.encode(&Sha256::digest(content)));
        }
    }
    sources
}
