//! What is asked and answered over HTTP: sessions.

use serde::{Deserialize, Serialize};

use crate::{ApiError, chat::User};

/// Where sessions are begun, asked after and ended.
pub const SESSION_PATH: &str = "/api/session";
/// Where one more device is let in.
pub const LINK_PATH: &str = "/api/session/link";
/// The cookie that has a session's token.
pub const COOKIE: &str = "hubbub_session";
/// The cookie that is there when that one is. It is no secret: by it a page, which can't read the other, knows that somebody
/// may have signed in, also when it has forgotten who.
pub const SIGN: &str = "hubbub_here";

/// Begins a session: as a new user, or as the user who asked for a code. On the wire it is an object with one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "Fields")]
pub enum NewSession {
    /// As a new user of this name; see [`name`](crate::name).
    Name(String),
    /// As the user who has got this code from [`Link`].
    Code(String),
}

/// What [`NewSession`] is read from: fields that a later version may add are ignored, which an enum can't.
#[derive(Deserialize)]
struct Fields {
    name: Option<String>,
    code: Option<String>,
}

impl TryFrom<Fields> for NewSession {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        match fields {
            Fields { name: Some(name), code: None } => Ok(Self::Name(name)),
            Fields { name: None, code: Some(code) } => Ok(Self::Code(code)),
            _ => Err("a session begins with a name or with a code"),
        }
    }
}

/// A session has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who I am.
    pub user: User,
    /// What proves it from now on. It is told here and never again.
    pub token: String,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who I am.
    pub user: User,
}

/// A code that lets one more device in as me, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// To be typed or scanned.
    pub code: String,
    /// Until when, in milliseconds since 1970.
    pub expires: u64,
}

/// What every refusal over HTTP has for a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub error: ApiError,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_begins_with_one_of_the_two() {
        for (json, expected) in [
            (r#"{"name":"Ada"}"#, Some(NewSession::Name("Ada".into()))),
            (r#"{"code":"1","later":[]}"#, Some(NewSession::Code("1".into()))),
            (r#"{"name":"Ada","code":"1"}"#, None),
            ("{}", None),
            (r#"{"name":1}"#, None),
            (r#""Ada""#, None),
        ] {
            assert_eq!(serde_json::from_str(json).ok(), expected, "{json}");
        }
        assert_eq!(serde_json::to_string(&NewSession::Name("Ada".into())).unwrap(), r#"{"name":"Ada"}"#);
    }
}
