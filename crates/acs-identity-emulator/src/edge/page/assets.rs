//! The files of the page, which are part of the program.

use std::sync::OnceLock;

use acs_identity_protocol::signature::content_hash;
use hyper::body::Bytes;

use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::HttpResult;

/// The page may load its own files and call the emulator, and nothing else. It cannot make HTML from text, and no other
/// page can show it in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The headers of each file.
const HEADERS: [(&str, &str); 7] = [
    ("cache-control", "no-cache"),
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// A file of the page.
struct Asset {
    content_type: &'static str,
    content: &'static [u8],
    /// Made when the file is asked for.
    tag: OnceLock<String>,
}

static PAGE: Asset =
    Asset::of("text/html; charset=utf-8", include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/page/built/page.html")));
static SCRIPT: Asset = Asset::of(
    "text/javascript; charset=utf-8",
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/page/built/page.js")),
);
static STYLE: Asset =
    Asset::of("text/css; charset=utf-8", include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/page/built/page.css")));

/// Answers with the page itself.
pub(super) fn page(request: &RequestContext) -> Answer {
    PAGE.answer(request)
}

pub(super) fn script(_: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    Ok(SCRIPT.answer(request))
}

pub(super) fn style(_: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    Ok(STYLE.answer(request))
}

impl Asset {
    const fn of(content_type: &'static str, content: &'static [u8]) -> Self {
        Self { content_type, content, tag: OnceLock::new() }
    }

    /// Returns the entity tag, which changes with the content.
    fn tag(&self) -> &str {
        self.tag.get_or_init(|| format!("\"{}\"", content_hash(self.content)))
    }

    /// Answers with the file, unless the client has it already.
    fn answer(&self, request: &RequestContext) -> Answer {
        let known = request.head.headers.get_all("if-none-match");
        let is_known = known.iter().filter_map(|tags| tags.to_str().ok()).any(|tags| names(tags, self.tag()));
        let answer = match is_known {
            true => Answer::not_modified(),
            false => Answer::text(self.content_type, Bytes::from_static(self.content)),
        };
        let answer = HEADERS.into_iter().fold(answer, |answer, (name, value)| answer.with(name, value));
        answer.with("etag", self.tag().to_owned())
    }
}

/// Returns whether the value of `If-None-Match` names an entity tag (RFC 9110, section 13.1.2).
fn names(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|named| named == "*" || named.strip_prefix("W/").unwrap_or(named) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_none_match_names_any_tag_or_some_tags() {
        for (tags, expected) in [
            ("*", true),
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", W/\"c\" ,\"a\"", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(names(tags, "\"a\""), expected, "{tags}");
        }
    }

    #[test]
    fn files_have_different_tags() {
        assert_eq!(PAGE.tag(), PAGE.tag());
        assert!(PAGE.tag() != SCRIPT.tag() && PAGE.tag() != STYLE.tag() && SCRIPT.tag() != STYLE.tag());
    }
}
