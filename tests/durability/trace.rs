//! The order of three system calls, as strace saw them: a message's text goes to the database's log, the log is synced, the
//! acknowledgement goes to the socket. (A process that is killed leaves what it has written to the kernel, so no test that
//! kills can tell a sync from none.)

use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::Device;
use hubbub_tests::database::Database;
use hubbub_tests::native::Chatter;
use hubbub_tests::server::Server;
use hubbub_tests::wait::wait_for;

const CALLS: &str = "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync,io_uring_enter";

/// The start of a line when SQLite writes to, or syncs, its log.
fn is_of_log(line: &str, calls: &[&str]) -> bool {
    calls.iter().any(|call| line.contains(&format!(" {call}("))) && line.contains("hubbub.db-wal>")
}

/// Checks a trace for `text`: written to the log, synced, and only then said to anyone by a line with one of `told`.
fn check(trace: &str, text: &str, told: &[&str]) -> Result<(), String> {
    let lines: Vec<&str> = trace.lines().collect();
    let first = |what: &str, fits: &dyn Fn(&str) -> bool| {
        lines.iter().position(|line| fits(line)).ok_or_else(|| format!("no {what}"))
    };
    let written = first("write of the text to the log", &|line| {
        is_of_log(line, &["write", "writev", "pwrite64", "pwritev", "pwritev2"]) && line.contains(text)
    })?;
    let (begun, begun_line) = lines
        .iter()
        .enumerate()
        .skip(written)
        .find(|(_, line)| is_of_log(line, &["fsync", "fdatasync"]))
        .ok_or("no sync of the log after the write")?;
    let synced = match begun_line.split_once("<unfinished") {
        None => begun,
        Some(_) => {
            let thread = begun_line.split_whitespace().next().unwrap_or_default();
            let is_end = |line: &str| line.starts_with(&format!("{thread} ")) && line.contains("sync resumed>");
            let rest = lines.iter().enumerate().skip(begun);
            rest.into_iter().find(|(_, line)| is_end(line)).ok_or("the sync did not end")?.0
        }
    };
    if !lines[synced].trim_end().ends_with("= 0") {
        return Err(format!("the sync failed: {}", lines[synced]));
    }
    for told in told {
        let said = first(told, &|line| line.contains(told) && !line.contains("hubbub.db"))?;
        if said < synced {
            return Err(format!("{told} is said before the sync:\n{}\n{}", lines[said], lines[synced]));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_message_is_synced_before_it_is_acknowledged_and_before_anyone_hears_it() {
    let database = Database::new();
    let file = database.path("trace");
    let file = file.to_str().expect("a path in letters");
    let strace = ["strace", "-D", "-f", "-y", "-s", "8192", "-o", file, "-e", CALLS, "-e", "signal=none"];
    assert!(
        std::process::Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success()),
        "there is no strace: type `apt-get install strace`, or `cargo xtask test`"
    );
    let mut server = Server::start_under(&strace, &database.flags(&[])).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let classic = Chatter::join(&server.url).await;
    ada.say(LOBBY, "typed-and-durable").await;
    bob.wait_for_text(LOBBY, "typed-and-durable").await;
    classic.say("classic-and-durable").await.expect("acknowledged");
    bob.wait_for_text(LOBBY, "classic-and-durable").await;
    server.kill().await;

    // As strace shows what goes to a socket.
    let [ack, event] = [r#"[{\"ok\":{\"seq\":1,"#, r#"\"text\":\"typed-and-durable\""#];
    // An acknowledgement of the classic contract says nothing but its number, the first.
    let [classic_ack, heard] = ["430[]", r#"[\"chat_message\",\"classic-and-durable\""#];
    wait_for("the whole trace", async || {
        // It is a moment behind the server.
        let trace = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        check(&trace, "typed-and-durable", &[ack, event])?;
        check(&trace, "classic-and-durable", &[classic_ack, heard])
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::check;

    const WRITE: &str = r#"7 pwrite64(9</tmp/hubbub.db-wal>, "...hello...", 4096, 56) = 4096"#;
    const SYNC: &str = "7 fdatasync(9</tmp/hubbub.db-wal>) = 0";
    const ACK: &str = r#"8 sendto(12<socket:[1]>, "\201\20743/chat,1[{\"ok\":{\"seq\":1}}]", 30) = 30"#;
    const TOLD: &[&str] = &[r#"[{\"ok\":{\"seq\":1"#];

    #[test]
    fn the_right_order_passes() {
        check(&[WRITE, SYNC, ACK].join("\n"), "hello", TOLD).unwrap();
        let apart = [
            "7 fdatasync(9</tmp/hubbub.db-wal> <unfinished ...>",
            "8 write(1<pipe:[1]>, \"x\", 1) = 1",
            "7 <... fdatasync resumed>) = 0",
        ];
        check(&[&[WRITE][..], &apart, &[ACK]].concat().join("\n"), "hello", TOLD).unwrap();
    }

    #[test]
    fn any_other_is_caught() {
        let begun = "7 fdatasync(9</tmp/hubbub.db-wal> <unfinished ...>";
        let ended = "7 <... fdatasync resumed>) = 0";
        for trace in [
            &[WRITE, ACK][..],
            &[WRITE, ACK, SYNC],
            &[SYNC, WRITE, ACK],
            &[ACK, WRITE, SYNC],
            &[WRITE, begun, ACK, ended],
            &[WRITE, begun, ACK],
            &[WRITE, "7 fdatasync(9</tmp/hubbub.db>) = 0", ACK],
            &[WRITE, "7 fdatasync(9</tmp/hubbub.db-wal>) = -1 EIO (Input/output error)", ACK],
            &[WRITE, SYNC],
            &[SYNC, ACK],
        ] {
            assert!(check(&trace.join("\n"), "hello", TOLD).is_err(), "{trace:?}");
        }
    }
}
