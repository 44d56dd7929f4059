//! A message's text as it is meant: what [`crate::model::markup`] makes of it, as elements.

use leptos::prelude::*;

use crate::model::markup::{Block, Inline, Names, Piece, Url};

/// The text, without an element around it.
#[component]
pub fn RichText(
    /// What it means.
    text: Vec<Block>,
    /// Who is spoken to stands out.
    names: Memo<Names>,
) -> impl IntoView {
    blocks(text, names)
}

fn blocks(blocks: Vec<Block>, names: Memo<Names>) -> AnyView {
    blocks.into_iter().map(|each| block(each, names)).collect_view().into_any()
}

fn block(block: Block, names: Memo<Names>) -> AnyView {
    match block {
        Block::Paragraph(text) => view! { <p>{inlines(text, names)}</p> }.into_any(),
        Block::Quote(inner) => view! { <blockquote>{blocks(inner, names)}</blockquote> }.into_any(),
        Block::Bullets(items) => {
            let items = items.into_iter().map(|item| view! { <li>{blocks(item, names)}</li> }).collect_view();
            view! { <ul>{items}</ul> }.into_any()
        }
        Block::Numbered(items) => {
            let item = |(number, item)| view! { <li value=number>{blocks(item, names)}</li> };
            view! { <ol>{items.into_iter().map(item).collect_view()}</ol> }.into_any()
        }
        // What scrolls must be reached by keyboard.
        Block::Code(code) => view! {
            <pre dir="ltr" tabindex="0">
                <code>{code}</code>
            </pre>
        }
        .into_any(),
    }
}

fn inlines(inlines: Vec<Inline>, names: Memo<Names>) -> AnyView {
    inlines.into_iter().map(|each| inline(each, names)).collect_view().into_any()
}

fn inline(inline: Inline, names: Memo<Names>) -> AnyView {
    match inline {
        Inline::Text(text) => plain(text, names),
        Inline::Code(code) => view! { <code dir="ltr">{code}</code> }.into_any(),
        Inline::Strong(inner) => view! { <strong>{inlines(inner, names)}</strong> }.into_any(),
        Inline::Emphasis(inner) => view! { <em>{inlines(inner, names)}</em> }.into_any(),
        Inline::Link { label, url } => link(label, &url),
    }
}

/// A link that says where it goes: by itself, or else behind its label and in its title.
fn link(label: Option<String>, url: &Url) -> AnyView {
    let label = label.filter(|label| label != url.href());
    let (title, host) = label.as_ref().map(|_| (url.href().to_owned(), url.host().to_owned())).unzip();
    let href = url.href().to_owned();
    let dir = if label.is_some() { "auto" } else { "ltr" };
    let shown = label.unwrap_or_else(|| href.clone());
    view! {
        <a href=href target="_blank" rel="noopener noreferrer" title=title data-host=host>
            <span class="label" dir=dir>
                {shown}
            </span>
        </a>
    }
    .into_any()
}

/// Text, with the names in it. Only where there can be one is it looked at again when people come and go.
fn plain(text: String, names: Memo<Names>) -> AnyView {
    if !text.contains('@') {
        return text.into_any();
    }
    let piece = |piece: Piece<'_>| match piece {
        Piece::Plain(text) => text.to_owned().into_any(),
        Piece::Me(name) => mention("mention me", name),
        Piece::Other(name) => mention("mention", name),
    };
    (move || names.with(|names| names.pieces(&text).into_iter().map(piece).collect_view())).into_any()
}

fn mention(class: &'static str, name: &str) -> AnyView {
    let name = name.to_owned();
    view! {
        <span class=class>
            {name}
        </span>
    }
    .into_any()
}
