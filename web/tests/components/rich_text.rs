use hubbub_web::components::rich_text::RichText;
use hubbub_web::model::markup::{Names, parse};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlAnchorElement;

use crate::shown::{Shown, until};

const ELEMENTS: [&str; 12] = ["a", "blockquote", "code", "em", "li", "ol", "p", "pre", "span", "strong", "ul", "br"];
const ATTRIBUTES: [&str; 10] =
    ["class", "data-host", "data-testid", "dir", "href", "rel", "tabindex", "target", "title", "value"];

fn shown(text: &str) -> Shown {
    let text = text.to_owned();
    Shown::new(move || {
        let names = Memo::new(|_| Names::new("Ada", ["Bob"]));
        view! { <RichText text=parse(&text) names /> }
    })
}

#[wasm_bindgen_test]
fn a_hostile_text_is_text() {
    for text in [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "</p></div><svg onload=alert(1)>",
        "<a href=\"javascript:alert(1)\">click</a>",
        "**<iframe srcdoc='<script>alert(1)</script>'>**",
        "> <style>* { display: none }</style>",
        "- <input autofocus onfocus=alert(1)>",
        "`<img src=x onerror=alert(1)>`",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "&lt;b&gt; &#60;b&#62; &amp;",
        "<!-- --> <![CDATA[ <b> ]]>",
        "@Ada<img src=x onerror=alert(1)> @<b>Bob</b>",
        "[<img src=x onerror=alert(1)>](https://a.example/)",
        "https://a.example/\"onmouseover=\"alert(1)",
    ] {
        let rich = shown(text);
        for element in rich.all("*") {
            let name = element.local_name();
            assert!(ELEMENTS.contains(&&*name), "<{name}> of {text}: {}", rich.html());
            for attribute in element.get_attribute_names().iter().filter_map(|name| name.as_string()) {
                assert!(ATTRIBUTES.contains(&&*attribute), "{attribute} of {text}: {}", rich.html());
            }
        }
        // Every < that was written can be read.
        let read = rich.texts(":scope > *").concat();
        let count = |text: &str| text.matches('<').count();
        assert_eq!(count(&read), count(text), "{text}: {}", rich.html());
    }
}

#[wasm_bindgen_test]
fn a_link_leads_only_where_it_may_and_tells_nobody() {
    let rich = shown(
        "https://a.example/b http://c.example mailto:ada@d.example [label](https://e.example/f) \
         [a](javascript:alert(1)) [b](data:text/html,x) [c](//f.example) javascript:alert(1) vbscript:x file:///etc/passwd",
    );
    let links: Vec<HtmlAnchorElement> = rich.all("a").into_iter().map(wasm_bindgen::JsCast::unchecked_into).collect();
    let addresses: Vec<String> = links.iter().map(HtmlAnchorElement::href).collect();
    assert_eq!(addresses, ["https://a.example/b", "http://c.example/", "mailto:ada@d.example", "https://e.example/f"]);
    for link in &links {
        assert_eq!((link.target().as_str(), link.rel().as_str()), ("_blank", "noopener noreferrer"));
    }
    // One whose label says something else says where it goes.
    assert_eq!(links[3].title(), "https://e.example/f");
    assert_eq!(links[3].get_attribute("data-host").as_deref(), Some("e.example"));
    assert_eq!(links[0].get_attribute("data-host"), None);
}

#[wasm_bindgen_test]
fn code_that_scrolls_can_be_reached() {
    let rich = shown("```\nlet x = 1;\n```");
    assert_eq!(rich.one::<web_sys::HtmlElement>("pre").tab_index(), 0);
    assert_eq!(rich.texts("pre > code"), ["let x = 1;"]);
}

#[wasm_bindgen_test]
async fn who_is_spoken_to_stands_out_also_when_they_come_later() {
    let others = RwSignal::new(vec!["Bob"]);
    let rich = Shown::new(move || {
        let names = Memo::new(move |_| Names::new("Ada", others.read().iter().copied()));
        view! { <RichText text=parse("@ada, @Bob and @Cleo") names /> }
    });
    assert_eq!(rich.texts(".mention"), ["@ada", "@Bob"]);
    assert_eq!(rich.texts(".mention.me"), ["@ada"]);
    others.set(vec!["Cleo"]);
    until("the other name", || rich.texts(".mention") == ["@ada", "@Cleo"]).await;
    assert_eq!(rich.texts("p"), ["@ada, @Bob and @Cleo"]);
}
