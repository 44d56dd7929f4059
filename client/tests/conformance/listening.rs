//! Who hears what, in which order, and until when.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use hubbub_client::{Event, Lagged, Listener, STREAM_CAPACITY, Socket};
use serde_json::json;

use crate::world::{Watched, conformance, joined, next, next_args, official, peer_does, peer_emits, tag, within};

/// Words in the order in which they were said.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, word: &str) {
        self.0.lock().unwrap().push(word.into());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// A listener that writes this word.
    fn writer<T>(&self, word: &'static str) -> impl Fn(&T) + Send + Sync + 'static {
        let diary = self.clone();
        move |_| diary.write(word)
    }
}

/// Echoes one event, and waits until it was heard.
async fn echo(socket: &Watched) {
    let mut echoes = socket.events("echo");
    socket.emit("echo", ()).unwrap();
    next("the echo", &mut echoes).await;
}

#[conformance]
async fn on_hears_all_and_once_the_first() {
    let socket = joined(official(&tag())).await;
    let diary = Diary::default();
    socket.once("echo", diary.writer("once"));
    socket.on("echo", diary.writer("on"));
    socket.on("another", diary.writer("another"));
    echo(&socket).await;
    echo(&socket).await;
    assert_eq!(diary.all(), ["once", "on", "on"]);
}

#[conformance]
async fn any_comes_before_the_named() {
    let socket = joined(official(&tag())).await;
    let diary = Diary::default();
    socket.on("echo", diary.writer("first"));
    socket.on("echo", diary.writer("second"));
    let any = diary.clone();
    socket.on_any(move |event| any.write(event.name()));
    echo(&socket).await;
    assert_eq!(diary.all(), ["echo", "first", "second"]);
}

#[conformance]
async fn outgoing_events_are_heard_when_they_are_sent() {
    let mut socket = Watched::new(official(&tag()).socket().expect("a good URL"));
    let diary = Diary::default();
    let outgoing = diary.clone();
    let listener = socket.on_any_outgoing(move |event| {
        outgoing.write(&format!("{} {}", event.name(), event.args().as_json()));
    });
    socket.on("question", |event| event.responder().expect("it asks").answer(("an answer",)).expect("connected"));
    socket.emit("ignored", ("waits",)).unwrap();
    assert!(diary.all().is_empty(), "it is not sent yet");
    socket.connect();
    socket.connected().await;
    // The answer to this is an acknowledgement, and no event.
    socket.ask::<(String,)>("question", ("question",)).await;
    assert_eq!(diary.all(), [r#"ignored ["waits"]"#, r#"question ["question"]"#]);
    listener.remove();
    socket.ask::<()>("ask", ()).await;
    assert_eq!(diary.all().len(), 2);
}

#[conformance]
async fn a_removed_listener_hears_no_more() {
    let socket = joined(official(&tag())).await;
    let diary = Diary::default();
    let listeners = [
        socket.on("echo", diary.writer("on")),
        socket.once("another", diary.writer("once")),
        socket.on_any(diary.writer("any")),
        socket.on_status(diary.writer("status")),
    ];
    echo(&socket).await;
    listeners.iter().for_each(Listener::remove);
    // Twice is as good as once.
    listeners.iter().for_each(Listener::remove);
    echo(&socket).await;
    assert_eq!(diary.all(), ["any", "on"]);
}

#[conformance]
async fn listeners_outlive_the_connection() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    let diary = Diary::default();
    socket.on("echo", diary.writer("on"));
    peer_does(&tag, "close", json!([])).await;
    socket.connected().await;
    echo(&socket).await;
    assert_eq!(diary.all(), ["on"]);
}

#[conformance]
async fn a_listener_may_use_its_socket() {
    let socket = joined(official(&tag())).await;
    let mut second = socket.events("echo");
    let using = Socket::clone(&socket);
    socket.once("echo", move |_| {
        let again = using.clone();
        using.once("echo", move |_| again.emit("echo", ("third",)).expect("connected"));
        using.emit("echo", ("second",)).expect("connected");
    });
    socket.emit("echo", ("first",)).unwrap();
    assert_eq!(next_args(&mut second, 3).await, [r#"["first"]"#, r#"["second"]"#, r#"["third"]"#]);
}

#[conformance]
async fn streams_hear_what_listeners_hear() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let (mut echoes, mut all) = (socket.events("echo"), socket.all_events());
    peer_emits(&tag, "news").await;
    socket.emit("echo", (1,)).unwrap();
    assert_eq!(next_args(&mut echoes, 1).await, ["[1]"]);
    let names = [next("the news", &mut all).await, next("the echo", &mut all).await];
    assert_eq!(names.map(|event| event.name().to_owned()), ["news", "echo"]);
}

/// A stream is bounded, and says what it lost.
#[conformance]
async fn a_stream_that_nobody_reads_says_what_it_lost() {
    const MISSED: usize = 100;
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let mut unread = socket.events("echo");
    for number in 0..STREAM_CAPACITY + MISSED {
        socket.emit("echo", (number,)).unwrap();
    }
    // Echoed in order: when this is back, all are.
    socket.ask::<()>("ask", ()).await;
    let mut take = async || within("an item", unread.next()).await.expect("a stream doesn't end");
    for number in 0..STREAM_CAPACITY {
        let read = take().await.map(|event: Event| event.read::<(usize,)>().unwrap());
        assert_eq!(read, Ok((number,)));
    }
    assert_eq!(take().await.map(drop), Err(Lagged { missed: MISSED as u64 }));
    socket.emit("echo", ("after",)).unwrap();
    assert_eq!(take().await.map(|event| event.read::<(String,)>().unwrap()), Ok(("after".into(),)));
}
