//! Reading a page that rustdoc wrote: the item, its documentation, and its members with theirs.
//!
//! rustdoc's JSON leaves out items of other crates; its pages, with `#[doc(inline)]`, have them all, the standard library's
//! too, read from the crates' metadata alone. The compiler is pinned, so the pages look as they do here.

use serde_json::{Value, json};

/// Traits whose methods nobody looks for by name after a dot.
const UNINTERESTING_TRAITS: [&str; 14] = [
    "Debug",
    "Display",
    "Hash",
    "PartialEq",
    "Eq",
    "AsRef",
    "AsMut",
    "Borrow",
    "BorrowMut",
    "Deref",
    "DerefMut",
    "Drop",
    "Index",
    "IndexMut",
];
/// Of the traits that every type has, those whose methods are called.
const UNIVERSAL_TRAITS: [&str; 4] = ["ToString", "ToOwned", "Into", "TryInto"];

/// What stands in front of a member's id.
const MEMBERS: [(&str, &str); 6] = [
    ("structfield.", "field"),
    ("variant.", "variant"),
    ("method.", "method"),
    ("tymethod.", "method"),
    ("associatedconstant.", "constant"),
    ("associatedtype.", "type"),
];

/// The item that a page describes, without its path; `None` for a page without one.
pub fn read(kind: &str, page: &str) -> Option<Value> {
    let main = page.split_once("<main>")?.1;
    let declaration = between(main, "<pre class=\"rust item-decl\"><code>", "</code></pre>").map(plain);
    let first_section = main.find("section-header\">").and_then(|at| main[..at].rfind("<h2 "));
    let (head, details) = main.split_at(first_section.unwrap_or(main.len()));
    let doc = head.find("<div class=\"docblock\">").map(|at| markdown(element(&head[at..], "div")));
    Some(json!({
        "kind": kind,
        "declaration": declaration.unwrap_or_default(),
        "doc": doc.unwrap_or_default(),
        "members": members(details),
    }))
}

fn members(details: &str) -> Vec<Value> {
    let (mut section, mut is_shown) = ("", true);
    let mut members = Vec::new();
    let mut rest = details;
    while let Some(at) = rest.find("id=\"") {
        let is_heading = rest[..at].ends_with("<h2 ");
        let (id, after) = rest[at + 4..].split_once('"').unwrap_or_default();
        rest = after;
        if is_heading && after.split_once('>').is_some_and(|(class, _)| class.ends_with("section-header\"")) {
            (section, is_shown) = (id, !id.starts_with("synthetic") && !id.starts_with("object-safety"));
            continue;
        }
        if id.starts_with("impl-") && after.starts_with(" class=\"impl\"") {
            is_shown =
                shows_impl(section, &plain(between(after, "<h3 class=\"code-header\">", "</h3>").unwrap_or_default()));
            continue;
        }
        let Some((prefix, kind)) = MEMBERS.iter().find(|(prefix, _)| id.starts_with(prefix)).filter(|_| is_shown)
        else {
            continue;
        };
        let (signature, end) = signature(after, kind);
        let doc = after[end..].split_once("<div class=\"docblock").filter(|(before, _)| only_closing_tags(before));
        let doc = doc.map(|(before, _)| markdown(element(&after[end + before.len()..], "div")));
        // Names given twice on a page, by two impls, are numbered.
        let name = id[prefix.len()..].split('-').next().unwrap_or_default();
        members.push(json!({ "name": name, "kind": kind, "signature": signature, "doc": doc.unwrap_or_default() }));
    }
    members.dedup();
    members
}

/// A member's declaration, and where in the text it ends.
fn signature(text: &str, kind: &str) -> (String, usize) {
    let (open, close) = match kind {
        "field" => ("<code>", "</code>"),
        "variant" => ("<h3 class=\"code-header\">", "</h3>"),
        _ => ("<h4 class=\"code-header\">", "</h4>"),
    };
    let start = text.find(open).map_or(0, |at| at + open.len());
    let end = text[start..].find(close).map_or(start, |at| start + at);
    (plain(&text[start..end]), (end + close.len()).min(text.len()))
}

fn shows_impl(section: &str, header: &str) -> bool {
    let implemented = header.split(" for ").next().unwrap_or_default();
    let name: String =
        implemented.rsplit_once("> ").map_or(implemented, |(_, name)| name).trim_start_matches("impl ").into();
    let name = name.split('<').next().unwrap_or_default();
    match section {
        "blanket-implementations" => UNIVERSAL_TRAITS.contains(&name),
        "trait-implementations" => !UNINTERESTING_TRAITS.contains(&name) && !name.ends_with("Assign"),
        "implementors" | "foreign-impls" | "synthetic-implementors" => false,
        _ => true,
    }
}

/// Whether a member's documentation follows at once.
fn only_closing_tags(text: &str) -> bool {
    let mut text = text.trim_start();
    while let Some((_, rest)) = text.strip_prefix("</").and_then(|rest| rest.split_once('>')) {
        text = rest.trim_start();
    }
    text.is_empty()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

/// The content of the element that the text begins with, which may hold others of its name.
fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let start = text.find('>').map_or(0, |at| at + 1);
    let (mut depth, mut at) = (1, start);
    while depth > 0 {
        let Some(end) = text[at..].find(&close) else { return &text[start..] };
        depth += text[at..at + end].matches(&open).count();
        depth -= 1;
        at += end + close.len();
    }
    &text[start..at - close.len()]
}

/// The text without its tags.
fn plain(html: &str) -> String {
    let mut text = String::new();
    for piece in Pieces(html) {
        match piece {
            Piece::Text(piece) => text += &decode(piece),
            Piece::Tag(tag) if tag.starts_with("div") || tag.starts_with("br") => text.push('\n'),
            Piece::Tag(_) => {}
        }
    }
    text.trim().to_owned()
}

/// Documentation, turned back into Markdown.
fn markdown(html: &str) -> String {
    let mut text = String::new();
    let (mut in_block, mut skips) = (false, false);
    for piece in Pieces(html) {
        match piece {
            Piece::Text(_) if skips => {}
            Piece::Text(piece) if in_block => text += &decode(piece),
            Piece::Text(piece) => text += &decode(piece).replace('\n', " "),
            Piece::Tag(tag) => {
                let name = tag.split_whitespace().next().unwrap_or_default();
                match name {
                    "a" => skips = tag.contains("doc-anchor"),
                    "/a" => skips = false,
                    "pre" => (in_block, text) = (true, text.trim_end().to_owned() + "\n\n```rust\n"),
                    "/pre" => (in_block, text) = (false, text.trim_end().to_owned() + "\n```\n\n"),
                    "code" | "/code" if !in_block => text.push('`'),
                    "em" | "/em" if !in_block => text.push('*'),
                    "strong" | "/strong" if !in_block => text += "**",
                    "li" => text = text.trim_end().to_owned() + "\n- ",
                    "tr" | "br" if !in_block => text.push('\n'),
                    "td" | "th" => text += " ",
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => text = text.trim_end().to_owned() + "\n\n#### ",
                    "p" if text.ends_with("- ") => {}
                    "p" | "/p" | "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" | "/ul" | "/ol" | "/table" => {
                        text = text.trim_end().to_owned() + "\n\n";
                    }
                    _ => {}
                }
            }
        }
    }
    text.trim().to_owned()
}

enum Piece<'a> {
    Tag(&'a str),
    Text(&'a str),
}

/// Tags and the text between them.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.0.is_empty() {
            return None;
        }
        if let Some((tag, rest)) = self.0.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            self.0 = rest;
            return Some(Piece::Tag(tag));
        }
        let end = self.0.match_indices('<').map(|(at, _)| at).find(|at| *at > 0).unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(Piece::Text(text))
    }
}

fn decode(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Cut from rustdoc 1.95's page of `Vec`.
    const PAGE: &str = r##"<main><h1>Struct <span class="struct">Vec</span></h1><pre class="rust item-decl"><code>pub struct Vec&lt;T&gt; { <span class="comment">/* private fields */</span> }</code></pre><details class="toggle top-doc" open><summary class="hideme"><span>Expand description</span></summary><div class="docblock"><p>A contiguous array, written as <code>Vec&lt;T&gt;</code>.</p>
<h2 id="examples"><a class="doc-anchor" href="#examples">§</a>Examples</h2>
<div class="example-wrap"><pre class="rust"><code><span class="kw">let </span>v = vec![<span class="number">1</span>];</code></pre></div></div></details><h2 id="implementations" class="section-header">Implementations</h2><details class="toggle implementors-toggle" open><summary><section id="impl-Vec%3CT%3E" class="impl"><h3 class="code-header">impl&lt;T&gt; <a>Vec</a>&lt;T&gt;</h3></section></summary><div class="impl-items"><details class="toggle method-toggle" open><summary><section id="method.push" class="method"><span class="rightside">1.0.0</span><h4 class="code-header">pub fn <a href="#method.push" class="fn">push</a>(&amp;mut self, value: T)</h4></section></summary><div class="docblock"><p>Appends an element.</p>
</div></details><section id="method.bare" class="method"><h4 class="code-header">pub fn <a class="fn">bare</a>()</h4></section></div></details><h2 id="trait-implementations" class="section-header">Trait Implementations</h2><section id="impl-Debug-for-Vec%3CT%3E" class="impl"><h3 class="code-header">impl&lt;T: Debug&gt; <a>Debug</a> for <a>Vec</a>&lt;T&gt;</h3></section><section id="method.fmt" class="method trait-impl"><h4 class="code-header">fn fmt(&amp;self)</h4></section><section id="impl-Clone-for-Vec%3CT%3E" class="impl"><h3 class="code-header">impl&lt;T: Clone&gt; <a>Clone</a> for <a>Vec</a>&lt;T&gt;</h3></section><section id="method.clone" class="method trait-impl"><h4 class="code-header">fn clone(&amp;self) -&gt; Self</h4></section>"##;

    #[test]
    fn a_page_gives_declaration_documentation_and_members() {
        let item = read("struct", PAGE).unwrap();
        assert_eq!(item["declaration"], "pub struct Vec<T> { /* private fields */ }");
        assert_eq!(
            item["doc"],
            "A contiguous array, written as `Vec<T>`.\n\n#### Examples\n\n```rust\nlet v = vec![1];\n```"
        );
        let names: Vec<_> =
            item["members"].as_array().unwrap().iter().map(|member| member["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["push", "bare", "clone"]);
        assert_eq!(item["members"][0]["signature"], "pub fn push(&mut self, value: T)");
        assert_eq!(item["members"][0]["doc"], "Appends an element.");
        assert_eq!(item["members"][1]["doc"], "");
    }
}
