//! Headless Chromium, driven by chromedriver, so that tests of the page read like a story.
//!
//! A [`Stage`] is a server and the browsers that visit it. On it, a [`Person`] has a browser to themselves, and does what
//! people do: they know the page by its test ids, and nothing of what is behind. Below a person is a [`Page`], one tab of any
//! web page, and on it a [`Part`], an element that is looked for when it is needed.
//!
//! A person is never told to wait for a time: what they do waits until it can be done, and what they see is waited for.

mod console;
mod devtools;
mod driver;
mod look;
mod page;
mod part;
mod person;
mod stage;

pub use driver::Driver;
pub use fantoccini::key::Key;
pub use look::Look;
pub use page::Page;
pub use part::Part;
pub use person::Person;
pub use stage::Stage;
