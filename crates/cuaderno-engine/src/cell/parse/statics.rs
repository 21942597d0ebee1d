//! Statics and thread-locals in an item: they are made once, by the first cell that is compiled with them; later cells refer to those.

use super::snippet::{Edit, words_of};
use ra_ap_syntax::ast::{self, AstNode, HasName, HasVisibility};
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, SyntaxNode};
use std::collections::BTreeSet;
use std::ops::Range;

/// A static, or one thread-local of a `thread_local!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Static {
    /// Its name.
    pub name: String,
    /// Its declaration, in the bytes of the item's text; of a thread-local, the whole call of the macro.
    range: Range<usize>,
    visibility: String,
    type_name: String,
    is_mut: bool,
    is_thread_local: bool,
    /// The symbol under which an earlier cell holds it; `None` before the first.
    pub home: Option<String>,
}

impl Static {
    /// Whether its type mentions one of these names.
    pub fn type_mentions(&self, names: &BTreeSet<String>) -> bool {
        words_of(&self.type_name).any(|word| names.contains(word))
    }

    /// What is written in the first cell: the static is known by this symbol to later ones.
    fn exported(&self, symbol: &str) -> Edit {
        let Self { name, type_name, range, .. } = self;
        if self.is_thread_local {
            let export = format!(
                " #[unsafe(export_name = {symbol:?})] static __CUADERNO_{name}: ::std::thread::LocalKey<{type_name}> = {name};"
            );
            return Edit::insert(range.end, &export);
        }
        Edit::insert(range.start, &format!("#[unsafe(export_name = {symbol:?})]"))
    }

    /// What later cells have instead.
    fn imported(&self, symbol: &str) -> String {
        let Self { name, visibility, type_name, .. } = self;
        let (safety, mutability) = if self.is_mut { ("unsafe", "mut ") } else { ("safe", "") };
        let type_name = match self.is_thread_local {
            true => format!("::std::thread::LocalKey<{type_name}>"),
            false => type_name.clone(),
        };
        format!(
            "unsafe extern \"Rust\" {{ #[link_name = {symbol:?}] {visibility} {safety} static {mutability}{name}: {type_name}; }}"
        )
    }
}

/// The edits that let these statics be one and the same in all cells; `symbol` names those that have no home yet.
pub fn shared(statics: &[Static], symbol: impl Fn(usize) -> String) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for (number, found) in statics.iter().enumerate() {
        match &found.home {
            None => edits.push(found.exported(&symbol(number))),
            Some(home) => match edits.last_mut().filter(|last| last.at == found.range) {
                // Several thread-locals of one macro call.
                Some(last) => {
                    if let super::snippet::Change::Text(text) = &mut last.change {
                        text.push_str(&found.imported(home));
                    }
                }
                None => edits.push(Edit::replace(found.range.clone(), &found.imported(home))),
            },
        }
    }
    edits
}

/// The statics in an item, which begins at byte `start`.
pub fn statics_of(node: &SyntaxNode, start: usize) -> Vec<Static> {
    let mut found = Vec::new();
    for inner in node.descendants() {
        let range = usize::from(inner.text_range().start()) - start..usize::from(inner.text_range().end()) - start;
        if let Some(item) = ast::Static::cast(inner.clone()) {
            // Attributes and comments above stay where they are.
            let declared = item.visibility().map(|visibility| visibility.syntax().text_range().start());
            let declared = declared.or(item.static_token().map(|token| token.text_range().start()));
            let from = declared.map_or(range.start, |at| usize::from(at) - start);
            found.extend(read(&item, from..range.end, false));
        } else if let Some(call) = ast::MacroCall::cast(inner) {
            found.extend(thread_locals(&call, &range));
        }
    }
    found
}

fn thread_locals(call: &ast::MacroCall, range: &Range<usize>) -> Vec<Static> {
    let is_thread_local = call.path().is_some_and(|path| {
        ["thread_local", "std::thread_local", "::std::thread_local"]
            .contains(&path.syntax().text().to_string().as_str())
    });
    let Some(tree) = call.token_tree().filter(|_| is_thread_local) else { return Vec::new() };
    let text = tree.syntax().text().to_string();
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    // The last one needs no semicolon.
    let file = SourceFile::parse(&format!("{inner};"), Edition::Edition2024).tree();
    file.syntax()
        .descendants()
        .filter_map(ast::Static::cast)
        .filter_map(|item| read(&item, range.clone(), true))
        .collect()
}

fn read(item: &ast::Static, range: Range<usize>, is_thread_local: bool) -> Option<Static> {
    Some(Static {
        name: item.name()?.text().to_string(),
        range,
        visibility: item.visibility().map(|visibility| visibility.syntax().text().to_string()).unwrap_or_default(),
        type_name: with_static_lifetimes(&item.ty()?),
        is_mut: item.mut_token().is_some(),
        is_thread_local,
        home: None,
    })
}

/// The type with the lifetimes written that a static may leave out, but its import may not.
fn with_static_lifetimes(written: &ast::Type) -> String {
    let node = written.syntax();
    // The arguments of a function are lent for the call only.
    let is_an_argument = |inner: &SyntaxNode| {
        let within = inner.ancestors().skip(1).take_while(|outer| outer != node).chain([node.clone()]);
        within.map(|outer| outer.kind()).any(|kind| {
            [SyntaxKind::FN_PTR_TYPE, SyntaxKind::PARENTHESIZED_ARG_LIST, SyntaxKind::RET_TYPE].contains(&kind)
        })
    };
    let mut text = String::new();
    for token in node.descendants_with_tokens().filter_map(|element| element.into_token()) {
        let Some(parent) = token.parent().filter(|parent| !is_an_argument(parent)) else {
            text += token.text();
            continue;
        };
        let reference = ast::RefType::cast(parent.clone());
        let is_cow = ast::GenericArgList::cast(parent).is_some_and(|arguments| {
            let name =
                arguments.syntax().parent().and_then(ast::PathSegment::cast).and_then(|segment| segment.name_ref());
            name.is_some_and(|name| name.text() == "Cow") && arguments.lifetime_args().next().is_none()
        });
        text += match token.kind() {
            SyntaxKind::AMP if reference.is_some_and(|reference| reference.lifetime().is_none()) => "&'static ",
            SyntaxKind::L_ANGLE if is_cow => "<'static, ",
            SyntaxKind::LIFETIME_IDENT if token.text() == "'_" => "'static",
            _ => token.text(),
        };
    }
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_that_a_static_leaves_out_are_written_in_its_import() {
        let written = |code: &str| {
            let file = SourceFile::parse(&format!("static X: {code} = y;"), Edition::Edition2024).tree();
            statics_of(file.syntax(), 0).remove(0).type_name
        };
        assert_eq!(written("&str"), "&'static str");
        assert_eq!(written("&[(&str, &'static [u8])]"), "&'static [(&'static str, &'static [u8])]");
        assert_eq!(written("Option<Holder<'_>>"), "Option<Holder<'static>>");
        assert_eq!(written("Cow<str>"), "Cow<'static, str>");
        assert_eq!(written("fn(&str) -> &str"), "fn(&str) -> &str");
        assert_eq!(written("&dyn Fn(&str) -> Cow<str>"), "&'static dyn Fn(&str) -> Cow<str>");
        assert_eq!(written("Mutex<Vec<u8>>"), "Mutex<Vec<u8>>");
    }
}
