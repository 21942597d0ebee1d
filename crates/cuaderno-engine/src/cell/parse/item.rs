//! Items: what identifies them, what they define, and what they mention.

use super::snippet::Snippet;
use super::statics::{Static, statics_of};
use super::tokens::{code_tokens, mentions, tokens};
use ra_ap_syntax::ast::{self, AstNode, HasAttrs, HasName};
use ra_ap_syntax::{SyntaxKind, SyntaxNode};
use std::collections::BTreeSet;

/// What an item replaces when it is defined again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKey {
    /// A macro: its definition has to come before its uses.
    Macro(String),
    /// A trait, by name.
    Trait(String),
    /// A type or module, by name.
    Type(String),
    /// A function, constant or static, by name.
    Value(String),
    /// An implementation: its header, and the names in it if it is an inherent one.
    Impl(String, Vec<String>),
    /// A call of a macro that makes items.
    MacroCall(String),
}

/// An item of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it replaces.
    pub key: ItemKey,
    /// Its text.
    pub snippet: Snippet,
    /// The names that other code knows it by; of an inherent implementation or a trait also those of its methods, as `name` and `.name`.
    pub names: Vec<String>,
    /// The names that its meaning depends on.
    pub mentions: BTreeSet<String>,
    /// Whether it stands under a condition, `#[cfg(…)]`.
    pub is_conditional: bool,
    /// Whether values in memory, or tables of methods, may depend on it. A function's body does not matter to them.
    pub decides_layout: bool,
    /// What it holds from cell to cell.
    pub statics: Vec<Static>,
    /// Whether its name in a pattern is itself, and not a new variable: a constant, a static, a struct.
    pub is_pattern: bool,
    makes_items: bool,
}

impl Item {
    /// Reads an item; `start` is the byte where its text begins. `None` for one that only a statement can be.
    pub fn read(item: &ast::Item, snippet: Snippet, start: usize) -> Option<Self> {
        let key = item_key(item)?;
        let node = item.syntax();
        Some(Self {
            names: names(item, &key),
            mentions: mentions(node),
            is_conditional: is_conditional(item),
            decides_layout: decides_layout(item),
            statics: statics_of(node, start),
            is_pattern: matches!(item, ast::Item::Const(_) | ast::Item::Static(_) | ast::Item::Struct(_)),
            makes_items: matches!(item, ast::Item::MacroRules(item) if makes_items(item)),
            key,
            snippet,
        })
    }

    /// Whether it is a macro whose calls are items.
    pub fn makes_items(&self) -> bool {
        self.makes_items
    }

    /// An item that a call of a macro makes, or several.
    ///
    /// Of a macro that we know, such as `cnn!`, the only name is that of its subject.
    pub fn of_macro(name: &str, is_known: bool, call: &ast::MacroCall, snippet: Snippet, start: usize) -> Self {
        let arguments: Vec<String> = call.token_tree().map(|tree| identifiers(tree.syntax())).unwrap_or_default();
        let statics = statics_of(call.syntax(), start);
        // `cnn! { pub Model1: … }` is about `Model1`; `make!(answer)` about `answer`.
        let subject = arguments.iter().find(|word| word.starts_with(char::is_uppercase)).or(arguments.first());
        let own_name = subject.cloned();
        let key = match statics.first() {
            Some(first) => ItemKey::MacroCall(format!("{name}! {}", first.name)),
            None => ItemKey::MacroCall(format!("{name}! {}", subject.map_or("", String::as_str))),
        };
        let names = match statics.is_empty() {
            true if is_known => own_name.into_iter().collect(),
            true => arguments,
            false => statics.iter().map(|found| found.name.clone()).collect(),
        };
        let mentions = mentions(call.syntax());
        Self {
            key,
            snippet,
            names,
            mentions,
            is_conditional: false,
            decides_layout: true,
            statics,
            is_pattern: false,
            makes_items: false,
        }
    }
}

fn item_key(item: &ast::Item) -> Option<ItemKey> {
    let name = |name: Option<ast::Name>| name.map(|name| name.text().to_string());
    Some(match item {
        ast::Item::MacroRules(item) => ItemKey::Macro(name(item.name())?),
        ast::Item::MacroDef(item) => ItemKey::Macro(name(item.name())?),
        ast::Item::Struct(item) => ItemKey::Type(name(item.name())?),
        ast::Item::Enum(item) => ItemKey::Type(name(item.name())?),
        ast::Item::Union(item) => ItemKey::Type(name(item.name())?),
        ast::Item::Trait(item) => ItemKey::Trait(name(item.name())?),
        ast::Item::TypeAlias(item) => ItemKey::Type(name(item.name())?),
        ast::Item::Module(item) => ItemKey::Type(name(item.name())?),
        ast::Item::Fn(item) => ItemKey::Value(name(item.name())?),
        ast::Item::Const(item) => match item.name() {
            Some(name) => ItemKey::Value(name.text().to_string()),
            None => ItemKey::Value(item.syntax().text().to_string()), // `const _: () = assert!(…)`
        },
        ast::Item::Static(item) => ItemKey::Value(name(item.name())?),
        ast::Item::Impl(item) => impl_key(item),
        ast::Item::ExternCrate(item) => ItemKey::Type(item.name_ref()?.text().to_string()),
        _ => ItemKey::MacroCall(item.syntax().text().to_string()),
    })
}

fn impl_key(item: &ast::Impl) -> ItemKey {
    let code: Vec<String> = code_tokens(item.syntax()).collect();
    let header = code.iter().take_while(|token| *token != "{").map(String::as_str).collect::<Vec<_>>().join(" ");
    // An attribute is no part of what is implemented.
    let header = header.find("impl").map_or(header.as_str(), |at| &header[at..]).to_owned();
    ItemKey::Impl(header, if item.trait_().is_none() { associated(item.assoc_item_list()) } else { Vec::new() })
}

/// What is found as `A::name`, and by a call as `a.name()`.
fn callable(names: Vec<String>) -> impl Iterator<Item = String> {
    names.into_iter().flat_map(|name| [format!(".{name}"), name])
}

fn associated(list: Option<ast::AssocItemList>) -> Vec<String> {
    let items = list.into_iter().flat_map(|list| list.assoc_items());
    let names = items.filter_map(|item| match item {
        ast::AssocItem::Fn(item) => item.name(),
        ast::AssocItem::Const(item) => item.name(),
        ast::AssocItem::TypeAlias(item) => item.name(),
        ast::AssocItem::MacroCall(_) => None,
    });
    names.map(|name| name.text().to_string()).collect()
}

fn names(item: &ast::Item, key: &ItemKey) -> Vec<String> {
    let mut names: Vec<String> = key.name().map(str::to_owned).into_iter().collect();
    match item {
        // A module's macros are known outside of it, where it says `#[macro_use]`.
        ast::Item::Module(module) => {
            let macros = module.syntax().descendants().filter_map(ast::MacroRules::cast);
            names.extend(macros.filter_map(|inner| inner.name()).map(|name| name.text().to_string()));
        }
        ast::Item::Impl(item) if item.trait_().is_none() => names.extend(callable(associated(item.assoc_item_list()))),
        ast::Item::Trait(item) => names.extend(callable(associated(item.assoc_item_list()))),
        _ => {}
    }
    names
}

fn is_conditional(item: &ast::Item) -> bool {
    item.attrs().any(|attribute| attribute.syntax().text().to_string().replace(' ', "").starts_with("#[cfg("))
}

fn decides_layout(item: &ast::Item) -> bool {
    match item {
        ast::Item::Fn(item) => item.const_token().is_some(),
        ast::Item::Static(_) => false,
        // What a type is made of may be `A::N` or `<K as Kind>::Out`.
        ast::Item::Impl(item) => {
            item.assoc_item_list().into_iter().flat_map(|list| list.assoc_items()).any(|item| match item {
                ast::AssocItem::Fn(item) => item.const_token().is_some(),
                _ => true,
            })
        }
        ast::Item::Const(item) => item.name().is_some(),
        _ => true,
    }
}

fn identifiers(node: &SyntaxNode) -> Vec<String> {
    tokens(node).filter(|token| token.kind() == SyntaxKind::IDENT).map(|token| token.text().to_owned()).collect()
}

/// Whether a macro makes items: then a call of it is one, and not a statement.
pub fn makes_items(definition: &ast::MacroRules) -> bool {
    let Some(tree) = definition.token_tree() else { return false };
    // Arms are `(…) => {…};`: every second group is what is written.
    let groups = tree.syntax().children().filter_map(ast::TokenTree::cast);
    let written: Vec<ast::TokenTree> = groups.skip(1).step_by(2).collect();
    !written.is_empty() && written.iter().all(begins_an_item)
}

fn begins_an_item(tree: &ast::TokenTree) -> bool {
    use SyntaxKind::{
        CONST_KW, ENUM_KW, FN_KW, IDENT, IMPL_KW, MOD_KW, POUND, PUB_KW, STATIC_KW, STRUCT_KW, TRAIT_KW, TYPE_KW,
        USE_KW,
    };
    let inner = tree.syntax().children_with_tokens().skip(1);
    let mut code = inner.filter(|element| !element.kind().is_trivia());
    // Attributes, `#[derive(…)]`, and repetitions, `$( … )*`, come first.
    let first = loop {
        let Some(element) = code.next() else { return false };
        match element.kind() {
            POUND => drop(code.next()),
            SyntaxKind::DOLLAR => {
                match code.next().and_then(|element| element.into_node()).and_then(ast::TokenTree::cast) {
                    Some(repeated) => return begins_an_item(&repeated),
                    None => return false,
                }
            }
            _ => break element,
        }
    };
    match first.kind() {
        CONST_KW | ENUM_KW | FN_KW | IMPL_KW | MOD_KW | PUB_KW | STATIC_KW | STRUCT_KW | TRAIT_KW | TYPE_KW
        | USE_KW => true,
        IDENT => first.as_token().is_some_and(|token| token.text() == "macro_rules"),
        _ => false,
    }
}

impl ItemKey {
    /// The item's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Macro(name) | Self::Type(name) | Self::Trait(name) | Self::Value(name) => Some(name),
            Self::MacroCall(call) => call.rsplit_once("! ").map(|(_, name)| name).filter(|name| !name.is_empty()),
            Self::Impl(..) => None,
        }
    }
}

impl std::fmt::Display for ItemKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Impl(header, _) => f.write_str(header),
            Self::Macro(name) => write!(f, "{name}!"),
            other => f.write_str(other.name().unwrap_or("an item")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Part, parse_cell};
    use super::*;

    fn item(code: &str) -> Item {
        match parse_cell(1, code).parts.remove(0) {
            Part::Item(item) => *item,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_an_item_defines_and_whether_layouts_depend_on_it() {
        let found = item("impl A { const N: usize = 2; fn f(&self) {} }");
        assert_eq!((found.names, found.decides_layout), ([".N", "N", ".f", "f"].map(str::to_owned).to_vec(), true));
        assert!(!item("impl A { fn f(&self) {} }").decides_layout);
        assert!(item("const fn f() -> usize { 2 }").decides_layout);
        assert!(!item("fn f() -> usize { const N: usize = 2; N }").decides_layout);
        assert!(item("thread_local! { static A: u8 = 1; static B: u8 = const { 2 } }").names == ["A", "B"]);
    }

    #[test]
    fn the_header_of_an_implementation_has_no_attributes() {
        let header = |code| item(code).key.to_string();
        assert_eq!(header("#[allow(dead_code)] impl A { }"), header("// of A\nimpl A {}"));
    }
}
