//! What is seen: components that show the connection's signals and call it. They keep nothing but what a person is typing
//! and where they look.

pub mod avatar;
pub mod banner;
pub mod brand;
pub mod composer;
pub mod dialogs;
pub mod door;
pub mod messages;
pub mod rich_text;
pub mod room_header;
pub mod sidebar;
pub mod wire;
