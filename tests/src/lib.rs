//! What the tests that cross process borders have in common: the real server as a process, and who talks to it.
//!
//! [`server`] starts, kills and restarts the `hubbub` binary and reads its log; [`database`] is a file for it to keep.
//! [`peer`] runs the official JavaScript implementation in Node, [`browser`] drives headless Chromium, [`native`] is our own
//! client on `/` that remembers what it heard, [`raw`] is a WebSocket that speaks no protocol of its own, and [`http`] asks
//! one question by HTTP. A test is told by [`wait`] when something has happened; none sleeps for a time and hopes.
//!
//! [`cable`] is the way between one browser and the server, for a test to pull.
//!
//! [`session`] and [`chat`] are a user on `/chat`. With an [`outbox`] and a [`timeline`] it loses nothing over a bad network,
//! which is what [`proxy`] is; [`verdict`] says whether that is true.
//!
//! It is not a place for tests: those are the files beside `src`, one subject each. Nothing here is skipped when a tool is
//! missing: it panics, and says what to install.

pub mod browser;
pub mod cable;
pub mod chat;
pub mod database;
pub mod http;
pub mod native;
pub mod outbox;
pub mod peer;
pub mod process;
pub mod proxy;
pub mod raw;
pub mod server;
pub mod session;
pub mod timeline;
pub mod upgrade;
pub mod verdict;
pub mod wait;
