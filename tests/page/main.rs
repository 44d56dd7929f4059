//! The page in real browsers, against the real server: what people see and do, alone and with others, while all goes well
//! and while it doesn't.

mod announcing;
mod arriving;
mod attention;
mod banner;
mod bounds;
mod crowds;
mod devices;
mod icons;
mod keyboard;
mod offline;
mod presence;
mod reading;
mod rooms;
mod sending;
mod settings;
mod still;
mod talking;
mod unread;
mod wire;
mod writing;

/// No limit on how often one may ask.
const UNLIMITED: [&str; 2] = ["--rate-limit", "0"];
