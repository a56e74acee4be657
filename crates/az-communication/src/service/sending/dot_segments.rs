//! Sends the user ids `.` and `..` as the reference does: as they are, so that they are relative paths and change the
//! path of the request. The SDK refuses them, so it gets another text in their place.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};

/// The character before the dots. No command line can contain it.
const MARK: char = '\0';

/// Its encoded form.
const ENCODED_MARK: &str = "%00";

/// Returns the text for the SDK that stands for a user id.
pub(crate) fn for_sdk(user: &str) -> Cow<'_, str> {
    if matches!(user, "." | "..") { format!("{MARK}{user}").into() } else { user.into() }
}

/// The policy that puts the dots back. It comes before signing.
#[derive(Debug)]
pub(crate) struct DotSegmentPolicy;

#[async_trait]
impl Policy for DotSegmentPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        if let Some(path) = with_dots(request.url().path()) {
            request.url_mut().set_path(&path);
        }
        next[0].send(ctx, request, &next[1..]).await
    }
}

/// Returns the path with the dots, or `None` if it has no mark.
fn with_dots(path: &str) -> Option<String> {
    let dots = |segment: &str| segment.strip_prefix(ENCODED_MARK).is_some_and(|rest| matches!(rest, "." | ".."));
    path.split('/').any(dots).then(|| {
        let segments =
            path.split('/').map(|segment| if dots(segment) { &segment[ENCODED_MARK.len()..] } else { segment });
        segments.collect::<Vec<_>>().join("/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_that_are_relative_paths_are_marked() {
        for (user, text) in [(".", "\0."), ("..", "\0.."), ("...", "..."), ("a/..", "a/.."), ("", "")] {
            assert_eq!(for_sdk(user), text);
        }
        assert_eq!(
            with_dots("/gateway/identities/%00../:issueAccessToken").as_deref(),
            Some("/gateway/identities/../:issueAccessToken")
        );
        assert_eq!(with_dots("/identities/%00...").as_deref(), None);
        assert_eq!(with_dots("/identities/a").as_deref(), None);
    }
}
