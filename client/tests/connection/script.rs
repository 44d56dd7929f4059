//! A connection, the time, and shorthand for what tests do to both.

use std::time::Duration;

use hubbub_client::{
    Config, DisconnectReason, EmitError, Encoded, LinkError, Reconnection, Status, ToArgs,
    connection::{AckId, Connection, Delivery, Event, Frame, Order, ReplyTo},
};

/// A link on which no ping comes for 25 + 20 seconds is dead.
pub(crate) const OPEN: &str =
    r#"0{"sid":"link","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}"#;
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);
pub(crate) const ACK_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection, the time, and shorthand for what tests do to both. As a driver does, it takes every order at once.
pub(crate) struct Script {
    pub(crate) connection: Connection,
    pub(crate) now: Duration,
    orders: Vec<Order>,
}

impl Script {
    pub(crate) fn new(config: Config) -> Self {
        Self { connection: Connection::new(config, 7), now: Duration::from_secs(1_000), orders: Vec::new() }
    }

    /// One that is joined to these namespaces, with all that led there taken out.
    pub(crate) fn joined(namespaces: &[&str]) -> Self {
        Self::joined_with(Config::default(), namespaces)
    }

    pub(crate) fn joined_with(config: Config, namespaces: &[&str]) -> Self {
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

    pub(crate) fn connect(&mut self, namespace: &str) {
        self.connection.connect(self.now, namespace);
        self.take_orders();
    }

    pub(crate) fn disconnect(&mut self, namespace: &str) {
        self.connection.disconnect(self.now, namespace);
        self.take_orders();
    }

    pub(crate) fn emit(&mut self, namespace: &str, text: &str) -> Result<(), EmitError> {
        self.connection.emit(self.now, namespace, "say", encoded(&(text,)), Delivery::AtOnce)
    }

    pub(crate) fn ask(&mut self, namespace: &str) -> AckId {
        self.connection
            .emit_with_ack(self.now, namespace, "ask", encoded(&()), Delivery::AtOnce, Some(ACK_TIMEOUT))
            .unwrap()
    }

    pub(crate) fn frame(&mut self, frame: &str) {
        self.connection.handle_frame(self.now, frame);
        self.take_orders();
    }

    pub(crate) fn binary(&mut self, attachment: &[u8]) {
        self.connection.handle_binary(self.now, attachment.to_vec());
        self.take_orders();
    }

    /// The server accepts the namespace.
    pub(crate) fn accept(&mut self, namespace: &str, id: &str) {
        let prefix = if namespace == "/" { String::new() } else { format!("{namespace},") };
        self.frame(&format!(r#"40{prefix}{{"sid":"{id}"}}"#));
    }

    pub(crate) fn close(&mut self) {
        self.connection.handle_closed(self.now, LinkError::Closed);
        self.take_orders();
    }

    pub(crate) fn cut(&mut self) {
        self.connection.cut_link(self.now);
        self.take_orders();
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now += by;
        self.connection.handle_timeout(self.now);
        self.take_orders();
    }

    /// Goes to the next deadline, and says how far that was. What was due is done then, or a driver would never sleep.
    pub(crate) fn sleep(&mut self) -> Duration {
        let deadline = self.connection.poll_timeout().expect("nothing is due, ever");
        let slept = deadline - self.now;
        self.advance(slept);
        assert_ne!(self.connection.poll_timeout(), Some(self.now), "due, and not done: {:?}", self.connection);
        slept
    }

    /// Lets time pass until a new link is dialled, and opens it.
    pub(crate) fn relink(&mut self) {
        self.orders();
        while !self.orders().contains(&Order::Dial) {
            self.sleep();
        }
        self.frame(OPEN);
    }

    pub(crate) fn take_orders(&mut self) {
        self.orders.extend(std::iter::from_fn(|| self.connection.poll_order()));
    }

    /// The orders since the last time that this was asked.
    pub(crate) fn orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    pub(crate) fn frames(&mut self) -> Vec<String> {
        let text = |frame| match frame {
            Frame::Text(text) => text,
            Frame::Binary(bytes) => panic!("an attachment: {bytes:?}"),
        };
        std::iter::from_fn(|| self.connection.poll_frame()).map(text).collect()
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.connection.poll_event()).collect()
    }

    /// What the user is told, when it is statuses and nothing else.
    pub(crate) fn statuses(&mut self) -> Vec<(String, Status)> {
        self.events()
            .into_iter()
            .map(|event| match event {
                Event::Status { namespace, status } => (namespace.to_string(), status),
                other => panic!("not a status: {other:?}"),
            })
            .collect()
    }
}

pub(crate) fn encoded(args: &impl ToArgs) -> Encoded {
    Encoded::of(args).expect("it is JSON")
}

pub(crate) fn hang_up() -> Order {
    Order::HangUp { farewell: Vec::new() }
}

pub(crate) fn connected(namespace: &str, id: &str) -> (String, Status) {
    (namespace.into(), Status::Connected { id: id.into(), recovered: false })
}

pub(crate) fn disconnected(namespace: &str, reason: DisconnectReason) -> (String, Status) {
    (namespace.into(), Status::Disconnected { reason })
}

/// The usual settings but for what is changed.
pub(crate) fn config(change: impl FnOnce(&mut Config)) -> Config {
    let mut config = Config::default();
    change(&mut config);
    config
}

pub(crate) fn reconnection(delay: u64, delay_max: u64, randomization_factor: f64, attempts: Option<u32>) -> Config {
    let (delay, delay_max) = (Duration::from_secs(delay), Duration::from_secs(delay_max));
    let reconnection = Reconnection::default().delay(delay).delay_max(delay_max);
    let reconnection = reconnection.randomization_factor(randomization_factor).attempts(attempts);
    config(|config| config.reconnection = Some(reconnection))
}

/// Name and arguments of the events that were received, and where an answer goes.
pub(crate) fn received(events: Vec<Event>) -> Vec<(String, String, Option<ReplyTo>)> {
    events
        .into_iter()
        .map(|event| match event {
            Event::Received { args, reply, .. } => (args.event().into(), args.as_json().into(), reply),
            other => panic!("not a received event: {other:?}"),
        })
        .collect()
}
