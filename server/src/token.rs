//! Secrets: the tokens of sessions and the codes that link devices. Only their hashes are stored.

/// The SHA-256 of a session's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

/// The SHA-256 of a link code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CodeHash(pub(crate) [u8; 32]);
