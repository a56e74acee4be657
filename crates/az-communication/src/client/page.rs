//! Web pages where an answer of a service is expected: captive portals, gateways, proxies.

/// Whether a body is a web page rather than data.
pub(super) fn is_page(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(512)]).trim_start_matches('\u{feff}').to_lowercase();
    let start = start.trim_start();
    ["<!doctype html", "<html", "<head", "<body", "<title", "<!--"].iter().any(|tag| start.starts_with(tag))
        || (start.starts_with("<?xml") && start.contains("<html"))
}

/// The title of a web page, on one line, at most a hundred characters of it; `None` where it is not one or has none.
pub(super) fn title(body: &[u8]) -> Option<String> {
    if !is_page(body) {
        return None;
    }
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
    fn titles_of_pages() {
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
            ("{\"title\": \"<title>x</title>\"}", None),
            ("", None),
        ] {
            assert_eq!(title(body.as_bytes()).as_deref(), expected, "{body}");
        }
        assert!(is_page(b"<html>") && !is_page(b"<error>no page</error>"));
    }
}
