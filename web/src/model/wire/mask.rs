//! Secrets, taken out of a frame before it is kept.

use std::{borrow::Cow, ops::Range};

use hubbub_shared::{ErrorCode, classic::ClosingCode};

use crate::json;

/// What is kept of a secret: a JSON string, so that the rest can still be read.
pub(super) const MASK: &str = "\"•••\"";

/// The keys whose values are secret, at any depth, as JSON has them.
const KEYS: [&str; 2] = ["\"token\"", "\"code\""];

/// `text` without the values of secret keys. It need not be a packet, nor JSON to its end.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(secret) = first_secret(rest) {
        masked.push_str(&rest[..secret.start]);
        masked.push_str(MASK);
        rest = &rest[secret.end..];
    }
    if masked.is_empty() {
        return text.into();
    }
    masked.push_str(rest);
    masked.into()
}

/// Where the first secret value is.
fn first_secret(text: &str) -> Option<Range<usize>> {
    text.match_indices('"').find_map(|(at, _)| {
        let key = KEYS.into_iter().find(|key| text[at..].starts_with(key))?;
        // A quote that is escaped begins no key.
        if text[..at].ends_with('\\') {
            return None;
        }
        let after_key = text[at + key.len()..].trim_ascii_start();
        let value = after_key.strip_prefix(':')?.trim_ascii_start();
        let start = text.len() - value.len();
        let end = start + value_len(value);
        (!is_refusal(&text[start..end])).then_some(start..end)
    })
}

/// The length of the JSON value that `text` begins with; all of it where that has no end.
fn value_len(text: &str) -> usize {
    let mut depth = 0_usize;
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            in_string = byte != b'"' || escaped;
            escaped = byte == b'\\' && !escaped;
            if in_string || depth > 0 {
                continue;
            }
            return at + 1;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth > 1 => depth -= 1,
            b']' | b'}' if depth == 1 => return at + 1,
            b',' | b']' | b'}' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// Why something is refused, or closes, stands under `code` too, and is no secret.
fn is_refusal(value: &str) -> bool {
    let closes = json::read(value).is_some_and(|code: ClosingCode| code != ClosingCode::Unknown);
    closes || json::read(value).is_some_and(|code: ErrorCode| code != ErrorCode::Unknown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    #[test]
    fn a_token_does_not_stay() {
        assert_eq!(masked(r#"40/chat,{"token":"secret"}"#), r#"40/chat,{"token":"•••"}"#);
        assert_eq!(
            masked(r#"42["a",{"b":[{"code" : {"c":["}","\""]} , "d":1}]}]"#),
            r#"42["a",{"b":[{"code" : "•••" , "d":1}]}]"#
        );
        assert_eq!(masked(r#"42["a",{"token":12345,"code":"1",}]"#), r#"42["a",{"token":"•••","code":"•••",}]"#);
        assert_eq!(masked(r#"40{"token":"cut sho"#), r#"40{"token":"•••""#);
        assert_eq!(masked(r#"40{"token":"a\""#), r#"40{"token":"•••""#);
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "2",
            r#"42["token","code"]"#,
            r#"42["a",{"no \"token":"x"}]"#,
            r#"42["say","\"token\":\"what people write\""]"#,
            r#"431[{"error":{"code":"rate_limited","message":"Too fast."}}]"#,
            r#"42["closing",{"code":"signed_out","message":"You have signed out."}]"#,
        ] {
            assert_eq!(masked(text), text);
        }
    }

    /// JSON in which the secret keys are not rare.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<Option<bool>>().prop_map(|value| json!(value)),
            any::<i32>().prop_map(|value| json!(value)),
            r#"[a"\\{}:,\[\]é]{0,6}|token|code"#.prop_map(|value| json!(value)),
        ];
        let key =
            prop_oneof![Just("token".to_owned()), Just("code".to_owned()), r#"[a"\\]{0,3}"#.prop_map(String::from)];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// What `masked` should do, done on the values.
    fn without_secrets(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(without_secrets).collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| {
                        let is_secret = key == "token" || key == "code";
                        (key.clone(), if is_secret { json!("•••") } else { without_secrets(value) })
                    })
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn every_secret_goes_and_nothing_else(value in values(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let read: Value = serde_json::from_str(&masked(&text)).unwrap();
            prop_assert_eq!(read, without_secrets(&value));
        }

        #[test]
        fn no_text_is_too_strange(text in r#"("token"|"code"|[:"\\{}\[\], é]){0,20}"#) {
            masked(&text);
        }
    }
}
