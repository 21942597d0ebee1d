//! Imports, taken apart: `use a::{b, c as d}` is `use a::b;` and `use a::c as d;`, so that each can be replaced on its own.

use super::tokens::code_tokens;
use ra_ap_syntax::ast::{self, AstNode, HasAttrs, HasName, HasVisibility};

/// One imported name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name it is known by afterwards; `None` for a glob or `_`.
    pub name: Option<String>,
    /// What is imported, from its first name on; a glob's path without its `::*`.
    pub path: String,
    /// What stands before `use`: attributes and visibility.
    pub before: String,
    /// What stands behind the path: nothing, `::*` or ` as …`.
    pub after: String,
}

impl Import {
    /// The declaration of this import alone, where `crate` is the module at `root`.
    pub fn declaration(&self, root: &str) -> String {
        let path = match self.path.strip_prefix("crate") {
            Some(rest) if rest.is_empty() || rest.starts_with("::") => format!("{root}{rest}"),
            _ => self.path.clone(),
        };
        format!("{}use {path}{};", self.before, self.after)
    }

    /// Whether it brings all names of a module.
    pub fn is_glob(&self) -> bool {
        self.after == "::*"
    }

    /// Whether it stands under a condition.
    pub fn is_conditional(&self) -> bool {
        self.before.starts_with("# [ cfg") || self.before.starts_with("#[cfg")
    }

    /// The names in its path.
    pub fn mentions(&self) -> impl Iterator<Item = &str> {
        self.path.split("::").filter(|name| !["", "crate", "self", "super"].contains(name))
    }
}

/// The imports of a declaration.
pub fn imports_of(item: &ast::Use) -> Vec<Import> {
    let attributes = item.attrs().map(|attribute| attribute.syntax().text().to_string().replace('\n', " ") + " ");
    let visibility = item.visibility().map(|visibility| format!("{} ", visibility.syntax().text()));
    let before: String = attributes.chain(visibility).collect();
    let mut imports = Vec::new();
    if let Some(tree) = item.use_tree() {
        expand_under("", &before, &tree, &mut imports);
    }
    imports
}

fn expand_under(prefix: &str, before: &str, tree: &ast::UseTree, imports: &mut Vec<Import>) {
    // From tokens: a declaration takes one line, wherever the student breaks it.
    let path: String = tree.path().map(|path| code_tokens(path.syntax()).collect()).unwrap_or_default();
    let path = match (prefix.is_empty(), path.is_empty()) {
        (true, _) if tree.coloncolon_token().is_some() && tree.path().is_none() => "::".to_owned(),
        (true, _) => path,
        (false, true) => prefix.to_owned(),
        (false, false) => format!("{}::{path}", prefix.trim_end_matches("::")),
    };
    if let Some(list) = tree.use_tree_list() {
        return list.use_trees().for_each(|tree| expand_under(&path, before, &tree, imports));
    }
    let before = before.to_owned();
    if tree.star_token().is_some() {
        return imports.push(Import { name: None, path, before, after: "::*".to_owned() });
    }
    let path = path.strip_suffix("::self").unwrap_or(&path).to_owned();
    let (name, after) = match tree.rename() {
        Some(rename) => {
            let name = rename.name().map(|name| name.text().to_string());
            (name, format!(" {}", code_tokens(rename.syntax()).collect::<Vec<_>>().join(" ")))
        }
        None => (path.rsplit("::").next().map(str::to_owned), String::new()),
    };
    imports.push(Import { name, path, before, after });
}

#[cfg(test)]
mod tests {
    use super::super::{Part, parse_cell};

    fn declarations(code: &str) -> Vec<String> {
        let parsed = parse_cell(1, code);
        let Part::Use(_, imports) = &parsed.parts[0] else { panic!("{parsed:?}") };
        imports.iter().map(|import| import.declaration("crate")).collect()
    }

    #[test]
    fn imports_are_taken_apart() {
        let found = declarations("use std::{fmt::{self, Write as W}, io::*};");
        assert_eq!(found, ["use std::fmt;", "use std::fmt::Write as W;", "use std::io::*;"]);
    }

    #[test]
    fn an_import_takes_one_line() {
        let found = declarations("use std::{ // two\n  collections::\n  HashMap as\n  Map, io::\n  Write as _};");
        assert_eq!(found, ["use std::collections::HashMap as Map;", "use std::io::Write as _;"]);
    }

    #[test]
    fn attributes_stay_with_every_name() {
        let found = declarations("#[cfg(windows)]\nuse a::{b, c};");
        assert_eq!(found, ["#[cfg(windows)] use a::b;", "#[cfg(windows)] use a::c;"]);
    }

    #[test]
    fn crate_is_the_module_of_the_code() {
        let parsed = parse_cell(1, "use crate::shapes::Circle;\nuse crates::x;");
        let Part::Use(_, imports) = &parsed.parts[0] else { panic!("{parsed:?}") };
        assert_eq!(imports[0].declaration("crate::__cell_2"), "use crate::__cell_2::shapes::Circle;");
        let Part::Use(_, imports) = &parsed.parts[1] else { panic!("{parsed:?}") };
        assert_eq!(imports[0].declaration("crate::__cell_2"), "use crates::x;");
    }
}
