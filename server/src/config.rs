//! What can be set, and how: a flag, else its environment variable, else the default.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::{HeaderValue, Uri};
use clap::{Parser, Subcommand};
use hubbub_shared::chat::MAX_REPLY_BYTES;
use tracing_subscriber::EnvFilter;

use crate::store::Database;

/// A real-time chat: Socket.IO and the page that speaks it, on one port.
///
/// Without any flag the server listens on port 5000 and serves everyone. Each flag can also be set by the environment
/// variable in brackets; the flag wins.
#[derive(Debug, Parser)]
#[command(name = "hubbub", version)]
pub struct Config {
    /// What to do instead of serving
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Address and port to listen on; port 0 takes a free one
    ///
    /// The first line on standard output tells the address. If neither the flag nor HUBBUB_LISTEN is given, PORT is the
    /// port, on all addresses.
    #[arg(long, env = "HUBBUB_LISTEN", value_name = "ADDRESS:PORT", default_value = listen_default(std::env::var_os("PORT")))]
    pub listen: SocketAddr,

    /// Address and port to show metrics on, as `/metrics` in Prometheus' text format [default: nowhere]
    ///
    /// It is for who runs the server, not for the world. Port 0 takes a free one, which the log tells.
    #[arg(long, env = "HUBBUB_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,

    /// Where everything is kept: a file, which is made if it isn't there
    ///
    /// `sqlite::memory:` keeps everything until the server ends. It is for trying out: who reads and who writes wait for
    /// each other.
    #[arg(long, env = "HUBBUB_DATABASE", value_name = "DATABASE", default_value = "sqlite:hubbub.db", global = true)]
    pub database: Database,

    /// Let only pages of this origin use the server from a browser (repeatable) [default: any]
    ///
    /// Such as `https://chat.example.com`. It is about pages of other origins than the server's own, which is the host that
    /// the browser asked (with --trust-proxy, the X-Forwarded-Host). The environment variable takes several, with commas
    /// between them.
    #[arg(long, env = "HUBBUB_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub allow_origin: Vec<HeaderValue>,

    /// Believe the proxy in front of the server who its clients are
    ///
    /// The last address in X-Forwarded-For is then the client's, for the log and --session-rate-limit, and
    /// X-Forwarded-Proto and X-Forwarded-Host say what the browser asked for. A proxy that ends TLS needs this: without
    /// it the cookies of the page count for nothing. Without a proxy in front, anyone could claim any address.
    #[arg(long, env = "HUBBUB_TRUST_PROXY")]
    pub trust_proxy: bool,

    /// How long a user who has signed in stays so without coming back, such as 12h or 30d
    #[arg(long, env = "HUBBUB_SESSION_TTL", value_name = "TIME", default_value = "30d", value_parser = session_ttl)]
    pub session_ttl: Duration,

    /// How many sessions a minute may begin from one address; 0 for any number
    ///
    /// All addresses of an IPv6 network of 64 bits count as one.
    #[arg(long, env = "HUBBUB_SESSION_RATE_LIMIT", value_name = "COUNT", default_value_t = 30)]
    pub session_rate_limit: u32,

    /// How many messages a second a user may send; 0 for any number
    ///
    /// Five times as many may come at once. New rooms count as messages. Of other requests it may be five times as many,
    /// with 0 any number, too.
    #[arg(long, env = "HUBBUB_RATE_LIMIT", value_name = "COUNT", default_value_t = 20)]
    pub rate_limit: u32,

    /// How many messages a second a connection to the namespace `/` may send; 0 for any number
    ///
    /// Five times as many may come at once.
    #[arg(long, env = "HUBBUB_CLASSIC_RATE_LIMIT", value_name = "COUNT", default_value_t = 0)]
    pub classic_rate_limit: u32,

    /// How often each client is asked whether it is still there, such as 10s or 1m
    #[arg(long, env = "HUBBUB_PING_INTERVAL", value_name = "TIME", default_value = "10s", value_parser = heartbeat)]
    pub ping_interval: Duration,

    /// How long a client may take to answer that before it is disconnected
    #[arg(long, env = "HUBBUB_PING_TIMEOUT", value_name = "TIME", default_value = "10s", value_parser = heartbeat)]
    pub ping_timeout: Duration,

    /// How many bytes may wait for a client that reads slowly before it is disconnected
    ///
    /// Never less than 524288, which is twice the largest answer.
    #[arg(long, env = "HUBBUB_MAX_QUEUED_BYTES", value_name = "BYTES", default_value_t = 8 << 20,
        value_parser = clap::value_parser!(u64).range(2 * MAX_REPLY_BYTES as u64..))]
    pub max_queued_bytes: u64,

    /// How many connections may be open, and how many Socket.IO sessions; more are refused
    ///
    /// A WebSocket is one of each. A session of long polling comes and goes with connections, as its client likes.
    #[arg(long, env = "HUBBUB_MAX_CONNECTIONS", value_name = "COUNT", default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// Refuse the namespace `/`, which any Socket.IO client may join without signing in
    #[arg(long, env = "HUBBUB_NO_CLASSIC")]
    pub no_classic: bool,

    /// What to log, to standard error: off, error, warn, info, debug or trace, or finer
    ///
    /// Finer is a list such as `info,hubbub=debug,engineioxide=trace`.
    #[arg(long, env = "HUBBUB_LOG", value_name = "FILTER", default_value = "info", value_parser = log_filter)]
    pub log: String,
}

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy the database into a new file, also while the server runs
    ///
    /// To restore it, end the server, put the file in the place of the database (remove what lies there, with `-wal` and `-shm`
    /// at the end of its name, too) and start the server. Its clients notice that it is another world, and forget what they hold.
    Backup {
        /// The new file
        file: PathBuf,
    },
}

/// Where to listen when nobody says: what hosts put into PORT is the port.
fn listen_default(port: Option<OsString>) -> OsString {
    let mut address = OsString::from("0.0.0.0:");
    address.push(port.unwrap_or_else(|| "5000".into()));
    address
}

/// An origin as browsers send it: scheme and host, with the port if it isn't the scheme's own.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let bad = || "an origin is like https://chat.example.com or http://localhost:8080".to_owned();
    let uri: Uri = text.trim().trim_end_matches('/').parse().map_err(|_| bad())?;
    match (uri.scheme_str(), uri.authority(), uri.path_and_query().map(|path| path.as_str())) {
        (Some(scheme @ ("http" | "https")), Some(host), None | Some("/")) if !host.as_str().contains('@') => {
            format!("{scheme}://{host}").to_lowercase().parse().map_err(|_| bad())
        }
        _ => Err(bad()),
    }
}

fn heartbeat(text: &str) -> Result<Duration, String> {
    at_least(Duration::from_millis(1), text)
}

/// A cookie's life is told in whole seconds.
fn session_ttl(text: &str) -> Result<Duration, String> {
    at_least(Duration::from_secs(1), text)
}

fn at_least(least: Duration, text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if time < least { Err(format!("at least {}", humantime::format_duration(least))) } else { Ok(time) }
}

fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(flags: &[&str]) -> Result<Config, String> {
        Config::try_parse_from([&["hubbub"], flags].concat()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_the_contract() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.ping_interval, Duration::from_secs(10));
        assert_eq!(config.ping_timeout, Duration::from_secs(10));
        assert_eq!(config.max_queued_bytes, 8 * 1024 * 1024);
        assert_eq!(config.max_connections, 10_000);
        assert_eq!(config.metrics_listen, None);
        assert_eq!(config.database, Database::File("hubbub.db".into()));
        assert_eq!(config.session_ttl, Duration::from_secs(30 * 24 * 60 * 60));
        assert_eq!((config.session_rate_limit, config.rate_limit, config.classic_rate_limit), (30, 20, 0));
        assert!(!config.no_classic && !config.trust_proxy && config.allow_origin.is_empty());
    }

    #[test]
    fn a_flag_wins_over_port_which_wins_over_the_default() {
        assert_eq!(listen_default(None), "0.0.0.0:5000");
        assert_eq!(listen_default(Some("8080".into())), "0.0.0.0:8080");
        let config = parse(&["--listen", "127.0.0.1:0"]).unwrap();
        assert_eq!(config.listen, SocketAddr::from(([127, 0, 0, 1], 0)));
    }

    #[test]
    fn origins_are_written_as_browsers_send_them() {
        let flags = ["--allow-origin", "https://Chat.example.com/", "--allow-origin", "http://a:1,http://[::1]:2"];
        let origins = parse(&flags).unwrap().allow_origin;
        assert_eq!(origins, ["https://chat.example.com", "http://a:1", "http://[::1]:2"]);
        for bad in ["chat.example.com", "*", "https://", "ftp://a", "https://a/b", "https://u@a", "null"] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        for (flags, reason) in [
            (["--listen", "5000"], "--listen"),
            (["--metrics-listen", "9000"], "--metrics-listen"),
            (["--database", "hubbub.db"], "sqlite:hubbub.db"),
            (["--ping-interval", "0s"], "at least 1ms"),
            (["--ping-timeout", "soon"], "--ping-timeout"),
            (["--session-ttl", "999ms"], "at least 1s"),
            (["--session-ttl", "forever"], "--session-ttl"),
            (["--session-rate-limit", "-1"], "-1"),
            (["--rate-limit", "many"], "--rate-limit"),
            (["--classic-rate-limit", "0.5"], "--classic-rate-limit"),
            (["--max-queued-bytes", "524287"], "524288"),
            (["--max-connections", "0"], "--max-connections"),
            (["--log", "hubbub=loud"], "--log"),
        ] {
            let error = parse(&flags).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
