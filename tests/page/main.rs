//! The page in real browsers, against the real server: what people see and do, alone and with others, while all goes well
//! and while it doesn't.

mod arriving;
mod talking;
mod writing;
