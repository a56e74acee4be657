//! The paths in a source file that begin with `crate`, `self` or `super`.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path, segment by segment, and the inline modules around it.
pub struct Found {
    /// `crate`, `service`, `calls`, `Service`.
    pub segments: Vec<String>,
    /// The inline modules of the file in which the path stands, from the outside.
    pub inside: Vec<String>,
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
    fn note(&mut self, segments: Vec<String>) {
        if matches!(segments.first().map(String::as_str), Some("crate" | "self" | "super")) {
            self.found.push(Found { segments, inside: self.inside.clone() });
        }
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(path.ident.to_string()), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => self.note(before.to_vec()),
            syn::UseTree::Name(name) => self.note(with(name.ident.to_string())),
            syn::UseTree::Rename(rename) if rename.ident == "self" => self.note(before.to_vec()),
            syn::UseTree::Rename(rename) => self.note(with(rename.ident.to_string())),
            syn::UseTree::Glob(_) => self.note(before.to_vec()),
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
                        self.note(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.note(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.note(path);
    }
}

impl Visit<'_> for Finder {
    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.tree(&[], &item.tree);
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
        self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
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

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let source = "
            use crate::a::{self, b::C, d as e};
            pub use super::f::*;
            mod inner { use super::g; }
            fn h(i: crate::j::K) -> Vec<crate::l::M> {
                println!(\"{}\", crate::n::o(self::p::Q));
                <crate::r::S as std::fmt::Debug>::fmt
            }
        ";
        let found = of(&syn::parse_file(source).unwrap());
        let found: Vec<String> =
            found.iter().map(|found| [found.inside.as_slice(), &found.segments].concat().join("::")).collect();
        let expected = [
            "crate::a",
            "crate::a::b::C",
            "crate::a::d",
            "super::f",
            "inner::super::g",
            "crate::j::K",
            "crate::l::M",
            "crate::n::o",
            "self::p::Q",
            "crate::r::S",
        ];
        assert_eq!(found, expected);
    }
}
