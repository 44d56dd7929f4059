//! Reading and writing packets, beside socketioxide-parser-common: `cargo bench --bench codec`.
//!
//! `read` is from the text of a packet to typed arguments, as a listener gets them. Ours is a whole connection that hears a
//! frame; theirs is the parser alone. `decode` is as far as whom the packet is for, which theirs finds out without looking
//! at the arguments, while ours has then checked them. `encode` is from typed arguments to the packet's text.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use criterion::Criterion;
use hubbub_client::{
    Config,
    codec::socket::{Body, Packet},
    connection::{Connection, Event},
};
use serde_json::Value;
use socketioxide_core::{
    Str,
    packet::{Packet as TheirPacket, PacketData},
    parser::{Parse, ParseConfig, ParserState},
};
use socketioxide_parser_common::CommonParser;

const NAME: &str = "chat_message";

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/criterion");
    let mut criterion = Criterion::default()
        .output_directory(&folder)
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();

    let short = "t".repeat(64 - format!(r#"42["{NAME}",""]"#).len());
    let long = format!("{} \\ ünï\n", "words and ".repeat(100));
    let event = |text: &str| format!(r#"2["{NAME}",{}]"#, Value::from(text));
    let (short_event, long_event) = (event(&short), event(&long));
    let connect = r#"0{"sid":"lv_VI97HAXpY6yYWAAAC","pid":"n0AVJZIbHmwhZhcWAAAD"}"#;
    let binary = format!(r#"51-["{NAME}",{{"_placeholder":true,"num":0}}]"#);
    for (what, text) in [
        ("event of 64 bytes", &*short_event),
        ("event of 1 KB", &*long_event),
        ("ack", r#"312["ok"]"#),
        ("connect", connect),
        ("binary header", &*binary),
    ] {
        decode(&mut criterion, &format!("decode {what}"), text);
    }
    read(&mut criterion, "read event of 64 bytes", &short_event, &short);
    read(&mut criterion, "read event of 1 KB", &long_event, &long);
    encode(&mut criterion, "encode event of 64 bytes", &short);
    encode(&mut criterion, "encode event of 1 KB", &long);

    criterion.final_summary();
    print_ratios(&folder)
}

fn decode(criterion: &mut Criterion, what: &str, text: &str) {
    let mut group = criterion.benchmark_group(what);
    group.bench_function("ours", |bencher| {
        bencher.iter(|| matches!(Packet::decode(black_box(text)), Ok(Packet { namespace: "/", .. })));
    });
    let (config, theirs) = (ParseConfig::default(), Str::from(text.to_owned()));
    group.bench_function("theirs", |bencher| {
        bencher.iter(|| {
            // A new one each time: one that has read a header waits for the attachments.
            let read = CommonParser.decode_str(&config, &ParserState::default(), black_box(theirs.clone()));
            read.is_ok_and(|packet| match &packet.inner {
                PacketData::Event(value, _) => CommonParser.read_event(value).is_ok_and(|name| name == NAME),
                _ => true,
            })
        });
    });
}

fn read(criterion: &mut Criterion, what: &str, text: &str, argument: &str) {
    let mut group = criterion.benchmark_group(what);
    let frame = format!("4{text}");
    let mut connection = joined();
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            connection.handle_frame(Duration::ZERO, black_box(&frame));
            let Some(Event::Received { args, .. }) = connection.poll_event() else { panic!("an event") };
            let (read,) = args.read::<(String,)>().expect("a string");
            assert!(args.event() == NAME && read == argument);
        });
    });
    let (config, state, theirs) = (ParseConfig::default(), ParserState::default(), Str::from(text.to_owned()));
    group.bench_function("theirs", |bencher| {
        bencher.iter(|| {
            let read = CommonParser.decode_str(&config, &state, black_box(theirs.clone()));
            let Ok(TheirPacket { inner: PacketData::Event(mut value, _), .. }) = read else { panic!("an event") };
            let is_it = CommonParser.read_event(&value).expect("a name") == NAME;
            let (read,) = CommonParser.decode_value::<(String,)>(&mut value, true).expect("a string");
            assert!(is_it && read == argument);
        });
    });
}

fn encode(criterion: &mut Criterion, what: &str, argument: &str) {
    let mut group = criterion.benchmark_group(what);
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let args = serde_json::to_string(black_box(argument)).expect("a string is JSON");
            let body = Body::Event { name: NAME.into(), args: &args, id: None, attachments: 0 };
            Packet { namespace: "/", body }.frame()
        });
    });
    group.bench_function("theirs", |bencher| {
        bencher.iter(|| {
            let value = CommonParser.encode_value(&(black_box(argument),), Some(NAME)).expect("a string is JSON");
            CommonParser.encode(TheirPacket::event("/", value))
        });
    });
}

/// A connection that has joined `/`.
fn joined() -> Connection {
    let mut connection = Connection::new(Config::default(), 0);
    connection.connect(Duration::ZERO, "/");
    while connection.poll_order().is_some() {}
    connection.handle_frame(Duration::ZERO, r#"0{"sid":"e","pingInterval":1000,"pingTimeout":1000}"#);
    connection.handle_frame(Duration::ZERO, r#"40{"sid":"s"}"#);
    while connection.poll_event().is_some() {}
    connection
}

/// From what criterion left in its folder.
fn print_ratios(folder: &Path) -> Result<()> {
    let mut groups: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    groups.sort();
    for group in groups.iter().filter(|group| group.join("ours").is_dir()) {
        let (ours, theirs) = (nanoseconds(&group.join("ours"))?, nanoseconds(&group.join("theirs"))?);
        let what = group.file_name().unwrap_or_default().to_string_lossy();
        println!("{what:>26}: {ours:6.0} ns, theirs {theirs:6.0} ns, ratio {:.1}", theirs / ours);
    }
    Ok(())
}

/// The median.
fn nanoseconds(of: &Path) -> Result<f64> {
    let file = of.join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&fs::read(&file).with_context(|| file.display().to_string())?)?;
    estimates["median"]["point_estimate"].as_f64().ok_or_else(|| anyhow!("{} has no median", file.display()))
}
