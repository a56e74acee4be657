//! The commands that can open a URL: those in the variable BROWSER, or else the one of the system.

use crate::system::platform::Platform;

/// Returns the commands in the order in which they are tried, each as its words. BROWSER is a list with the separator
/// of PATH. An entry is a command in which `%s` stands for the URL. Without `%s`, the URL is its last word.
pub(super) fn commands(browser: Option<&str>, platform: Platform, url: &str) -> Vec<Vec<String>> {
    let listed: Vec<Vec<String>> = browser
        .unwrap_or_default()
        .split(platform.list_separator())
        .map(|entry| words(entry, url))
        .filter(|words| !words.is_empty())
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let opener = platform.opener().iter().copied().chain([url]);
    vec![opener.map(str::to_owned).collect()]
}

/// Returns the words of an entry with the URL. Returns no words if the entry has none.
fn words(entry: &str, url: &str) -> Vec<String> {
    let mut words = split(entry);
    // Every browser runs beside this program.
    if words.last().is_some_and(|word| word == "&") {
        words.pop();
    }
    if words.is_empty() {
        return words;
    }
    if words.iter().any(|word| word.contains("%s")) {
        return words.into_iter().map(|word| word.replace("%s", url)).collect();
    }
    words.push(url.to_owned());
    words
}

/// Splits a text at blanks. Quotation marks keep blanks in a word.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if c == open => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://localhost:1/emulator/#code=x";

    fn shown(browser: Option<&str>, platform: Platform) -> String {
        let commands = commands(browser, platform, URL);
        commands.iter().map(|words| format!("{}\n", words.join(" | ").replace(URL, "URL"))).collect()
    }

    #[test]
    fn the_variable_is_a_list_of_commands_with_the_url_at_its_mark_or_at_the_end() {
        let list = "firefox:chrome --app=%s --new:  '/opt/my browser/b' -P \"a b\" &::&";
        insta::assert_snapshot!(shown(Some(list), Platform::Linux), @r"
        firefox | URL
        chrome | --app=URL | --new
        /opt/my browser/b | -P | a b | URL
        ");
        insta::assert_snapshot!(shown(Some(r#""C:\Program Files\b.exe" -n;edge"#), Platform::Windows), @r"
        C:\Program Files\b.exe | -n | URL
        edge | URL
        ");
    }

    #[test]
    fn without_the_variable_the_system_opens_it() {
        for browser in [None, Some(""), Some(" : ")] {
            assert_eq!(shown(browser, Platform::Linux), "xdg-open | URL\n");
        }
        assert_eq!(shown(None, Platform::MacOs), "open | URL\n");
        assert_eq!(shown(None, Platform::Windows), "rundll32 | url.dll,FileProtocolHandler | URL\n");
    }
}
