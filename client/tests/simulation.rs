//! Random histories of one connection, its server and the network between them, replayable from a seed.
//!
//! Nothing here sleeps or does I/O: the [`Connection`] is given frames and a made-up time, so thousands of histories pass
//! in a second. Frames are delayed, links are cut, go half-open or never answer, the server refuses and disconnects, the
//! clock jumps, and the user does something at any moment. After each history:
//!
//! - each acknowledgement was settled exactly once, and those that came are the server's answers;
//! - every event that was accepted was handed to a link exactly once, in order, attachments and all, unless its
//!   acknowledgement timed out before that or it is still waiting for a link (in `retries` mode: again and again, but only
//!   the first one, and never twice at once);
//! - what came from the server was sent there, in order, once; on one link nothing between was left out;
//! - whenever something is wanted there is a deadline to wait for; when nothing is wanted there is none.
//!
//! A failing history prints its seed and its script. `SIMULATION_SEED=<seed>` runs that history alone.

#![cfg(not(target_family = "wasm"))]

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use hubbub_client::{
    AckError, Config, DisconnectReason, Encoded, LinkError, Reconnection, Status,
    codec::{
        DecodeError,
        socket::{Body, Packet},
    },
    connection::{AckId, Auth, Connection, Delivery, Event, Frame, Order},
};
use serde_bytes::ByteBuf;

const HISTORIES: u64 = 10_000;
const STEPS: usize = 120;
/// The second one asks for its auth payload.
const NAMESPACES: [&str; 2] = ["/", "/chat"];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ACK_TIMEOUT: Duration = Duration::from_millis(700);
const PATIENCE: Duration = Duration::from_millis(1_500);
const HANDSHAKE: &str = r#"0{"sid":"link","upgrades":[],"pingInterval":1000,"pingTimeout":500,"maxPayload":65536}"#;

#[test]
fn random_histories_keep_every_promise() {
    let seeds = match std::env::var("SIMULATION_SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("SIMULATION_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..HISTORIES,
    };
    for seed in seeds {
        let mut world = World::new(seed);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.live())) {
            eprintln!("history {seed}:\n{}", world.script);
            std::panic::resume_unwind(panic);
        }
    }
}

/// One history: the connection under test, and everything around it.
struct World {
    rng: fastrand::Rng,
    now: Duration,
    connection: Connection,
    /// Whether it is in `retries` mode, and what was emitted in it.
    retries: bool,
    queued_to_retry: BTreeSet<u64>,
    /// In `retries` mode: what waited when its namespace was left. It may be given up with that, and still be on its way.
    let_go: BTreeSet<u64>,
    /// What was accepted for this link only: also what was on its way when its namespace was left.
    now_or_never: BTreeSet<u64>,
    link: Option<Link>,
    user: BTreeMap<&'static str, User>,
    acks: BTreeMap<AckId, Awaited>,
    /// When the server was last heard to be alive.
    last_beat: Duration,
    /// Numbers the events of both sides.
    counter: u64,
    script: String,
}

/// What the user of one namespace knows.
struct User {
    status: Status,
    since: Duration,
    /// What was accepted and not handed to a link; in `retries` mode, not settled.
    waiting: VecDeque<u64>,
    /// A question for the auth payload.
    asked: Option<u64>,
    /// In `retries` mode: what was last handed to a link, and when.
    attempt: Option<(u64, Duration)>,
}

struct Awaited {
    namespace: &'static str,
    number: u64,
    handed: bool,
    settled: bool,
}

/// One WebSocket, with the server's end of it.
struct Link {
    to_client: VecDeque<(Duration, Due)>,
    to_server: VecDeque<(Duration, Frame)>,
    /// How many attachments of the packet handed last are still to come.
    attachments_due: usize,
    /// Nothing gets through any more, and nobody is told.
    dead: bool,
    /// The client's side takes no frame at the moment.
    choked: bool,
    /// The server's end is gone; the client will be told.
    gone: bool,
    /// The namespaces that the server let in, and what it emitted there that is still under way.
    joined: BTreeMap<&'static str, VecDeque<u64>>,
    next_ping: Duration,
}

enum Due {
    Text(String),
    Binary(Vec<u8>),
    Closed(LinkError),
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let attempts = if rng.bool() { None } else { Some(rng.u32(0..4)) };
        let reconnection = Reconnection::default()
            .delay(Duration::from_millis(rng.u64(1..500)))
            .delay_max(Duration::from_millis(rng.u64(1..3_000)))
            .attempts(attempts);
        let mut config = Config::default();
        config.reconnection = (rng.u8(0..8) > 0).then_some(reconnection);
        config.connect_timeout = CONNECT_TIMEOUT;
        config.retries = (rng.u8(0..4) == 0).then(|| rng.u32(0..3));
        config.ack_timeout = ACK_TIMEOUT;
        let user = |namespace| {
            let status = Status::Disconnected { reason: DisconnectReason::NeverConnected };
            let waiting = VecDeque::new();
            (namespace, User { status, since: Duration::ZERO, waiting, asked: None, attempt: None })
        };
        let retries = config.retries.is_some();
        let mut connection = Connection::new(config, seed);
        connection.set_auth(NAMESPACES[1], Auth::Ask);
        Self {
            now: Duration::ZERO,
            connection,
            retries,
            queued_to_retry: BTreeSet::new(),
            let_go: BTreeSet::new(),
            now_or_never: BTreeSet::new(),
            link: None,
            user: NAMESPACES.map(user).into(),
            acks: BTreeMap::new(),
            last_beat: Duration::ZERO,
            counter: 0,
            script: String::new(),
            rng,
        }
    }

    fn live(&mut self) {
        for _ in 0..STEPS {
            match self.rng.u8(0..20) {
                0..6 => self.user_acts(),
                6..9 => self.server_acts(),
                9 => self.network_acts(),
                10 => self.pass(Duration::from_millis(self.rng.clone().u64(0..20_000)), "the clock jumps"),
                _ => self.pass_to_next(),
            }
            self.settle();
            self.check_wakeful();
        }
        // A calm end: whatever is wanted gets its chance, then nothing is wanted any more.
        for _ in 0..50 {
            self.answer_for_auth();
            self.pass_to_next();
            self.settle();
            self.check_wakeful();
        }
        let choked = self.link.as_ref().is_some_and(|link| link.choked);
        for (namespace, user) in self.user.iter().filter(|_| !self.retries && !choked) {
            let connected = matches!(user.status, Status::Connected { .. });
            assert!(!connected || user.waiting.is_empty(), "{:?} still wait on {namespace}", user.waiting);
        }
        self.note("the user closes");
        self.connection.close(self.now);
        self.settle();
        while self.connection.poll_timeout().is_some() {
            self.pass_to_next();
            self.settle();
        }
        assert!(self.link.is_none(), "the link was not let go");
        for (id, awaited) in &self.acks {
            let waiting = self.user[awaited.namespace].waiting.contains(&awaited.number);
            assert!(awaited.settled || waiting, "{id:?} on {} was never settled", awaited.namespace);
        }
    }

    fn note(&mut self, what: impl std::fmt::Display) {
        writeln!(self.script, "{:>9.3}s {what}", self.now.as_secs_f64()).expect("a String takes all");
    }

    // The user.

    fn user_acts(&mut self) {
        let namespace = *self.rng.choice(&NAMESPACES).expect("there are some");
        match self.rng.u8(0..15) {
            0..3 => {
                self.note(format_args!("the user connects {namespace}"));
                self.connection.connect(self.now, namespace);
            }
            3 => {
                self.note(format_args!("the user disconnects {namespace}"));
                // It may find the link dead, and then there is nothing on its way.
                self.connection.handle_timeout(self.now);
                self.hear();
                let user = self.user.get_mut(namespace).expect("known");
                match user.status {
                    Status::Connected { .. } if self.retries => self.let_go.extend(&user.waiting),
                    Status::Connected { .. } => self.now_or_never.extend(user.waiting.drain(..)),
                    _ => {}
                }
                self.connection.disconnect(self.now, namespace);
            }
            4 => {
                self.note("the user wants to try at once");
                self.connection.retry_now(self.now);
            }
            5 => self.answer_for_auth(),
            6 => {
                self.note("the user cuts the link");
                self.connection.cut_link(self.now);
            }
            _ => self.user_emits(namespace),
        }
    }

    fn answer_for_auth(&mut self) {
        for (namespace, user) in &mut self.user {
            if let Some(ticket) = user.asked.take() {
                self.connection.authenticate(self.now, namespace, ticket, Some(r#"{"token":1}"#));
            }
        }
    }

    fn user_emits(&mut self, namespace: &'static str) {
        self.counter += 1;
        let number = self.counter;
        let bytes: Vec<_> = (0..self.rng.u8(0..3)).map(|part| ByteBuf::from(vec![part; 3])).collect();
        let delivery = *self.rng.choice(&[Delivery::Buffered, Delivery::AtOnce, Delivery::Volatile]).expect("some");
        let timeout = self.rng.bool().then(|| Duration::from_millis(self.rng.u64(1..4_000)));
        self.note(format_args!("the user emits {number} on {namespace}, {delivery:?}, ack within {timeout:?}"));
        let args = Encoded::of(&(number, bytes)).expect("it is JSON");
        let sent = if timeout.is_some() {
            let id = self.connection.emit_with_ack(self.now, namespace, "number", args, delivery, timeout);
            if let Ok(id) = id {
                let awaited = Awaited { namespace, number, handed: false, settled: false };
                assert!(self.acks.insert(id, awaited).is_none(), "{id:?} was used twice");
            }
            id.map(drop)
        } else {
            self.connection.emit(self.now, namespace, "number", args, delivery)
        };
        // The call may have found the link dead, so what it said goes before.
        self.hear();
        let user = self.user.get_mut(namespace).expect("known");
        let connected = matches!(user.status, Status::Connected { .. });
        match delivery {
            Delivery::Buffered => assert_eq!(sent, Ok(())),
            Delivery::AtOnce => assert_eq!(sent.is_ok(), connected, "{sent:?} while {:?}", user.status),
            _ => assert!(connected || sent.is_err(), "{sent:?} while {:?}", user.status),
        }
        if sent.is_ok() && delivery != Delivery::Buffered {
            self.now_or_never.insert(number);
        } else if sent.is_ok() {
            user.waiting.push_back(number);
            self.queued_to_retry.extend(self.retries.then_some(number));
        }
    }

    /// A frame is handed to the link.
    fn handed(&mut self, frame: &Frame) {
        let link = self.link.as_mut().expect("up");
        let text = match frame {
            Frame::Binary(_) => {
                link.attachments_due = link.attachments_due.checked_sub(1).expect("an attachment out of place");
                return;
            }
            Frame::Text(text) => text,
        };
        assert_eq!(link.attachments_due, 0, "attachments are missing before {text}");
        let Some(Ok(Packet { namespace, body: Body::Event { args, attachments, .. } })) =
            text.strip_prefix('4').map(Packet::decode)
        else {
            return;
        };
        link.attachments_due = attachments;
        let number: u64 = args.split(',').next().expect("one").parse().expect("a number");
        let user = self.user.get_mut(namespace).expect("known");
        if !self.retries && self.now_or_never.remove(&number) {
            assert!(user.waiting.front().is_none_or(|first| *first > number), "out of order on {namespace}");
        } else if !self.retries {
            assert_eq!(user.waiting.pop_front(), Some(number), "out of order on {namespace}");
        } else if self.queued_to_retry.contains(&number)
            && (user.waiting.contains(&number) || !self.let_go.remove(&number))
        {
            assert!(user.waiting.contains(&number), "out of order on {namespace}");
            // All before it are done with: acknowledged, or given up.
            while user.waiting.front() != Some(&number) {
                user.waiting.pop_front();
            }
            if let Some((last, at)) = user.attempt.filter(|_| !matches!(user.status, Status::Connecting)) {
                // (The time-out counts from when an attempt was made, and a choked link takes it later.)
                assert!(last != number || self.now > at, "{number} was sent twice");
            }
            user.attempt = Some((number, self.now));
        }
        for awaited in self.acks.values_mut().filter(|awaited| awaited.number == number) {
            awaited.handed = true;
        }
    }

    // The server and the network.

    fn server_acts(&mut self) {
        let Some(link) = self.link.as_mut().filter(|link| !link.gone) else { return };
        let Some((&namespace, _)) = self.rng.choice(link.joined.iter().collect::<Vec<_>>()) else { return };
        self.counter += 1;
        let mut attachments = 0;
        let (text, what) = match self.rng.u8(0..12) {
            0 => {
                link.joined.remove(namespace);
                (packet(namespace, Body::Disconnect), "disconnects")
            }
            1 => ("1".into(), "closes the link"),
            2 => ("4what?".into(), "talks nonsense"),
            choice => {
                link.joined.entry(namespace).or_default().push_back(self.counter);
                attachments = usize::from(choice % 3);
                let args = self.counter.to_string();
                let body = Body::Event { name: "number".into(), args: &args, id: None, attachments };
                (packet(namespace, body), "emits")
            }
        };
        let number = self.counter;
        self.note(format_args!("the server {what} on {namespace} ({number})"));
        self.tell_client(Due::Text(text));
        for _ in 0..attachments {
            self.tell_client(Due::Binary(vec![1]));
        }
    }

    fn network_acts(&mut self) {
        let kind = self.rng.u8(0..5);
        let Some(link) = &mut self.link else { return };
        match kind {
            3..5 => {
                link.choked = !link.choked;
                let choked = link.choked;
                self.note(format_args!("the link is choked: {choked}"));
            }
            0 => {
                link.dead = true;
                self.note("the link goes half-open");
            }
            1 => {
                link.to_client.clear();
                link.gone = true;
                self.note("the link is cut");
                self.tell_client(Due::Closed(LinkError::Closed));
            }
            _ => {
                // What it has sent arrives, then the end.
                link.gone = true;
                self.note("the server goes away");
                self.tell_client(Due::Closed(LinkError::Closed));
            }
        }
    }

    fn tell_client(&mut self, due: Due) {
        let delay = Duration::from_millis(self.rng.u64(0..300));
        let Some(link) = &mut self.link else { return };
        let at = link.to_client.back().map_or(self.now, |(last, _)| *last).max(self.now + delay);
        link.to_client.push_back((at, due));
    }

    fn serve(&mut self, frame: &Frame) {
        let text = match frame {
            Frame::Text(text) if !text.starts_with('3') => text,
            _ => return,
        };
        let message = text.strip_prefix('4').expect("the client only sends pongs and messages");
        let Packet { namespace, body } = Packet::decode(message).expect("the client sends packets");
        let namespace = *NAMESPACES.iter().find(|known| **known == namespace).expect("known");
        match body {
            Body::Connect { data } => {
                assert_eq!(data.is_some_and(|data| data.contains("token")), namespace == NAMESPACES[1], "{data:?}");
                match self.rng.u8(0..12) {
                    0 => self
                        .tell_client(Due::Text(packet(namespace, Body::ConnectError { data: r#"{"message":"no"}"# }))),
                    1 => {}
                    _ => {
                        self.link.as_mut().expect("up").joined.insert(namespace, VecDeque::new());
                        let data = Some(r#"{"sid":"socket"}"#);
                        self.tell_client(Due::Text(packet(namespace, Body::Connect { data })));
                    }
                }
            }
            Body::Disconnect => {
                self.link.as_mut().expect("up").joined.remove(namespace);
            }
            Body::Event { args, id, .. } => {
                let number: u64 = args.split(',').next().expect("one").parse().expect("a number");
                // One that crossed with the server's own DISCONNECT is not for anybody.
                if !self.link.as_ref().expect("up").joined.contains_key(namespace) {
                    return;
                }
                if let Some(id) = id.filter(|_| self.rng.u8(0..8) > 0) {
                    let args = number.to_string();
                    self.tell_client(Due::Text(packet(namespace, Body::Ack { id, args: &args, attachments: 0 })));
                    if self.rng.u8(0..8) == 0 {
                        self.tell_client(Due::Text(packet(namespace, Body::Ack { id, args: &args, attachments: 0 })));
                    }
                }
            }
            other => panic!("the client sent {other:?}"),
        }
    }

    // Time.

    fn pass_to_next(&mut self) {
        let link = self.link.as_ref();
        let times = [
            self.connection.poll_timeout(),
            link.filter(|link| !link.dead && !link.gone).map(|link| link.next_ping),
            link.filter(|link| !link.dead).and_then(|link| link.to_client.front().map(|(at, _)| *at)),
            link.filter(|link| !link.dead).and_then(|link| link.to_server.front().map(|(at, _)| *at)),
        ];
        if let Some(next) = times.into_iter().flatten().min() {
            self.pass(next.saturating_sub(self.now), "time passes");
        }
    }

    fn pass(&mut self, time: Duration, what: &str) {
        self.now += time;
        self.note(what);
    }

    /// The driver: brings everything to the present.
    fn settle(&mut self) {
        for _ in 0..1_000 {
            while let Some(order) = self.connection.poll_order() {
                self.carry_out(order);
            }
            let mut busy = false;
            self.send();
            if let Some(link) = self.link.as_mut().filter(|link| !link.dead) {
                if link.next_ping <= self.now && !link.gone {
                    link.next_ping = self.now + Duration::from_secs(1);
                    self.tell_client(Due::Text("2".into()));
                }
                busy = self.deliver();
            }
            if self.connection.poll_timeout().is_some_and(|deadline| deadline <= self.now) {
                self.connection.handle_timeout(self.now);
                busy = true;
            }
            self.hear();
            if !busy {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    /// Hands over what the link takes.
    fn send(&mut self) {
        while self.link.as_ref().is_some_and(|link| !link.choked)
            && let Some(frame) = self.connection.poll_frame()
        {
            self.note(format_args!("the link takes {frame:?}"));
            self.handed(&frame);
            let delay = Duration::from_millis(self.rng.u64(0..300));
            let link = self.link.as_mut().expect("up");
            let at = link.to_server.back().map_or(self.now, |(last, _)| *last).max(self.now + delay);
            link.to_server.push_back((at, frame));
            // It may take a part of a packet, and the rest later or never.
            link.choked = self.rng.u8(0..10) == 0;
        }
    }

    /// Lets one frame arrive that is due.
    fn deliver(&mut self) -> bool {
        let Some(link) = &mut self.link else { return false };
        if link.to_server.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, frame) = link.to_server.pop_front().expect("there is one");
            if !link.gone {
                self.note(format_args!("the server gets {frame:?}"));
                self.serve(&frame);
            }
            return true;
        }
        if link.to_client.front().is_some_and(|(at, _)| *at <= self.now) {
            match link.to_client.pop_front().expect("there is one").1 {
                Due::Text(text) => {
                    self.note(format_args!("the client gets {text}"));
                    // A ping that comes too late finds the link given up.
                    if text.starts_with('0') || (text == "2" && self.now < self.last_beat + PATIENCE) {
                        self.last_beat = self.now;
                    }
                    self.connection.handle_frame(self.now, &text);
                }
                Due::Binary(bytes) => {
                    self.note("the client gets an attachment");
                    self.connection.handle_binary(self.now, bytes);
                }
                Due::Closed(error) => {
                    self.note("the client sees the end");
                    self.link = None;
                    self.connection.handle_closed(self.now, error);
                }
            }
            return true;
        }
        false
    }

    fn carry_out(&mut self, order: Order) {
        match order {
            Order::Dial => {
                assert!(self.link.is_none(), "two links at once");
                let mut link = Link {
                    to_client: VecDeque::new(),
                    to_server: VecDeque::new(),
                    attachments_due: 0,
                    dead: false,
                    choked: false,
                    gone: false,
                    joined: BTreeMap::new(),
                    next_ping: Duration::MAX,
                };
                let how = self.rng.u8(0..10);
                self.note(format_args!("a link is dialled ({how})"));
                match how {
                    0 => link.dead = true,
                    1 => link.to_client.push_back((self.now, Due::Closed(LinkError::Unreachable("no".into())))),
                    _ => {
                        link.next_ping = self.now + Duration::from_secs(1);
                        link.to_client.push_back((self.now, Due::Text(HANDSHAKE.into())));
                    }
                }
                self.link = Some(link);
            }
            Order::HangUp { farewell } => {
                self.note("the link is let go");
                let taken = self.link.is_some();
                // A link that is found to be closed takes nothing more.
                for frame in farewell.iter().take_while(|_| taken) {
                    self.handed(frame);
                }
                self.link = None;
            }
        }
    }

    /// What the connection tells its user.
    fn hear(&mut self) {
        while let Some(event) = self.connection.poll_event() {
            match event {
                Event::Status { namespace, status } => {
                    self.note(format_args!("{namespace} is {status:?}"));
                    let user = self.user.get_mut(&*namespace).expect("known");
                    assert_ne!(user.status, status, "told twice");
                    match &status {
                        Status::Connected { .. } => user.attempt = None,
                        Status::Reconnecting { reason: LinkError::Protocol(error), .. } => {
                            assert_eq!(*error, DecodeError::UnknownType('w'), "the server broke nothing");
                        }
                        Status::Reconnecting { reason: LinkError::HeartbeatMissed, .. } => {
                            assert!(self.now >= self.last_beat + PATIENCE, "the heart was beating");
                        }
                        _ => {}
                    }
                    user.status = status;
                    user.since = self.now;
                }
                Event::Received { namespace, args, .. } => {
                    let (number,) = args.read::<(u64,)>().expect("a number");
                    let user = self.user.get_mut(&*namespace).expect("known");
                    assert!(matches!(user.status, Status::Connected { .. }), "heard while {:?}", user.status);
                    let link = self.link.as_mut().expect("up");
                    if let Some(under_way) = link.joined.get_mut(&*namespace) {
                        assert_eq!(under_way.pop_front(), Some(number), "out of order on {namespace}");
                    }
                }
                Event::AuthWanted { namespace, ticket } => {
                    self.user.get_mut(&*namespace).expect("known").asked = Some(ticket);
                }
                Event::GivenUp { namespace, name, error } => {
                    assert!(self.retries, "{name} on {namespace} was given up: {error}");
                    assert!(matches!(error, AckError::Disconnected | AckError::TimedOut), "{error}");
                }
                Event::Acked { id, result } => {
                    let awaited = self.acks.get_mut(&id).expect("nobody asked for it");
                    assert!(!awaited.settled, "{id:?} was settled twice");
                    awaited.settled = true;
                    let user = self.user.get_mut(awaited.namespace).expect("known");
                    user.waiting.retain(|number| *number != awaited.number);
                    match result {
                        Ok(args) => assert_eq!(args.read::<(u64,)>().expect("a number"), (awaited.number,)),
                        Err(error) => assert!(matches!(error, AckError::Disconnected | AckError::TimedOut)),
                    }
                }
                other => panic!("{other:?} is not expected"),
            }
        }
    }

    /// No state in which something is wanted and nothing will ever happen, or nothing in time.
    fn check_wakeful(&self) {
        for (namespace, user) in &self.user {
            // The link has to be opened, the user may be asked for auth, and then the namespace has to be joined.
            let connecting = matches!(user.status, Status::Connecting);
            assert!(
                !connecting || self.now <= user.since + 3 * CONNECT_TIMEOUT,
                "{namespace} is connecting for too long"
            );
        }
        for (id, awaited) in self.acks.iter().filter(|(_, awaited)| awaited.handed && !awaited.settled && !self.retries)
        {
            let status = &self.user[awaited.namespace].status;
            assert!(matches!(status, Status::Connected { .. }), "{id:?} is awaited while {status:?}");
        }
        let wanted = self.user.values().any(|user| !matches!(user.status, Status::Disconnected { .. }));
        let awaited = self.acks.values().any(|awaited| !awaited.settled && !self.retries);
        let deadline = self.connection.poll_timeout();
        assert!(deadline.is_some() || !(wanted || awaited), "wanted: {wanted}, awaited: {awaited}");
        assert!(deadline.is_none() || wanted || awaited || self.retries, "a deadline is left over");
    }
}

fn packet(namespace: &str, body: Body<'_>) -> String {
    Packet { namespace, body }.frame()
}
