//! A chat in the terminal: `cargo run -p hubbub-client --example chat [URL]`.
//!
//! Every line that you type goes to everybody; every line that anybody types is shown. End it by Ctrl-D or Ctrl-C.

use std::{env, error::Error, io::stdin, thread};

use hubbub_client::{Client, Socket, Status};
use tokio::{select, signal, sync::mpsc};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::args().nth(1).unwrap_or_else(|| "http://localhost:5000".into());
    let chat = Client::new(&url)?.socket("/");
    chat.on("chat_message", |event| {
        if let Ok((text,)) = event.read::<(String,)>() {
            println!("> {text}");
        }
    });
    chat.on_status(|status| eprintln!("{}", in_words(status)));
    chat.connect();
    select! {
        () = talk(&chat) => {}
        _ = signal::ctrl_c() => {}
    }
    chat.disconnect();
    chat.client().closed().await;
    Ok(())
}

/// Sends what is typed, line by line, until the input ends.
async fn talk(chat: &Socket) {
    let mut lines = typed();
    while let Some(line) = lines.recv().await {
        let said = match chat.emit_with_ack::<()>("chat_message", (line,)) {
            Ok(ack) => ack.await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = said {
            eprintln!("· That may not have been heard: {why}.");
        }
    }
}

/// The lines of the standard input. They are read on a thread of their own, since nothing can interrupt that.
fn typed() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    thread::spawn(move || stdin().lines().map_while(Result::ok).try_for_each(|line| sender.blocking_send(line)));
    lines
}

fn in_words(status: &Status) -> String {
    match status {
        Status::Connecting => "· Connecting …".into(),
        Status::Connected { .. } => "· Connected. Type!".into(),
        Status::Reconnecting { delay, reason, .. } => format!("· Not connected: {reason}. Again in {delay:.1?} …"),
        Status::Disconnected { reason } => format!("· Disconnected: {reason}."),
        _ => format!("· {status:?}"),
    }
}
