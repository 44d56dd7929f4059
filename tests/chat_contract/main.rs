//! The contract of `/chat` and of sessions, line by line, over real processes: what each request does and each event tells,
//! each refusal, each limit at its edge and one past it.
//!
//! Its order is the contract's: [`sessions`] over HTTP, when their cookie counts ([`origins`]), [`connecting`] with them, and
//! [`takeover`] of a name; [`rooms`], [`messages`], [`history`], [`lobby`], [`presence`] (also in a [`storm`]), [`sync`]; what
//! is wrong with a request ([`bad_input`]) or too much ([`limits`], [`slow_reader`]); how it ends and comes back
//! ([`closing`], [`backup`]).

mod backup;
mod bad_input;
mod closing;
mod connecting;
mod history;
mod limits;
mod lobby;
mod messages;
mod origins;
mod presence;
mod rooms;
mod sessions;
mod slow_reader;
mod storm;
mod sync;
mod takeover;

use hubbub_tests::server::Server;

/// For tests that are about something else than limits.
const UNLIMITED: [&str; 4] = ["--rate-limit", "0", "--session-rate-limit", "0"];

async fn server() -> Server {
    Server::start(&UNLIMITED).await
}
