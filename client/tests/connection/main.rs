//! The connection without a network and without a clock: each test tells it what happened and when, and looks at what
//! it wants. Times are exact, so is what happens at them.

mod acknowledgements;
mod attachments;
mod events;
mod heartbeat;
mod joining;
mod leaving;
mod reconnecting;
mod script;
