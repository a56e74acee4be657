//! The paths in a source file, and the names that it imports.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path, segment by segment, and the inline modules around it.
pub struct Found {
    /// `crate`, `service`, `calls`, `Service`.
    pub segments: Vec<String>,
    /// The inline modules of the file in which the path stands, from the outside.
    pub inside: Vec<String>,
    pub role: Role,
}

/// What a path does for the file.
#[derive(Debug, PartialEq)]
pub enum Role {
    /// A `use` gives it this name in the file.
    Import(String),
    /// A `use` imports all names below it.
    Glob,
    /// It stands in a type, an expression or a macro.
    Reference,
}

/// All paths of a file: in `use` declarations, types, expressions, visibilities, attributes and macros.
pub fn of(file: &syn::File) -> Vec<Found> {
    let mut finder = Finder::default();
    finder.visit_file(file);
    finder.found
}

#[derive(Default)]
struct Finder {
    found: Vec<Found>,
    inside: Vec<String>,
}

impl Finder {
    fn note(&mut self, segments: Vec<String>, role: Role) {
        // A single name outside of `use` may be a variable, and a name that was imported stands in its `use`, too.
        if segments.len() > 1 || role != Role::Reference {
            self.found.push(Found { segments, inside: self.inside.clone(), role });
        }
    }

    fn reference(&mut self, segments: Vec<String>) {
        self.note(segments, Role::Reference);
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: String| [before, &[name]].concat();
        let last = || before.last().cloned().unwrap_or_default();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => self.note(before.to_vec(), Role::Import(last())),
            syn::UseTree::Name(name) => {
                self.note(with(name.ident.to_string()), Role::Import(name.ident.to_string()));
            }
            syn::UseTree::Rename(rename) => {
                let path = if rename.ident == "self" { before.to_vec() } else { with(rename.ident.to_string()) };
                self.note(path, Role::Import(rename.rename.to_string()));
            }
            syn::UseTree::Glob(_) => self.note(before.to_vec(), Role::Glob),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
    }

    /// The paths among the tokens of a macro, which have no syntax tree.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.reference(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.reference(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.reference(path);
    }
}

impl Visit<'_> for Finder {
    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        // `::serde` is another crate.
        if item.leading_colon.is_none() {
            self.tree(&[], &item.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &syn::ItemMod) {
        // A module without a body is another file, and has the name of its folder.
        let is_inline = item.content.is_some();
        if is_inline {
            self.inside.push(item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
        if is_inline {
            self.inside.pop();
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            self.reference(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &syn::Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_visibility(&mut self, _: &syn::Visibility) {
        // `pub(in crate::commands)` says who may refer to an item, not what the item refers to.
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<Found> {
        of(&syn::parse_file(source).unwrap())
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let found = found(
            "
            use crate::a::{self, b::C, d as e};
            pub use super::f::*;
            pub(crate) use child::T;
            mod inner { use super::g; }
            fn h(i: crate::j::K, single: Single) -> Vec<crate::l::M> {
                println!(\"{} {}\", crate::n::o(self::p::Q), child::u(single));
                <crate::r::S as std::fmt::Debug>::fmt
            }
            ",
        );
        let found: Vec<String> =
            found.iter().map(|found| [found.inside.as_slice(), &found.segments].concat().join("::")).collect();
        let expected = [
            "crate::a",
            "crate::a::b::C",
            "crate::a::d",
            "super::f",
            "child::T",
            "inner::super::g",
            "crate::j::K",
            "crate::l::M",
            "crate::n::o",
            "self::p::Q",
            "child::u",
            "crate::r::S",
            "std::fmt::Debug::fmt",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_import_has_the_name_that_the_file_knows_it_by() {
        let found = found("use crate::a::{self, b as c, d::*}; use ::other::e; use f::G;");
        let roles: Vec<Role> = found.into_iter().map(|found| found.role).collect();
        let import = |name: &str| Role::Import(name.to_owned());
        assert_eq!(roles, [import("a"), import("c"), Role::Glob, import("G")]);
    }
}
