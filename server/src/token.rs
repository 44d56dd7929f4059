//! Secrets: the tokens of sessions and the codes that link devices. Only their hashes are stored.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// What proves a session: 256 random bits, shown as 43 characters of `[A-Za-z0-9_-]`. Whoever has it is the user.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token([u8; 32]);

/// The SHA-256 of a session's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

/// Lets one more device in: twelve characters that a person can read out and type. Their 60 bits are enough for the ten
/// minutes that a code is good for, at the rate at which sessions may begin.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Code([u8; Code::LEN]);

/// The SHA-256 of a link code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CodeHash(pub(crate) [u8; 32]);

/// Not what we have ever given to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl FromStr for Token {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut bytes = [0; 32];
        // The length first: to decode into a shorter or longer place is a bug, and panics.
        if BASE64URL_NOPAD.decode_len(text.len()) != Ok(bytes.len()) {
            return Err(Malformed);
        }
        BASE64URL_NOPAD.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| Malformed)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

/// It must never get into a log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Code {
    const LEN: usize = 12;
    /// Crockford's base 32: no letter that could be taken for a digit.
    const LETTERS: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut code = [0; Self::LEN];
        getrandom::fill(&mut code)?;
        // 256 is a multiple of 32: all letters are equally likely.
        Ok(Self(code.map(|byte| Self::LETTERS[usize::from(byte % 32)])))
    }

    pub(crate) fn hash(&self) -> CodeHash {
        CodeHash(Sha256::digest(self.0).into())
    }
}

/// As people type: in small letters, with dashes and spaces wherever they like, and with the letters that look like the
/// digits 0 and 1.
impl FromStr for Code {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut letters =
            text.chars().filter(|&c| c != '-' && !c.is_whitespace()).map(|c| match c.to_ascii_uppercase() {
                'O' => b'0',
                'I' | 'L' => b'1',
                c => u8::try_from(c).unwrap_or(b'?'),
            });
        let mut code = [0; Self::LEN];
        for place in &mut code {
            *place = letters.next().filter(|letter| Self::LETTERS.contains(letter)).ok_or(Malformed)?;
        }
        if letters.next().is_none() { Ok(Self(code)) } else { Err(Malformed) }
    }
}

/// `XXXX-XXXX-XXXX`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, &letter) in self.0.iter().enumerate() {
            let dash = if place > 0 && place % 4 == 0 { "-" } else { "" };
            write!(f, "{dash}{}", char::from(letter))?;
        }
        Ok(())
    }
}

/// It must never get into a log.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_are_never_twice_the_same_nor_shown_by_mistake() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?} {:?}", Code::random().unwrap()), "Token(…) Code(…)");
    }

    #[test]
    fn only_a_whole_token_is_a_token() {
        let token = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(token.parse(), Ok(Token([0; 32])));
        for other in [
            "",
            "A",
            &token[1..],
            &format!("{token}A"),
            &format!("{token}="),
            &format!(" {}", &token[1..]),
            &format!("{}+", &token[1..]),
            &format!("{}é", &token[2..]),
            // The last two bits of 43 characters stand for nothing: they must be 0, or a token would have several forms.
            &format!("{}B", &token[1..]),
        ] {
            assert_eq!(other.parse::<Token>(), Err(Malformed), "{other}");
        }
    }

    #[test]
    fn a_hash_is_the_sha_256() {
        let zeros = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
        assert_eq!(data_encoding::HEXLOWER.encode(&Token([0; 32]).hash().0), zeros);
    }

    #[test]
    fn a_code_is_taken_as_people_type_it() {
        let code: Code = "0123-4567-89AB".parse().unwrap();
        for text in ["0123456789AB", "o123 4567 89ab", "OI23-4567-89aB", "-ol23--456789ab\n"] {
            assert_eq!(text.parse(), Ok(code.clone()), "{text}");
        }
        for text in
            ["", "0123-4567-89A", "0123-4567-89ABC", "U123-4567-89AB", "é123-4567-89AB", "İ123-4567-89AB", "----"]
        {
            assert_eq!(text.parse::<Code>(), Err(Malformed), "{text}");
        }
        assert_eq!(code.to_string(), "0123-4567-89AB");
    }

    proptest! {
        #[test]
        fn a_token_comes_back_from_its_text(bytes: [u8; 32]) {
            let text = Token(bytes).to_string();
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{text}");
            prop_assert_eq!(text.parse(), Ok(Token(bytes)));
        }

        #[test]
        fn what_is_taken_for_a_token_has_one_form(text in "\\PC{0,50}|[A-Za-z0-9_-]{43}") {
            if let Ok(token) = text.parse::<Token>() {
                prop_assert_eq!(token.to_string(), text);
            }
        }

        #[test]
        fn a_code_comes_back_from_its_text(_ in 0..100) {
            let code = Code::random().unwrap();
            let text = code.to_string();
            prop_assert_eq!(text.len(), 14);
            prop_assert_eq!(text.parse(), Ok(code.clone()));
            prop_assert_eq!(text.to_lowercase().parse::<Code>().map(|same| same.hash()), Ok(code.hash()));
        }

        #[test]
        fn no_text_is_too_strange_for_a_code(text in "\\PC{0,50}|[0-9a-zA-Z -]{10,16}") {
            let _ = text.parse::<Code>();
        }
    }
}
