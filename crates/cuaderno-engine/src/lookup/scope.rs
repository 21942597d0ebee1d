//! What cells have defined so far: a copy for the thread that answers questions while the next cell runs.

use super::Entity;
use crate::cell::{Items, Rustc, Variable};
use cuaderno_display::data;
use cuaderno_wire::TableShape;
use ra_ap_syntax::ast::{self, AstNode, HasName};
use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, SyntaxNode};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A session's variables, items and imports, and the means to ask the compiler about them.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Variables of earlier cells.
    pub variables: BTreeMap<String, Variable>,
    /// The tables among them.
    pub tables: BTreeMap<String, TableShape>,
    /// Items and imports of earlier cells.
    pub items: Items,
    /// A compiler that an interrupt does not stop.
    pub rustc: Rustc,
    /// For the compiler's files.
    pub folder: PathBuf,
    /// Where relative paths begin.
    pub working_directory: PathBuf,
    /// The sample that is installed with the kernel.
    pub sample: PathBuf,
}

impl Scope {
    /// Where paths inside `data("…")` begin.
    pub fn data(&self) -> PathBuf {
        data::real().unwrap_or_else(|| data::sample(&self.working_directory, &self.sample))
    }

    /// Items of earlier cells, with declaration and documentation.
    pub fn entities(&self) -> Vec<Entity> {
        self.items.snippets().flat_map(entities_of).collect()
    }

    /// Members of a type that a cell defined; `None` if none did.
    pub fn members(&self, type_name: &str) -> Option<Vec<Entity>> {
        let is_model = self.items.names_of_models().any(|name| name == type_name);
        let mut members = Vec::new();
        let mut is_known = is_model;
        for text in self.items.snippets() {
            let file = SourceFile::parse(text, Edition::Edition2024).tree();
            for item in ast::HasModuleItem::items(&file) {
                is_known |= add_members(&item, type_name, &mut members);
            }
        }
        is_known.then_some(members)
    }

    /// The path that an import of an earlier cell gives a name; the newest, where there are several.
    pub fn imported(&self, name: &str) -> Option<String> {
        let import = self.items.imports().filter(|import| import.name.as_deref() == Some(name)).last()?;
        Some(import.path.trim_start_matches("::").to_owned())
    }

    /// Modules imported whole, by `use module::*`.
    pub fn globs(&self) -> impl Iterator<Item = &str> {
        self.items.imports().filter(|import| import.is_glob()).map(|import| import.path.as_str())
    }
}

/// The items in a piece of code.
pub fn entities_of(code: &str) -> Vec<Entity> {
    let file = SourceFile::parse(code, Edition::Edition2024).tree();
    ast::HasModuleItem::items(&file).filter_map(|item| entity(&item)).collect()
}

fn entity(item: &ast::Item) -> Option<Entity> {
    let (name, kind) = match item {
        ast::Item::Fn(item) => (item.name()?, "fn"),
        ast::Item::Struct(item) => (item.name()?, "struct"),
        ast::Item::Enum(item) => (item.name()?, "enum"),
        ast::Item::Trait(item) => (item.name()?, "trait"),
        ast::Item::TypeAlias(item) => (item.name()?, "type"),
        ast::Item::Const(item) => (item.name()?, "constant"),
        ast::Item::Static(item) => (item.name()?, "static"),
        ast::Item::Module(item) => (item.name()?, "mod"),
        ast::Item::MacroRules(item) => (item.name()?, "macro"),
        ast::Item::MacroCall(call) => {
            let text = call.syntax().text().to_string();
            let name = text
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .find(|word| word.starts_with(char::is_uppercase))?;
            return Some(Entity {
                name: name.to_owned(),
                kind: "struct".into(),
                declaration: text.clone(),
                doc: String::new(),
            });
        }
        _ => return None,
    };
    Some(Entity {
        name: name.text().to_string(),
        kind: kind.into(),
        declaration: declaration(item.syntax()),
        doc: doc(item.syntax()),
    })
}

/// Adds the members that an item gives a type; tells whether the item is about it.
fn add_members(item: &ast::Item, type_name: &str, members: &mut Vec<Entity>) -> bool {
    let is_named = |name: Option<ast::Name>| name.is_some_and(|name| name.text() == type_name);
    let mut add = |name: Option<ast::Name>, kind: &str, node: &SyntaxNode| {
        let Some(name) = name else { return };
        members.push(Entity {
            name: name.text().to_string(),
            kind: kind.into(),
            declaration: declaration(node),
            doc: doc(node),
        });
    };
    match item {
        ast::Item::Struct(item) if is_named(item.name()) => {
            if let Some(ast::FieldList::RecordFieldList(list)) = item.field_list() {
                list.fields().for_each(|field| add(field.name(), "field", field.syntax()));
            }
        }
        ast::Item::Enum(item) if is_named(item.name()) => {
            let variants = item.variant_list().into_iter().flat_map(|list| list.variants());
            variants.for_each(|variant| add(variant.name(), "variant", variant.syntax()));
        }
        ast::Item::Impl(item) => {
            let target = item.self_ty().map(|target| target.syntax().text().to_string()).unwrap_or_default();
            if target.split('<').next() != Some(type_name) {
                return false;
            }
            for member in item.assoc_item_list().into_iter().flat_map(|list| list.assoc_items()) {
                match member {
                    ast::AssocItem::Fn(member) => add(member.name(), "method", member.syntax()),
                    ast::AssocItem::Const(member) => add(member.name(), "constant", member.syntax()),
                    _ => {}
                }
            }
        }
        _ => return false,
    }
    true
}

/// The text of an item as far as its body.
fn declaration(node: &SyntaxNode) -> String {
    let body = node.children().find(|child| matches!(child.kind(), SyntaxKind::BLOCK_EXPR | SyntaxKind::ITEM_LIST));
    let text = node.text().to_string();
    let end = body.map_or(text.len(), |body| usize::from(body.text_range().start() - node.text_range().start()));
    let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("///"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn doc(node: &SyntaxNode) -> String {
    let lines = ast::DocCommentIter::from_syntax_node(node).filter_map(|comment| {
        let text = comment.doc_comment()?.0.to_owned();
        Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
    });
    lines.collect::<Vec<_>>().join("\n")
}
