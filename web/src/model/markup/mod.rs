//! What a message's text means: links, code, bold, italic, quotes and lists, as a tree for the page to show.
//!
//! A chat is not a document. A line break is a line break; headings, images, tables and HTML are just text, and so is
//! whatever is not closed. What is no mark stays as it was written: only the marks themselves are left out, and nothing
//! is added. Any text will do: the work grows with its length alone, and the tree is never deep.

mod blocks;
mod inlines;
mod length;
mod link;
mod names;
#[cfg(test)]
mod properties;

pub use self::{
    length::is_long,
    link::Url,
    names::{Names, Piece},
};

/// A part of a text with lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Lines, with their breaks in them.
    Paragraph(Vec<Inline>),
    /// Lines that begin with `> `.
    Quote(Vec<Block>),
    /// Lines that begin with `- ` or `* `, an item each.
    Bullets(Vec<Vec<Block>>),
    /// Lines that begin with `1. `, an item each, with the numbers as they were written.
    Numbered(Vec<(u32, Vec<Block>)>),
    /// Lines between three backticks and three backticks. (What language somebody says it is in makes no difference.)
    Code(String),
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// As it was written.
    Text(String),
    /// Between backticks.
    Code(String),
    /// `**bold**`
    Strong(Vec<Inline>),
    /// `*italic*` or `_italic_`
    Emphasis(Vec<Inline>),
    /// An address, or `[label](address)`.
    Link {
        /// What is shown in the place of the address.
        label: Option<String>,
        /// Where it goes.
        url: Url,
    },
}

/// Reads a text.
#[must_use]
pub fn parse(text: &str) -> Vec<Block> {
    blocks::blocks(text, 0)
}
