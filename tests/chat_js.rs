//! The contract of `/chat`, driven by the official JavaScript client: by cookie and by token, over WebSocket and long
//! polling.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::new_id;
use hubbub_tests::database::Database;
use hubbub_tests::peer::Peer;
use hubbub_tests::server::Server;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

/// A user on `/chat` in Node, who can be asked one thing after the other.
struct User {
    peer: Peer,
    user: Value,
    asked: usize,
}

impl User {
    async fn sign_in(server: &Server, by: &str, transport: &str, session: Value) -> Self {
        let options =
            json!({"by": by, "transports": [transport], "reconnectionDelay": 50, "reconnectionDelayMax": 500});
        let peer = Peer::user(&server.url, merged(options, session));
        let session = peer.wait_for(&json!({"is": "session"})).await;
        assert_eq!(session["status"], 201, "{session}");
        let connect = peer.wait_for(&json!({"is": "connect"})).await;
        assert_eq!(connect["transport"], transport);
        Self { peer, user: session["user"].clone(), asked: 0 }
    }

    async fn ask(&mut self, name: &str, args: Value) -> Value {
        self.asked += 1;
        self.peer.ask(json!({"do": "request", "id": self.asked, "name": name, "args": args})).await;
        let said = self.peer.wait_for(&json!({"is": "answer", "id": self.asked})).await;
        let answers = &said["answer"];
        assert!(answers.is_object(), "{name}: {said}");
        answers.clone()
    }

    async fn ok(&mut self, name: &str, payload: Value) -> Value {
        let answer = self.ask(name, json!([payload])).await;
        assert!(answer["ok"].is_object(), "{name} {payload}: {answer}");
        answer["ok"].clone()
    }

    async fn refused(&mut self, name: &str, args: Value) -> String {
        let answer = self.ask(name, args.clone()).await;
        let code = answer["error"]["code"].as_str().unwrap_or_else(|| panic!("{name} {args}: {answer}"));
        code.to_owned()
    }

    /// Waits for an event whose one argument fits.
    async fn told(&self, name: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let who = &self.user["name"];
        hubbub_tests::wait::wait_for(&format!("an event {name} for {who}"), async || {
            let all = self.peer.said(&json!({"is": "event", "name": name}));
            let found = all
                .iter()
                .find(|event| event["args"].as_array().is_some_and(|args| args.len() == 1) && fits(&event["args"][0]));
            found
                .map(|event| event["args"][0].clone())
                .ok_or_else(|| format!("{all:?}, {:?}", self.peer.said(&json!({"is": "disconnect"}))))
        })
        .await
    }
}

fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

#[tokio::test]
async fn by_token_over_websocket() {
    the_whole_contract("token", "websocket").await;
}

#[tokio::test]
async fn by_cookie_over_websocket() {
    the_whole_contract("cookie", "websocket").await;
}

#[tokio::test]
async fn by_token_over_long_polling() {
    the_whole_contract("token", "polling").await;
}

#[tokio::test]
async fn by_cookie_over_long_polling() {
    the_whole_contract("cookie", "polling").await;
}

async fn the_whole_contract(by: &str, transport: &str) {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&["--rate-limit", "0"])).await;
    let mut ada = User::sign_in(&server, by, transport, json!({"name": "Ada"})).await;
    let mut bob = User::sign_in(&server, by, transport, json!({"name": "Bob"})).await;
    let taken = Peer::user(&server.url, json!({"by": by, "name": "ada"}));
    let refused = taken.wait_for(&json!({"is": "session"})).await;
    assert_eq!((&refused["status"], &refused["error"]["code"]), (&json!(409), &json!("name_taken")));

    // Rooms.
    let synced = ada.ok("sync", json!({})).await;
    assert_eq!((&synced["user"], &synced["rooms"][0]["id"]), (&ada.user, &json!(LOBBY)));
    let made = ada.ok("create_room", json!({"name": "Work shop", "topic": "tools"})).await;
    assert_eq!((&made["id"], &made["topic"], &made["members"]), (&json!("work-shop"), &json!("tools"), &json!(1)));
    let listed = bob.ok("list_rooms", json!({"query": "SHOP"})).await;
    assert_eq!((&listed["rooms"][0]["id"], &listed["more"]), (&json!("work-shop"), &json!(false)));
    bob.told("room", |info| info["id"] == "work-shop").await;
    let room = json!({"room": "work-shop"});
    assert_eq!(bob.refused("history", json!([{"room": "work-shop", "after": 0}])).await, "not_a_member");
    let state = bob.ok("join_room", room.clone()).await;
    assert_eq!(state["members"], 2);
    assert!(state["online"].as_array().is_some_and(|online| online.contains(&bob.user)), "me included: {state}");
    ada.told("room", |info| info["members"] == 2 && info["id"] == "work-shop").await;
    let is_bob = |user: &Value| *user == bob.user;
    ada.told("presence", |event| event["online"].as_array().is_some_and(|online| online.iter().any(is_bob))).await;

    // Messages.
    let request = json!({"room": "work-shop", "id": new_id(), "text": " ünï 🦀\u{7} "});
    let sent = ada.ok("send_message", request.clone()).await;
    assert_eq!(ada.ok("send_message", request.clone()).await, sent, "sent twice is stored once");
    let message = json!({
        "seq": 1, "id": request["id"], "room": "work-shop", "author": ada.user, "text": "ünï 🦀", "at": sent["at"]
    });
    for user in [&ada, &bob] {
        let event = user.told("messages", |event| event["room"] == "work-shop").await;
        assert_eq!(event["messages"], json!([message]));
    }
    assert_eq!(
        bob.ok("history", json!({"room": "work-shop", "before": 2})).await,
        json!({"messages": [message], "more": false})
    );
    bob.peer.ask(json!({"do": "emit", "name": "typing", "args": [room]})).await;
    assert_eq!(ada.told("typing", |_| true).await["user"], bob.user);

    // A second device by a code.
    ada.peer.ask(json!({"do": "link"})).await;
    let link = ada.peer.wait_for(&json!({"is": "link"})).await;
    let mut phone = User::sign_in(&server, by, transport, json!({"code": link["code"]})).await;
    assert_eq!(phone.user, ada.user);
    assert_eq!(phone.ok("read", json!({"room": "work-shop", "seq": 9})).await, json!({}));
    assert_eq!(ada.told("read", |_| true).await, json!({"room": "work-shop", "seq": 1}));

    // What makes no sense.
    for (name, args, code) in [
        ("send_message", json!([]), "bad_request"),
        ("send_message", json!([request, 1]), "bad_request"),
        ("send_message", json!([["work-shop"]]), "bad_request"),
        ("send_message", json!([{"$bytes": [1, 2]}]), "bad_request"),
        ("send_message", json!([merged(request.clone(), json!({"text": "other"}))]), "id_reused"),
        ("send_message", json!([merged(request.clone(), json!({"id": new_id(), "text": " "}))]), "text_empty"),
        ("join_room", json!([{"room": "nowhere"}]), "no_such_room"),
        ("leave_room", json!([{"room": LOBBY}]), "lobby_is_forever"),
        ("create_room", json!([{"name": "WORK SHOP"}]), "room_exists"),
        ("shout", json!([{}]), "unknown_event"),
    ] {
        assert_eq!(ada.refused(name, args.clone()).await, code, "{name} {args}");
    }

    // The server is killed, and everything is there.
    server.kill().await;
    server.restart().await;
    for user in [&ada, &bob, &phone] {
        user.peer.wait_for_count(&json!({"is": "connect"}), 2).await;
    }
    let again = bob.ok("sync", json!({"rooms": {"work-shop": 0}})).await;
    let state = again["rooms"].as_array().and_then(|rooms| rooms.iter().find(|state| state["id"] == "work-shop"));
    assert_eq!(state.map(|state| &state["messages"]), Some(&json!([message])));
    assert_eq!(again["store"], synced["store"]);
    assert_eq!(ada.ok("send_message", request).await, sent);

    // Signing out ends that device, and it does not come back.
    bob.ok("leave_room", room).await;
    phone.peer.ask(json!({"do": "sign_out"})).await;
    assert_eq!(phone.peer.wait_for(&json!({"is": "signed_out"})).await["status"], 204);
    assert_eq!(phone.told("closing", |_| true).await["code"], "signed_out");
    assert_eq!(
        phone.peer.wait_for(&json!({"is": "disconnect", "reason": "io server disconnect"})).await["is"],
        "disconnect"
    );

    server.signal(Signal::SIGTERM);
    assert_eq!(server.exit().await.code(), Some(0), "{}", server.log.last_lines());
    // Who polls may be between two polls just then.
    if transport == "websocket" {
        assert_eq!(ada.told("closing", |_| true).await["code"], "server_closing");
    }
    let lost = ada.peer.wait_for_count(&json!({"is": "disconnect"}), 2).await;
    assert_ne!(lost[1]["reason"], "io server disconnect", "after which it would not come back");
    assert_eq!(phone.peer.said(&json!({"is": "connect"})).len(), 2);
}

/// Leaving a namespace and coming back at once, in one breath, while the other namespace keeps the connection.
#[tokio::test]
async fn who_leaves_and_comes_back_on_the_same_connection_is_let_in() {
    const TIMES: usize = 100;
    for transport in ["websocket", "polling"] {
        let server = Server::start(&["--rate-limit", "0"]).await;
        let mut ada = User::sign_in(&server, "token", transport, json!({"name": "Ada", "beside": true})).await;
        ada.peer.wait_for(&json!({"is": "beside"})).await;
        for namespace in ["/chat", "/"] {
            ada.peer.ask(json!({"do": "leave_and_return", "namespace": namespace, "times": TIMES})).await;
            ada.peer.wait_for(&json!({"is": "returned", "namespace": namespace, "time": TIMES})).await;
            // It is heard in both.
            ada.ok("sync", json!({})).await;
            ada.peer.ask(json!({"do": "echo", "text": namespace})).await;
            ada.peer.wait_for(&json!({"is": "echo", "text": namespace})).await;
        }
        assert_eq!(server.log.with(&["disconnected", "client has manually disconnected"]).len(), 2 * TIMES);
        assert_eq!(ada.peer.said(&json!({"is": "disconnect", "reason": "io client disconnect"})).len(), TIMES);
        assert_eq!(ada.peer.said(&json!({"is": "disconnect"})).len(), TIMES, "the connection stays");
    }
}

/// Trying again at once, on the same connection.
#[tokio::test]
async fn who_is_refused_may_come_back_on_the_same_connection() {
    const TIMES: usize = 100;
    for transport in ["websocket", "polling"] {
        let server = Server::start(&["--rate-limit", "0"]).await;
        let mut ada = User::sign_in(&server, "token", transport, json!({"name": "Ada", "beside": true})).await;
        ada.peer.ask(json!({"do": "refused_and_return", "times": TIMES})).await;
        ada.peer.wait_for(&json!({"is": "returned", "time": TIMES})).await;
        ada.ok("sync", json!({})).await;
    }
}

#[tokio::test]
async fn without_a_session_it_is_refused() {
    let server = Server::start(&[]).await;
    for auth in [json!({}), json!({"auth": {"token": "forged"}})] {
        let options = merged(json!({"transports": ["websocket"]}), auth);
        let peer = Peer::client(&format!("{}/chat", server.url), options);
        let error = peer.wait_for(&json!({"is": "connect_error"})).await;
        assert_eq!(error["message"], "unauthorized");
    }
}

#[tokio::test]
async fn who_comes_in_a_crowd_knows_everybody_whatever_comes_first_the_answer_or_the_event() {
    let server = Server::start(&["--session-rate-limit", "0"]).await;
    let crowd = Peer::crowd(&server.url, json!({"count": 100, "seconds": 30}));
    let said = crowd.wait_for(&json!({"is": "crowd"})).await;
    assert_eq!((&said["came"], &said["ignorant"]), (&json!(100), &json!([])));
}
