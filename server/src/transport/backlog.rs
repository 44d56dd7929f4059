//! How much of what we emitted to a client it has not taken yet.

use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes emitted to one client, on the same scale as the bytes written to it.
///
/// Not all that is written was emitted: HTTP headers, pings and acknowledgements come from elsewhere. So `written` may be
/// ahead, and then nothing waits. It is never behind by more than what waits, so the difference can't drift: a client
/// that has caught up starts again at zero.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    emitted: AtomicU64,
}

impl Backlog {
    /// Adds a packet, *before* it is emitted, and tells how many bytes wait then, the packet included.
    pub(crate) fn add(&self, packet: u64, written: u64) -> u64 {
        let emitted = self.emitted.fetch_max(written, Ordering::Relaxed).max(written);
        self.emitted.fetch_add(packet, Ordering::Relaxed);
        emitted + packet - written
    }

    /// Takes a packet back that was added and then not emitted.
    pub(crate) fn take_back(&self, packet: u64) {
        self.emitted.fetch_sub(packet, Ordering::Relaxed);
    }

    /// How many bytes wait.
    pub(crate) fn waiting(&self, written: u64) -> u64 {
        self.emitted.load(Ordering::Relaxed).saturating_sub(written)
    }
}

/// The bytes on the wire of an event whose argument is `json`.
pub(crate) fn event_len(namespace: &str, name: &str, json: &str, websocket: bool) -> u64 {
    packet_len(namespace, r#"["",]"#.len() + name.len() + json.len(), websocket)
}

/// The bytes on the wire of an acknowledgement whose argument is `json`.
pub(crate) fn ack_len(namespace: &str, id: i64, json: &str, websocket: bool) -> u64 {
    let digits = id.checked_ilog10().map_or(1, |log| log as usize + 1);
    packet_len(namespace, digits + "[]".len() + json.len(), websocket)
}

/// The types of Engine.IO and Socket.IO, the namespace unless it is `/`, what there is to say, and, if it is not polled,
/// the header of the WebSocket frame.
fn packet_len(namespace: &str, content: usize, websocket: bool) -> u64 {
    let namespace = if namespace == "/" { 0 } else { namespace.len() + ",".len() };
    let text = "42".len() + namespace + content;
    let header = match (websocket, text) {
        (false, _) => 0,
        (true, ..=125) => 2,
        (true, ..=0xffff) => 4,
        (true, _) => 10,
    };
    (text + header) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_what_was_emitted_and_not_written() {
        let backlog = Backlog::default();
        assert_eq!(backlog.add(100, 0), 100);
        assert_eq!(backlog.add(100, 50), 150);
        assert_eq!((backlog.waiting(60), backlog.waiting(200), backlog.waiting(300)), (140, 0, 0));
        assert_eq!(backlog.add(10, 200), 10, "all written");
    }

    #[test]
    fn what_was_not_emitted_does_not_wait() {
        let backlog = Backlog::default();
        backlog.add(100, 0);
        backlog.add(1_000, 0);
        backlog.take_back(1_000);
        assert_eq!(backlog.waiting(0), 100);
        assert_eq!(backlog.add(10, 100), 10);
    }

    #[test]
    fn bytes_written_by_others_hide_nothing_later() {
        let backlog = Backlog::default();
        // The handshake, and a year of pings.
        assert_eq!(backlog.add(10, 9_000_000), 10);
        assert_eq!(backlog.add(10, 9_000_000), 20);
        assert_eq!(backlog.add(10, 9_000_023), 10, "a ping in between");
    }

    #[test]
    fn an_event_is_as_long_as_it_is_on_the_wire() {
        let polled = |namespace, name, json| event_len(namespace, name, json, false);
        assert_eq!(polled("/", "chat_message", r#""hi""#), r#"42["chat_message","hi"]"#.len() as u64);
        assert_eq!(polled("/chat", "read", "{}"), r#"42/chat,["read",{}]"#.len() as u64);
        let framed = |text: usize| event_len("/", "e", &"x".repeat(text - r#"42["e",]"#.len()), true);
        assert_eq!([125, 126, 65_535, 65_536].map(framed), [125 + 2, 126 + 4, 65_535 + 4, 65_536 + 10]);
    }

    #[test]
    fn an_acknowledgement_is_as_long_as_it_is_on_the_wire() {
        for id in [0, 1, 9, 10, 99, 100, 123_456, i64::MAX] {
            assert_eq!(ack_len("/chat", id, "{}", false), format!("43/chat,{id}[{{}}]").len() as u64);
            assert_eq!(ack_len("/", id, "{}", true), format!("43{id}[{{}}]").len() as u64 + 2);
        }
    }
}
