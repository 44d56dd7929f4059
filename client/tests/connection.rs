//! The connection without a network and without a clock: each test tells it what happened and when, and looks at what
//! it wants. Times are exact, so is what happens at them.

use std::time::Duration;

use hubbub_client::{
    AckError, Config, DisconnectReason, EmitError, Encoded, LinkError, Reconnection, Status, ToArgs,
    codec::DecodeError,
    connection::{AckId, Auth, Connection, Delivery, Event, Frame, Order, ReplyTo},
};

/// A link on which no ping comes for 25 + 20 seconds is dead.
const OPEN: &str = r#"0{"sid":"link","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}"#;
const PATIENCE: Duration = Duration::from_secs(45);
const ACK_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection, the time, and shorthand for what tests do to both. As a driver does, it takes every order at once.
struct Script {
    connection: Connection,
    now: Duration,
    orders: Vec<Order>,
}

impl Script {
    fn new(config: Config) -> Self {
        Self { connection: Connection::new(config, 7), now: Duration::from_secs(1_000), orders: Vec::new() }
    }

    /// One that is joined to these namespaces, with all that led there taken out.
    fn joined(namespaces: &[&str]) -> Self {
        Self::joined_with(Config::default(), namespaces)
    }

    fn joined_with(config: Config, namespaces: &[&str]) -> Self {
        let mut script = Self::new(config);
        for namespace in namespaces {
            script.connect(namespace);
        }
        script.frame(OPEN);
        for namespace in namespaces {
            script.accept(namespace, "socket");
        }
        script.orders();
        script.frames();
        script.events();
        script
    }

    fn connect(&mut self, namespace: &str) {
        self.connection.connect(self.now, namespace);
        self.take_orders();
    }

    fn disconnect(&mut self, namespace: &str) {
        self.connection.disconnect(self.now, namespace);
        self.take_orders();
    }

    fn emit(&mut self, namespace: &str, text: &str) -> Result<(), EmitError> {
        self.connection.emit(self.now, namespace, "say", encoded(&(text,)), Delivery::AtOnce)
    }

    fn ask(&mut self, namespace: &str) -> AckId {
        self.connection
            .emit_with_ack(self.now, namespace, "ask", encoded(&()), Delivery::AtOnce, Some(ACK_TIMEOUT))
            .unwrap()
    }

    fn frame(&mut self, frame: &str) {
        self.connection.handle_frame(self.now, frame);
        self.take_orders();
    }

    fn binary(&mut self, attachment: &[u8]) {
        self.connection.handle_binary(self.now, attachment.to_vec());
        self.take_orders();
    }

    /// The server accepts the namespace.
    fn accept(&mut self, namespace: &str, id: &str) {
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        self.frame(&format!(r#"40{prefix}{{"sid":"{id}"}}"#));
    }

    fn close(&mut self) {
        self.connection.handle_closed(self.now, LinkError::Closed);
        self.take_orders();
    }

    fn advance(&mut self, by: Duration) {
        self.now += by;
        self.connection.handle_timeout(self.now);
        self.take_orders();
    }

    /// Goes to the next deadline, and says how far that was. What was due is done then, or a driver would never sleep.
    fn sleep(&mut self) -> Duration {
        let deadline = self.connection.poll_timeout().expect("nothing is due, ever");
        let slept = deadline - self.now;
        self.advance(slept);
        assert_ne!(self.connection.poll_timeout(), Some(self.now), "due, and not done: {:?}", self.connection);
        slept
    }

    /// Lets time pass until a new link is dialled, and opens it.
    fn relink(&mut self) {
        self.orders();
        while !self.orders().contains(&Order::Dial) {
            self.sleep();
        }
        self.frame(OPEN);
    }

    fn take_orders(&mut self) {
        self.orders.extend(std::iter::from_fn(|| self.connection.poll_order()));
    }

    /// The orders since the last time that this was asked.
    fn orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    fn frames(&mut self) -> Vec<String> {
        let text = |frame| match frame {
            Frame::Text(text) => text,
            Frame::Binary(bytes) => panic!("an attachment: {bytes:?}"),
        };
        std::iter::from_fn(|| self.connection.poll_frame()).map(text).collect()
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.connection.poll_event()).collect()
    }

    /// What the user is told, when it is statuses and nothing else.
    fn statuses(&mut self) -> Vec<(String, Status)> {
        self.events()
            .into_iter()
            .map(|event| match event {
                Event::Status { namespace, status } => (namespace.to_string(), status),
                other => panic!("not a status: {other:?}"),
            })
            .collect()
    }
}

fn encoded(args: &impl ToArgs) -> Encoded {
    Encoded::of(args).expect("it is JSON")
}

fn hang_up() -> Order {
    Order::HangUp { farewell: Vec::new() }
}

fn connected(namespace: &str, id: &str) -> (String, Status) {
    (namespace.into(), Status::Connected { id: id.into(), recovered: false })
}

fn disconnected(namespace: &str, reason: DisconnectReason) -> (String, Status) {
    (namespace.into(), Status::Disconnected { reason })
}

fn reconnection(delay: u64, delay_max: u64, randomization_factor: f64, attempts: Option<u32>) -> Config {
    let (delay, delay_max) = (Duration::from_secs(delay), Duration::from_secs(delay_max));
    let reconnection = Reconnection { delay, delay_max, randomization_factor, attempts };
    Config { reconnection: Some(reconnection), ..Config::default() }
}

/// Name and arguments of the events that were received, and where an answer goes.
fn received(events: Vec<Event>) -> Vec<(String, String, Option<ReplyTo>)> {
    events
        .into_iter()
        .map(|event| match event {
            Event::Received { name, args, reply, .. } => (name.into(), args.as_json().into(), reply),
            other => panic!("not a received event: {other:?}"),
        })
        .collect()
}

mod joining {
    use super::*;

    #[test]
    fn nothing_is_dialled_before_a_namespace_is_wanted() {
        let mut script = Script::new(Config::default());
        assert_eq!(script.connection.poll_timeout(), None);
        assert_eq!(script.orders(), []);
        script.connect("/");
        assert_eq!(script.orders(), [Order::Dial]);
        assert_eq!(script.statuses(), [("/".into(), Status::Connecting)]);
    }

    #[test]
    fn connect_waits_for_the_handshake_and_the_status_for_the_answer() {
        let mut script = Script::new(Config::default());
        script.connect("/");
        assert_eq!(script.frames(), [""; 0]);
        script.frame(OPEN);
        assert_eq!(script.frames(), ["40"]);
        assert_eq!(script.emit("/", "too early"), Err(EmitError::NotConnected));
        script.events();
        script.accept("/", "abc");
        assert_eq!(script.statuses(), [connected("/", "abc")]);
        assert_eq!(script.emit("/", "hi"), Ok(()));
        assert_eq!(script.frames(), [r#"42["say","hi"]"#]);
    }

    #[test]
    fn connect_carries_auth_also_after_the_link_was_replaced() {
        let mut script = Script::new(Config::default());
        script.connection.set_auth("/chat", Auth::Value(r#"{"token":"t"}"#.into()));
        script.connect("/chat");
        script.take_orders();
        script.frame(OPEN);
        assert_eq!(script.frames(), [r#"40/chat,{"token":"t"}"#]);
        script.close();
        script.relink();
        assert_eq!(script.frames(), [r#"40/chat,{"token":"t"}"#]);
    }

    #[test]
    fn connecting_twice_asks_once() {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.connect("/");
        script.frame(OPEN);
        script.connect("/");
        script.accept("/", "abc");
        script.connect("/");
        assert_eq!(script.orders(), [Order::Dial]);
        assert_eq!(script.frames(), ["40"]);
        assert_eq!(script.statuses(), [("/".into(), Status::Connecting), connected("/", "abc")]);
    }

    #[test]
    fn a_server_that_never_shakes_hands_is_given_up() {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.orders();
        script.events();
        assert_eq!(script.sleep(), Duration::from_secs(20));
        assert_eq!(script.orders(), [hang_up()]);
        let statuses = script.statuses();
        assert!(matches!(statuses[..], [(_, Status::Reconnecting { attempt: 1, reason: LinkError::NoAnswer, .. })]));
    }

    #[test]
    fn a_server_that_never_answers_connect_is_given_up() {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.frame(OPEN);
        script.orders();
        script.events();
        assert_eq!(script.sleep(), Duration::from_secs(20));
        assert_eq!(script.orders(), [hang_up()]);
        let statuses = script.statuses();
        assert!(matches!(statuses[..], [(_, Status::Reconnecting { attempt: 1, reason: LinkError::NoAnswer, .. })]));
    }

    #[test]
    fn a_refusal_has_the_servers_words_and_ends_the_link() {
        for (payload, message, data) in [
            (r#"{"message":"no","data":{"code": 7}}"#, "no", Some(r#"{"code": 7}"#)),
            (r#"{"message":"no"}"#, "no", None),
            (r#""old words""#, "old words", None),
            (r#"{"else":1}"#, r#"{"else":1}"#, None),
        ] {
            let mut script = Script::new(Config::default());
            script.connect("/");
            script.frame(OPEN);
            script.events();
            script.orders();
            assert_eq!(script.frames(), ["40"]);
            script.frame(&format!("44{payload}"));
            let reason = DisconnectReason::Refused { message: message.into(), data: data.map(Into::into) };
            assert_eq!(script.statuses(), [disconnected("/", reason)], "{payload}");
            assert_eq!(script.orders(), [hang_up()]);
            assert_eq!(script.connection.poll_timeout(), None, "no further attempt");
        }
    }

    #[test]
    fn a_refused_namespace_leaves_the_others_alone() {
        let mut script = Script::joined(&["/"]);
        script.connect("/chat");
        script.frame(r#"44/chat,{"message":"unauthorized"}"#);
        assert_eq!(script.orders(), []);
        assert_eq!(script.emit("/", "still here"), Ok(()));
    }

    #[test]
    fn connect_without_a_socket_id_is_an_old_server() {
        let mut script = Script::new(Config::default());
        script.connect("/");
        script.frame(OPEN);
        script.events();
        script.frame("40");
        let statuses = script.statuses();
        assert!(matches!(
            &statuses[..],
            [(_, Status::Disconnected { reason: DisconnectReason::Refused { message, .. } })] if message.contains("older")
        ));
    }
}

mod leaving {
    use super::*;

    #[test]
    fn the_last_namespace_that_is_left_closes_the_link() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.disconnect("/chat");
        assert_eq!(script.frames(), ["41/chat,"]);
        assert_eq!(script.orders(), []);
        script.emit("/", "bye").unwrap();
        script.disconnect("/");
        let farewell = vec![Frame::Text(r#"42["say","bye"]"#.into()), Frame::Text("41".into())];
        assert_eq!(script.orders(), [Order::HangUp { farewell }], "what was accepted is not forgotten");
        assert_eq!(
            script.statuses(),
            [disconnected("/chat", DisconnectReason::Client), disconnected("/", DisconnectReason::Client)]
        );
        assert_eq!(script.connection.poll_timeout(), None);
    }

    #[test]
    fn a_server_that_disconnects_is_not_dialled_again() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.frame("41/chat,");
        assert_eq!(script.statuses(), [disconnected("/chat", DisconnectReason::Server)]);
        assert_eq!(script.orders(), [], "the other namespace still needs the link");
        script.frame("41");
        assert_eq!(script.statuses(), [disconnected("/", DisconnectReason::Server)]);
        assert_eq!(script.orders(), [hang_up()]);
        assert_eq!(script.connection.poll_timeout(), None);
    }

    #[test]
    fn a_namespace_that_was_left_is_not_joined_again_with_the_next_link() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.frame("41/chat,");
        script.close();
        script.relink();
        assert_eq!(script.frames(), ["40"]);
    }

    #[test]
    fn leaving_ends_the_wait_for_a_new_link() {
        let mut script = Script::joined(&["/"]);
        script.close();
        script.disconnect("/");
        assert_eq!(script.connection.poll_timeout(), None);
        assert!(!script.orders().contains(&Order::Dial));
    }

    #[test]
    fn one_can_come_back() {
        let mut script = Script::joined(&["/"]);
        script.disconnect("/");
        script.connect("/");
        assert_eq!(script.orders(), [Order::HangUp { farewell: vec![Frame::Text("41".into())] }, Order::Dial]);
        script.frame(OPEN);
        script.events();
        script.accept("/", "second");
        assert_eq!(script.statuses(), [connected("/", "second")]);
    }

    #[test]
    fn frames_after_the_close_mean_nothing() {
        let mut script = Script::joined(&["/"]);
        script.disconnect("/");
        script.orders();
        script.events();
        for frame in [OPEN, "2", r#"40{"sid":"x"}"#, r#"42["say","late"]"#, "41", "1", "nonsense"] {
            script.frame(frame);
        }
        script.binary(b"late");
        script.close();
        assert_eq!(script.events(), []);
        assert_eq!(script.orders(), []);
        assert_eq!(script.frames(), [""; 0]);
        assert_eq!(script.connection.poll_timeout(), None);
    }
}

mod heartbeat {
    use super::*;

    #[test]
    fn a_ping_is_answered_with_its_own_data() {
        let mut script = Script::joined(&["/"]);
        script.frame("2");
        script.frame("2probe");
        assert_eq!(script.frames(), ["3", "3probe"]);
    }

    #[test]
    fn a_link_is_dead_exactly_when_interval_and_timeout_have_passed() {
        const INSTANT: Duration = Duration::from_nanos(1);
        let mut script = Script::joined(&["/"]);
        script.advance(PATIENCE - INSTANT);
        assert_eq!(script.orders(), []);
        script.frame("2");
        script.advance(PATIENCE - INSTANT);
        assert_eq!(script.orders(), [], "the ping gave it as much again");
        script.advance(INSTANT);
        assert_eq!(script.orders(), [hang_up()]);
        let statuses = script.statuses();
        assert!(matches!(
            statuses[..],
            [(_, Status::Reconnecting { attempt: 1, reason: LinkError::HeartbeatMissed, .. })]
        ));
    }

    #[test]
    fn other_traffic_is_no_heartbeat() {
        let mut script = Script::joined(&["/"]);
        script.advance(PATIENCE / 2);
        script.frame(r#"42["say","hi"]"#);
        script.advance(PATIENCE / 2);
        assert_eq!(script.orders(), [hang_up()]);
    }

    #[test]
    fn a_ping_that_comes_after_the_deadline_comes_too_late() {
        // A laptop slept: the timer comes late, and what the dead link still had to say comes first.
        let mut script = Script::joined(&["/"]);
        script.now += PATIENCE * 2;
        script.frame("2");
        assert_eq!(script.orders(), [hang_up()]);
        assert_eq!(script.frames(), [""; 0]);
    }
}

mod reconnecting {
    use super::*;

    #[test]
    fn a_lost_link_is_replaced_and_every_namespace_joined_again() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.close();
        assert_eq!(script.emit("/", "now or never"), Err(EmitError::NotConnected));
        script.relink();
        assert_eq!(script.frames(), ["40", "40/chat,"]);
        script.accept("/", "a");
        script.accept("/chat", "b");
        let told = script.statuses();
        let of = |namespace: &str| -> Vec<&Status> {
            told.iter().filter(|(name, _)| name == namespace).map(|(_, status)| status).collect()
        };
        for (namespace, id) in [("/", "a"), ("/chat", "b")] {
            let told = of(namespace);
            assert!(matches!(told[0], Status::Reconnecting { attempt: 1, reason: LinkError::Closed, .. }), "{told:?}");
            assert_eq!(told[1..], [&Status::Connecting, &Status::Connected { id: id.into(), recovered: false }]);
        }
    }

    #[test]
    fn waits_double_up_to_the_most() {
        let mut script = Script::new(reconnection(1, 5, 0.0, None));
        script.connect("/");
        for (attempt, seconds) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 5), (6, 5)] {
            script.events();
            script.close();
            let delay = Duration::from_secs(seconds);
            let status = Status::Reconnecting { attempt, delay, reason: LinkError::Closed };
            assert_eq!(script.statuses(), [("/".into(), status)]);
            script.orders();
            assert_eq!(script.sleep(), delay);
            assert_eq!(script.orders(), [Order::Dial]);
        }
    }

    #[test]
    fn waits_stay_within_their_spread_and_are_not_all_the_same() {
        let mut waits = Vec::new();
        for seed in 0..200 {
            let mut connection = Connection::new(reconnection(1, 5, 0.5, None), seed);
            let mut now = Duration::ZERO;
            connection.connect(now, "/");
            for centre in [1.0, 2.0, 4.0, 5.0, 5.0] {
                while connection.poll_order().is_some() {}
                connection.handle_closed(now, LinkError::Closed);
                let next = connection.poll_timeout().unwrap();
                let wait = (next - now).as_secs_f64();
                assert!((centre * 0.5..=centre * 1.5).contains(&wait), "{wait} is not around {centre}");
                waits.push((wait / centre * 1e6) as u64);
                now = next;
                connection.handle_timeout(now);
            }
        }
        waits.sort_unstable();
        assert!(waits[0] < 600_000 && waits[waits.len() - 1] > 1_400_000, "the whole spread is used");
        waits.dedup();
        assert!(waits.len() > 900, "only {} of 1,000 differ", waits.len());
    }

    #[test]
    fn a_link_that_was_open_starts_the_count_anew() {
        let mut script = Script::new(reconnection(1, 5, 0.0, None));
        script.connect("/");
        for _ in 0..4 {
            script.close();
            script.sleep();
        }
        script.frame(OPEN);
        script.close();
        assert_eq!(script.sleep(), Duration::from_secs(1));
    }

    #[test]
    fn attempts_run_out() {
        let mut script = Script::new(reconnection(1, 5, 0.0, Some(2)));
        script.connect("/");
        script.connect("/chat");
        for _ in 0..2 {
            script.close();
            script.sleep();
        }
        script.events();
        script.close();
        let gone = || DisconnectReason::Link(LinkError::Closed);
        assert_eq!(script.statuses(), [disconnected("/", gone()), disconnected("/chat", gone())]);
        assert_eq!(script.connection.poll_timeout(), None);
    }

    #[test]
    fn without_reconnection_a_lost_link_is_the_end() {
        let mut script = Script::joined_with(Config { reconnection: None, ..Config::default() }, &["/"]);
        script.close();
        assert_eq!(script.statuses(), [disconnected("/", DisconnectReason::Link(LinkError::Closed))]);
        assert_eq!(script.connection.poll_timeout(), None);
    }

    #[test]
    fn a_server_that_breaks_the_protocol_is_left_and_dialled_again() {
        for frame in ["", "9", "0{}", "4", "42{}", r#"42["connect"]"#, "4é"] {
            let mut script = Script::joined(&["/"]);
            script.frame(frame);
            assert_eq!(script.orders(), [hang_up()], "{frame:?}");
            let statuses = script.statuses();
            assert!(
                matches!(statuses[..], [(_, Status::Reconnecting { reason: LinkError::Protocol(_), .. })]),
                "{frame:?}: {statuses:?}"
            );
        }
    }

    #[test]
    fn reports_of_a_link_that_was_let_go_are_not_of_the_next() {
        // The driver has not carried out HangUp and Dial yet when the old link still says something.
        let mut connection = Script::joined(&["/"]).connection;
        let now = Duration::from_secs(2_000);
        connection.handle_timeout(now);
        let deadline = connection.poll_timeout().unwrap();
        connection.handle_timeout(deadline);
        connection.handle_closed(deadline, LinkError::Closed);
        connection.handle_frame(deadline, OPEN);
        assert_eq!(connection.poll_frame(), None, "no CONNECT to a link that isn't there");
        assert_eq!(connection.poll_order(), Some(hang_up()));
        assert_eq!(connection.poll_order(), Some(Order::Dial));
        connection.handle_frame(deadline, OPEN);
        assert_eq!(connection.poll_frame(), Some(Frame::Text("40".into())));
    }

    #[test]
    fn the_servers_close_packet_is_a_lost_link() {
        let mut script = Script::joined(&["/"]);
        script.frame("1");
        let statuses = script.statuses();
        assert!(matches!(statuses[..], [(_, Status::Reconnecting { reason: LinkError::Closed, .. })]), "{statuses:?}");
    }
}

mod acknowledgements {
    use super::*;

    /// How the awaited acknowledgements ended: every `Acked` there is.
    fn ends(script: &mut Script) -> Vec<(AckId, Result<String, AckError>)> {
        let acked = |event| match event {
            Event::Acked { id, result } => Some((id, result.map(|args| args.as_json().to_owned()))),
            _ => None,
        };
        script.events().into_iter().filter_map(acked).collect()
    }

    /// The id by which an event asks, from the frame that carries it: `42<id>["ask"]`.
    fn asked(frame: &str) -> String {
        frame.strip_prefix("42").unwrap().split('[').next().unwrap().to_owned()
    }

    #[test]
    fn answered_once_whatever_follows() {
        let mut script = Script::joined(&["/"]);
        let id = script.ask("/");
        let wire_id = asked(&script.frames()[0]);
        script.frame(&format!(r#"43{wire_id}["yes",1]"#));
        script.frame(&format!(r#"43{wire_id}["again"]"#));
        script.advance(ACK_TIMEOUT);
        script.close();
        assert_eq!(ends(&mut script), [(id, Ok(r#"["yes",1]"#.into()))]);
    }

    #[test]
    fn timed_out_once_exactly_then_whatever_follows() {
        const INSTANT: Duration = Duration::from_nanos(1);
        let mut script = Script::joined(&["/"]);
        let id = script.ask("/");
        let wire_id = asked(&script.frames()[0]);
        script.advance(ACK_TIMEOUT - INSTANT);
        assert_eq!(ends(&mut script), []);
        script.advance(INSTANT);
        script.frame(&format!("43{wire_id}[]"));
        script.close();
        assert_eq!(ends(&mut script), [(id, Err(AckError::TimedOut))]);
    }

    #[test]
    fn lost_once_with_the_link_whatever_follows() {
        let mut script = Script::joined(&["/"]);
        let (first, second) = (script.ask("/"), script.ask("/"));
        let wire_id = asked(&script.frames()[0]);
        script.close();
        script.relink();
        script.accept("/", "again");
        script.frame(&format!("43{wire_id}[]"));
        script.advance(ACK_TIMEOUT);
        let lost = Err(AckError::Disconnected);
        assert_eq!(ends(&mut script), [(first, lost.clone()), (second, lost)]);
    }

    #[test]
    fn lost_with_their_namespace_and_no_other() {
        let mut script = Script::joined(&["/", "/chat"]);
        let (root, chat) = (script.ask("/"), script.ask("/chat"));
        let wire_id = asked(&script.frames()[0]);
        script.frame("41/chat,");
        assert_eq!(ends(&mut script), [(chat, Err(AckError::Disconnected))]);
        script.frame(&format!("43{wire_id}[]"));
        assert_eq!(ends(&mut script), [(root, Ok("[]".into()))]);
    }

    #[test]
    fn one_namespace_cannot_answer_for_another() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.ask("/");
        let wire_id = asked(&script.frames()[0]);
        script.frame(&format!("43/chat,{wire_id}[]"));
        assert_eq!(ends(&mut script), []);
    }

    #[test]
    fn what_was_never_sent_awaits_nothing() {
        let mut script = Script::joined(&["/"]);
        let long = "x".repeat(2_000);
        let refused =
            script.connection.emit_with_ack(script.now, "/", "ask", encoded(&(long,)), Delivery::AtOnce, None);
        assert!(matches!(refused, Err(EmitError::TooLarge { .. })));
        script.advance(ACK_TIMEOUT);
        assert_eq!(ends(&mut script), []);
    }

    #[test]
    fn the_servers_question_is_answered_by_its_id() {
        let mut script = Script::joined(&["/chat"]);
        script.frame(r#"42/chat,12["question","x"]"#);
        let [(_, _, Some(reply))] = &received(script.events())[..] else { panic!("no question") };
        script.connection.answer(script.now, reply, encoded(&("yes", 1))).unwrap();
        assert_eq!(script.frames(), [r#"43/chat,12["yes",1]"#]);
    }

    #[test]
    fn an_answer_to_an_old_session_goes_nowhere() {
        let mut script = Script::joined(&["/"]);
        script.frame(r#"421["question"]"#);
        let [(_, _, Some(reply))] = &received(script.events())[..] else { panic!("no question") };
        script.close();
        assert_eq!(script.connection.answer(script.now, reply, encoded(&())), Err(EmitError::NotConnected));
        script.relink();
        script.accept("/", "second");
        script.frames();
        assert_eq!(script.connection.answer(script.now, reply, encoded(&())), Err(EmitError::NotConnected));
        assert_eq!(script.frames(), [""; 0], "the server's second socket never asked");
    }
}

mod events {
    use super::*;

    #[test]
    fn two_namespaces_share_one_link() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.emit("/", "a").unwrap();
        script.emit("/chat", "b").unwrap();
        assert_eq!(script.frames(), [r#"42["say","a"]"#, r#"42/chat,["say","b"]"#]);
        script.frame(r#"42/chat,["said",1]"#);
        script.frame(r#"42["said",2]"#);
        let from: Vec<_> = script
            .events()
            .into_iter()
            .map(|event| match event {
                Event::Received { namespace, args, .. } => (namespace.to_string(), args.as_json().to_owned()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(from, [("/chat".into(), "[1]".into()), ("/".into(), "[2]".into())]);
        assert_eq!(script.orders(), []);
    }

    #[test]
    fn events_on_a_namespace_that_is_not_joined_are_nobodys() {
        let mut script = Script::joined(&["/"]);
        script.connect("/chat");
        script.events();
        script.frame(r#"42/chat,["said",1]"#);
        script.frame(r#"42/else,["said",1]"#);
        assert_eq!(script.events(), []);
        assert_eq!(script.orders(), []);
    }

    #[test]
    fn reserved_names_are_not_sent() {
        let mut script = Script::joined(&["/"]);
        for name in ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"] {
            let sent = script.connection.emit(script.now, "/", name, encoded(&()), Delivery::AtOnce);
            assert_eq!(sent, Err(EmitError::ReservedName(name.into())));
        }
        assert_eq!(script.frames(), [""; 0]);
    }

    #[test]
    fn a_packet_over_the_servers_bound_is_not_sent() {
        let mut script = Script::joined(&["/"]);
        // `42["say","…"]` has 12 bytes around the text; the server takes 1,000.
        script.emit("/", &"x".repeat(988)).unwrap();
        assert_eq!(script.frames()[0].len(), 1_000);
        let over = script.emit("/", &"x".repeat(989));
        assert_eq!(over, Err(EmitError::TooLarge { bytes: 1_001, limit: 1_000 }));
        assert_eq!(script.frames(), [""; 0]);
    }

    #[test]
    fn the_queue_has_a_bound_and_heals() {
        let mut script = Script::joined_with(Config { max_queued_bytes: 40, ..Config::default() }, &["/"]);
        // 20 bytes each.
        script.emit("/", "12345678").unwrap();
        script.emit("/", "12345678").unwrap();
        assert_eq!(script.emit("/", ""), Err(EmitError::BackedUp));
        script.frame("2");
        assert_eq!(script.frames().len(), 3, "the pong goes whatever waits");
        script.emit("/", "12345678").unwrap();
        script.emit("/", "12345678").unwrap();
    }

    #[test]
    fn what_waited_for_a_lost_link_is_not_sent_on_the_next() {
        let mut script = Script::joined(&["/"]);
        script.emit("/", "lost").unwrap();
        script.close();
        script.relink();
        assert_eq!(script.frames(), ["40"]);
    }
}

mod attachments {
    use super::*;

    const TWO: &str = r#"452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;

    #[test]
    fn an_event_comes_when_its_attachments_have() {
        let mut script = Script::joined(&["/"]);
        script.frame(TWO);
        script.binary(b"one");
        assert_eq!(script.events(), []);
        script.binary(b"two");
        let events = script.events();
        let [Event::Received { name, args, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!((&**name, args.attachments()), ("file", &[b"one".to_vec(), b"two".to_vec()][..]));
    }

    #[test]
    fn an_acknowledgement_may_have_some_too() {
        let mut script = Script::joined(&["/"]);
        let asked = script.ask("/");
        script.frame(r#"461-0[{"_placeholder":true,"num":0}]"#);
        script.binary(b"one");
        let events = script.events();
        let [Event::Acked { id, result: Ok(args) }] = &events[..] else { panic!("{events:?}") };
        assert_eq!((*id, args.attachments()), (asked, &[b"one".to_vec()][..]));
    }

    #[test]
    fn a_ping_may_come_between() {
        let mut script = Script::joined(&["/"]);
        script.frame(TWO);
        script.binary(b"one");
        script.frame("2");
        script.binary(b"two");
        assert_eq!(received(script.events()).len(), 1);
    }

    #[test]
    fn a_link_lost_in_the_middle_delivers_nothing_and_fails_the_acknowledgement() {
        let mut script = Script::joined(&["/"]);
        let id = script.ask("/");
        script.frames();
        script.frame(r#"462-0[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
        script.binary(b"one");
        script.close();
        let ends: Vec<_> = script.events().into_iter().filter(|event| !matches!(event, Event::Status { .. })).collect();
        assert_eq!(ends, [Event::Acked { id, result: Err(AckError::Disconnected) }]);

        // And what follows on the next link does not complete it.
        script.relink();
        script.accept("/", "again");
        script.events();
        script.frame(TWO);
        script.binary(b"new one");
        script.binary(b"new two");
        let events = script.events();
        let [Event::Received { args, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(args.attachments(), [b"new one".to_vec(), b"new two".to_vec()]);
    }

    #[test]
    fn a_namespace_left_in_the_middle_hears_no_more() {
        let mut script = Script::joined(&["/", "/chat"]);
        script.frame(r#"451-/chat,["file",{"_placeholder":true,"num":0}]"#);
        script.disconnect("/chat");
        script.events();
        script.binary(b"late");
        assert_eq!(script.events(), []);
        script.frame(r#"42["said","next"]"#);
        assert_eq!(received(script.events()).len(), 1, "the link is still in step");
    }

    #[test]
    fn a_packet_where_one_was_due_breaks_the_protocol() {
        let mut script = Script::joined(&["/"]);
        script.frame(TWO);
        script.binary(b"one");
        script.frame(r#"42["said",1]"#);
        let statuses = script.statuses();
        let stray = LinkError::Protocol(DecodeError::StrayAttachment);
        assert!(
            matches!(&statuses[..], [(_, Status::Reconnecting { reason, .. })] if *reason == stray),
            "{statuses:?}"
        );
    }

    #[test]
    fn one_that_nothing_announced_breaks_the_protocol() {
        let mut script = Script::joined(&["/"]);
        script.binary(b"stray");
        assert_eq!(script.orders(), [hang_up()]);
    }

    #[test]
    fn too_many_announced_break_the_connection_not_the_memory() {
        let mut script = Script::joined(&["/"]);
        script.frame(r#"4518446744073709551615-["file"]"#);
        let statuses = script.statuses();
        assert!(
            matches!(
                statuses[..],
                [(
                    _,
                    Status::Reconnecting {
                        reason: LinkError::Protocol(DecodeError::TooManyAttachments(usize::MAX)),
                        ..
                    }
                )]
            ),
            "{statuses:?}"
        );
    }
}
