//! Random histories of one connection, its server and the network between them, replayable from a seed.
//!
//! Nothing here sleeps or does I/O: the [`Connection`] is given frames and a made-up time, so thousands of histories pass
//! in a second. Frames are delayed, links are cut, go half-open or never answer, the server refuses and disconnects, the
//! clock jumps, and the user does something at any moment. After each history:
//!
//! - each acknowledgement was settled exactly once, and those that came are the server's answers;
//! - what either side received was sent, in order, and at most once; on one link nothing between was left out;
//! - whenever something is wanted there is a deadline to wait for; when nothing is wanted there is none.
//!
//! A failing history prints its seed and its script. `SIMULATION_SEED=<seed>` runs that history alone.

#![cfg(not(target_family = "wasm"))]

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use hubbub_client::{
    AckError, Config, DisconnectReason, LinkError, Reconnection, Status,
    codec::socket::{Body, Packet},
    connection::{AckId, Connection, Event, Order},
};

const HISTORIES: u64 = 10_000;
const STEPS: usize = 120;
const NAMESPACES: [&str; 2] = ["/", "/chat"];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
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
    /// What was emitted since the namespace was last connected, and hasn't reached the server.
    emitted: VecDeque<u64>,
}

struct Awaited {
    namespace: &'static str,
    number: u64,
    settled: bool,
}

/// One WebSocket, with the server's end of it.
struct Link {
    to_client: VecDeque<(Duration, Due)>,
    to_server: VecDeque<(Duration, String)>,
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
    Closed(LinkError),
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let attempts = if rng.bool() { None } else { Some(rng.u32(0..4)) };
        let reconnection = Reconnection {
            delay: Duration::from_millis(rng.u64(1..500)),
            delay_max: Duration::from_millis(rng.u64(1..3_000)),
            attempts,
            ..Reconnection::default()
        };
        let config = Config {
            reconnection: (rng.u8(0..8) > 0).then_some(reconnection),
            connect_timeout: CONNECT_TIMEOUT,
            max_queued_bytes: 4096,
        };
        let user = |namespace| {
            let status = Status::Disconnected { reason: DisconnectReason::NeverConnected };
            (namespace, User { status, since: Duration::ZERO, emitted: VecDeque::new() })
        };
        Self {
            now: Duration::ZERO,
            connection: Connection::new(config, seed),
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
            self.pass_to_next();
            self.settle();
            self.check_wakeful();
        }
        self.note("the user closes");
        self.connection.close(self.now);
        self.settle();
        assert_eq!(self.connection.poll_timeout(), None, "a deadline is left over");
        assert!(self.link.is_none(), "the link was not let go");
        for (id, awaited) in &self.acks {
            assert!(awaited.settled, "{id:?} on {} was never settled", awaited.namespace);
        }
    }

    fn note(&mut self, what: impl std::fmt::Display) {
        writeln!(self.script, "{:>9.3}s {what}", self.now.as_secs_f64()).expect("a String takes all");
    }

    // The user.

    fn user_acts(&mut self) {
        let namespace = *self.rng.choice(&NAMESPACES).expect("there are some");
        match self.rng.u8(0..12) {
            0..3 => {
                self.note(format_args!("the user connects {namespace}"));
                self.connection.connect(self.now, namespace, None);
            }
            3 => {
                self.note(format_args!("the user disconnects {namespace}"));
                self.connection.disconnect(self.now, namespace);
            }
            choice => {
                self.counter += 1;
                let number = self.counter;
                let with_ack = choice % 2 == 0;
                self.note(format_args!("the user emits {number} on {namespace}, ack: {with_ack}"));
                let sent = if with_ack {
                    let timeout = Duration::from_millis(self.rng.u64(1..4_000));
                    let id = self.connection.emit_with_ack(self.now, namespace, "number", &(number,), timeout);
                    if let Ok(id) = id {
                        let awaited = Awaited { namespace, number, settled: false };
                        assert!(self.acks.insert(id, awaited).is_none(), "{id:?} was used twice");
                    }
                    id.map(drop)
                } else {
                    self.connection.emit(self.now, namespace, "number", &(number,))
                };
                // The call may have found the link dead, so what it said goes before.
                self.hear();
                let user = self.user.get_mut(namespace).expect("known");
                let connected = matches!(user.status, Status::Connected { .. });
                assert_eq!(sent.is_ok(), connected, "{sent:?} while {:?}", user.status);
                if sent.is_ok() {
                    user.emitted.push_back(number);
                }
            }
        }
    }

    // The server and the network.

    fn server_acts(&mut self) {
        let Some(link) = self.link.as_mut().filter(|link| !link.gone) else { return };
        let Some((&namespace, _)) = self.rng.choice(link.joined.iter().collect::<Vec<_>>()) else { return };
        self.counter += 1;
        let (text, what) = match self.rng.u8(0..12) {
            0 => {
                link.joined.remove(namespace);
                (packet(namespace, Body::Disconnect), "disconnects")
            }
            1 => ("1".into(), "closes the link"),
            2 => ("4what?".into(), "talks nonsense"),
            _ => {
                link.joined.entry(namespace).or_default().push_back(self.counter);
                let args = self.counter.to_string();
                let body = Body::Event { name: "number".into(), args: &args, id: None, attachments: 0 };
                (packet(namespace, body), "emits")
            }
        };
        let number = self.counter;
        self.note(format_args!("the server {what} on {namespace} ({number})"));
        self.tell_client(Due::Text(text));
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

    fn serve(&mut self, text: &str) {
        if text.starts_with('3') {
            return;
        }
        let message = text.strip_prefix('4').expect("the client only sends pongs and messages");
        let Packet { namespace, body } = Packet::decode(message).expect("the client sends packets");
        let namespace = *NAMESPACES.iter().find(|known| **known == namespace).expect("known");
        match body {
            Body::Connect { .. } => match self.rng.u8(0..12) {
                0 => self.tell_client(Due::Text(packet(namespace, Body::ConnectError { data: r#"{"message":"no"}"# }))),
                1 => {}
                _ => {
                    self.link.as_mut().expect("up").joined.insert(namespace, VecDeque::new());
                    let data = Some(r#"{"sid":"socket"}"#);
                    self.tell_client(Due::Text(packet(namespace, Body::Connect { data })));
                }
            },
            Body::Disconnect => {
                self.link.as_mut().expect("up").joined.remove(namespace);
            }
            Body::Event { args, id, .. } => {
                let number: u64 = args.parse().expect("a number");
                // One that crossed with the server's own DISCONNECT is not for anybody.
                if !self.link.as_ref().expect("up").joined.contains_key(namespace) {
                    return;
                }
                let user = self.user.get_mut(namespace).expect("known");
                // In order and without a gap, for as long as the user is on the same session.
                if matches!(user.status, Status::Connected { .. }) {
                    assert_eq!(user.emitted.pop_front(), Some(number), "out of order on {namespace}");
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
            if let Some(link) = &mut self.link {
                while !link.choked
                    && let Some(frame) = self.connection.poll_frame()
                {
                    let delay = Duration::from_millis(self.rng.u64(0..300));
                    let at = link.to_server.back().map_or(self.now, |(last, _)| *last).max(self.now + delay);
                    link.to_server.push_back((at, frame));
                }
                if !link.dead {
                    if link.next_ping <= self.now && !link.gone {
                        link.next_ping = self.now + Duration::from_secs(1);
                        self.tell_client(Due::Text("2".into()));
                    }
                    busy = self.deliver();
                }
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

    /// Lets one frame arrive that is due.
    fn deliver(&mut self) -> bool {
        let Some(link) = &mut self.link else { return false };
        if link.to_server.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, frame) = link.to_server.pop_front().expect("there is one");
            if !link.gone {
                self.note(format_args!("the server gets {frame}"));
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
            Order::HangUp { .. } => {
                self.note("the link is let go");
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
                        Status::Connected { .. } => user.emitted.clear(),
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
                Event::Acked { id, result } => {
                    let awaited = self.acks.get_mut(&id).expect("nobody asked for it");
                    assert!(!awaited.settled, "{id:?} was settled twice");
                    awaited.settled = true;
                    match result {
                        Ok(args) => assert_eq!(args.read::<(u64,)>().expect("a number"), (awaited.number,)),
                        Err(error) => assert!(matches!(error, AckError::Disconnected | AckError::TimedOut)),
                    }
                }
            }
        }
    }

    /// No state in which something is wanted and nothing will ever happen, or nothing in time.
    fn check_wakeful(&self) {
        for (namespace, user) in &self.user {
            // The link has to be opened, and then the namespace joined.
            let connecting = matches!(user.status, Status::Connecting);
            assert!(
                !connecting || self.now <= user.since + 2 * CONNECT_TIMEOUT,
                "{namespace} is connecting for too long"
            );
        }
        for (id, awaited) in self.acks.iter().filter(|(_, awaited)| !awaited.settled) {
            let status = &self.user[awaited.namespace].status;
            assert!(matches!(status, Status::Connected { .. }), "{id:?} is awaited while {status:?}");
        }
        let wanted = self.user.values().any(|user| !matches!(user.status, Status::Disconnected { .. }));
        let awaited = self.acks.values().any(|awaited| !awaited.settled);
        assert_eq!(self.connection.poll_timeout().is_some(), wanted || awaited, "wanted: {wanted}, awaited: {awaited}");
    }
}

fn packet(namespace: &str, body: Body<'_>) -> String {
    Packet { namespace, body }.frame()
}
