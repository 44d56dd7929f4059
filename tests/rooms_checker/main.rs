//! Nothing lost, nothing twice, one order for everyone: many write at once to several rooms over a bad network, while the
//! server is killed and started again and again.
//!
//! `CHECKER_SEED` is where all chance comes from: the texts and their ids, and when what happens to which link and to the
//! server. The scheduler's part can't be replayed. `CHECKER_SECONDS` is how long they write. What was done is in
//! `target/tmp/checker-report.json`.

mod audit;
mod classic;
mod member;
mod plan;
mod report;

use std::time::Duration;

use hubbub_tests::chat::Device;
use hubbub_tests::database::Database;
use hubbub_tests::proxy::Proxy;
use hubbub_tests::server::Server;
use hubbub_tests::verdict::{Evidence, violations};
use hubbub_tests::{session, wait};
use nix::sys::signal::Signal;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::classic::ClassicClient;
use crate::member::Member;
use crate::plan::{Downfall, Plan};
use crate::report::{Downfalls, Report};

/// Links that are dead must be noticed soon.
const FLAGS: [&str; 6] = ["--ping-interval", "1s", "--ping-timeout", "2s", "--session-rate-limit", "0"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_once_and_in_one_order_for_everyone() {
    let plan = Plan::from_environment();
    eprintln!("CHECKER_SEED={} CHECKER_SECONDS={}", plan.seed, plan.seconds);
    let database = Database::new();
    let mut server = Server::start(&database.flags(&FLAGS)).await;
    let (rooms, sessions) = settle_in(&server, &plan).await;

    let proxy = Proxy::start(server.address(), plan.seed).await;
    let mut members = Vec::new();
    for (name, session) in &sessions {
        members.push(Member::start(&proxy.url, name, session, &rooms));
    }
    let clients: Vec<_> = (0..plan.classic_clients).map(|_| ClassicClient::start(&proxy.url)).collect();

    let end = Instant::now() + Duration::from_secs(plan.seconds);
    let mut writing = JoinSet::new();
    for (number, member) in members.iter().enumerate() {
        for (room, id) in rooms.iter().enumerate() {
            writing.spawn(member.write(id, plan.writer(number, room), end));
        }
    }
    let mut shouting = JoinSet::new();
    for (number, client) in clients.iter().enumerate() {
        shouting.spawn(client.write(plan.shouter(number), end));
    }
    let mut downfalls = misfortunes(&mut server, &plan, end).await;
    proxy.calm_down();
    let outboxes = wait::within_limit("the last acknowledgements", writing.join_all()).await;
    let shouted = wait::within_limit("the last of the classic clients", shouting.join_all()).await;
    // The last acknowledgement has just come: the worst time to be killed.
    server.kill().await;
    server.restart().await;
    downfalls.kills += 1;

    let history = audit::history(&server, &rooms).await;
    audit::wait_for_timelines(&members, &history).await;
    let evidence = Evidence {
        senders: outboxes.iter().map(member::Outcome::sender).collect(),
        timelines: members.iter().flat_map(|member| member.seen(&rooms)).collect(),
        classic: shouted,
        heard: clients.iter().flat_map(ClassicClient::heard).collect(),
        history,
    };
    let report = Report::new(&plan, downfalls, proxy.faults(), &members, &outboxes, &evidence, violations(&evidence));
    report.write();
    assert_eq!(report.violations, [], "CHECKER_SEED={}", plan.seed);
    assert!(report.messages.acknowledged > 0 && report.messages.classic_acknowledged > 0, "nobody wrote: {report:?}");
}

/// Makes the rooms and the users, and lets everyone in everywhere, before anything happens. The first user has two devices.
async fn settle_in(server: &Server, plan: &Plan) -> (Vec<String>, Vec<(String, hubbub_shared::api::SignedIn)>) {
    let founder = Device::sign_in(&server.url, "Founder").await;
    let mut rooms = vec![hubbub_shared::chat::LOBBY.to_owned()];
    for number in 1..plan.rooms {
        rooms.push(founder.make_room(&format!("Room {number}")).await);
    }
    let mut sessions = Vec::new();
    for number in 0..plan.users {
        let name = format!("User {number}");
        let user = Device::sign_in(&server.url, &name).await;
        for room in &rooms {
            user.join(room).await;
        }
        if number == 0 {
            sessions.push((format!("{name}'s other"), session::sign_in_again(&server.url, &user.token).await));
        }
        sessions.push((name, hubbub_shared::api::SignedIn { user: user.user.clone(), token: user.token.clone() }));
    }
    (rooms, sessions)
}

/// Ends the server and starts it again as planned, until the time is over; it runs then.
async fn misfortunes(server: &mut Server, plan: &Plan, end: Instant) -> Downfalls {
    let mut count = Downfalls::default();
    for Downfall { after, killed, down } in plan.downfalls() {
        sleep(after.min(end.saturating_duration_since(Instant::now()))).await;
        if Instant::now() >= end {
            break;
        }
        if killed {
            server.kill().await;
            count.kills += 1;
        } else {
            server.signal(Signal::SIGTERM);
            assert_eq!(server.exit().await.code(), Some(0), "{}", server.log.last_lines());
            count.stops += 1;
        }
        sleep(down).await;
        server.restart().await;
    }
    count
}
