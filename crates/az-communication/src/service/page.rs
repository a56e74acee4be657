//! Recognizes web pages that come instead of an answer of the service: from captive portals, gateways or proxies.

/// A web page that came instead of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The title on one line. It is cut after a hundred characters.
    pub title: Option<String>,
}

impl Page {
    /// Returns the page in a body, if it is one.
    pub(crate) fn of(body: &[u8]) -> Option<Self> {
        is_page(body).then(|| Self { title: title(body) })
    }
}

/// Checks whether a body is a web page rather than data.
fn is_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(512)]).trim_start_matches('\u{feff}').to_lowercase();
    let start = start.trim_start();
    ["<!doctype html", "<html", "<head", "<body", "<title", "<!--"].iter().any(|tag| start.starts_with(tag))
        || (start.starts_with("<?xml") && start.contains("<html"))
}

fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let begin = open + lower[open..].find('>')? + 1;
    let end = begin + lower[begin..].find('<')?;
    let title = text[begin..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let title = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .into_iter()
        .fold(title, |title, (entity, c)| title.replace(entity, c));
    let title: String = title.chars().take(100).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_page_is_read() {
        for (body, expected) in [
            ("<html><head><title>Sign in</title></head></html>", Some("Sign in")),
            (
                "\u{feff} <!DOCTYPE HTML>\n<TITLE lang=en>\n 403\n Forbidden &amp; more </TITLE>",
                Some("403 Forbidden & more"),
            ),
            ("<?xml version=\"1.0\"?><html><title>x</title>", Some("x")),
            ("<html><body>no title</body>", None),
            ("<html><title></title>", None),
            ("<html><title>cut", None),
        ] {
            assert_eq!(Page::of(body.as_bytes()), Some(Page { title: expected.map(str::to_owned) }), "{body}");
        }
        for body in ["{\"title\": \"<title>x</title>\"}", "<error>no page</error>", ""] {
            assert_eq!(Page::of(body.as_bytes()), None, "{body}");
        }
    }
}
