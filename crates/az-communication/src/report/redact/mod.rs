//! Removal of secrets from the output of `--verbose`, `--debug` and the log file.

mod members;

use std::borrow::Cow;

use azure_core::http::Url;
use members::with_members;

/// The text that replaces a secret.
pub const REDACTED: &str = "*****";

/// Headers whose whole value is a secret.
const SECRET_HEADERS: [&str; 6] = [
    "authorization",
    "proxy-authorization",
    "x-ms-authorization-auxiliary",
    "cookie",
    "set-cookie",
    "authentication-info",
];

/// The value of a member, field or parameter is a secret if its name ends with one of these.
const SECRET_ENDINGS: [&str; 16] = [
    "token",
    "tokens",
    "secret",
    "password",
    "passwd",
    "pwd",
    "assertion",
    "credential",
    "accesskey",
    "accountkey",
    "apikey",
    "subscriptionkey",
    "primarykey",
    "secondarykey",
    "privatekey",
    "connectionstring",
];

/// Names of secrets that must match as a whole. `code` is missing because it is also the name of an error code.
const SECRET_NAMES: [&str; 10] =
    ["key", "jwt", "sig", "signature", "devicecode", "usercode", "cookie", "authcode", "codeverifier", "bearer"];

/// Returns the value of a header, without secrets.
pub fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let lower = name.to_ascii_lowercase();
    if SECRET_HEADERS.contains(&lower.as_str()) || is_secret(&lower) {
        return Cow::Borrowed(REDACTED);
    }
    text(value)
}

/// Returns a URL without its password and without the values of secret parameters.
pub fn url(url: &Url) -> String {
    let mut shown = url.to_string();
    if let Some(password) = url.password() {
        shown = shown.replacen(&format!(":{password}@"), &format!(":{REDACTED}@"), 1);
    }
    with_fields(&shown, true).into_owned()
}

/// Returns a form without the values of secret fields. In a form, `code` is a secret, too.
pub fn form(body: &str) -> Cow<'_, str> {
    chain(text(body), |body| with_fields(body, true))
}

/// Removes secret members, `name=value` pairs and tokens from any text. The text is usually JSON and may be cut off.
pub fn text(text: &str) -> Cow<'_, str> {
    chain(chain(with_members(text), |text| with_fields(text, false)), with_tokens)
}

fn chain<'a>(text: Cow<'a, str>, step: impl Fn(&str) -> Cow<'_, str>) -> Cow<'a, str> {
    match step(&text) {
        Cow::Borrowed(same) if same.len() == text.len() => text,
        changed => Cow::Owned(changed.into_owned()),
    }
}

fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

/// Removes the values of secret fields: `accesskey=…`, `client_secret=…&`, also percent-encoded (`accesskey%3D…`). In a
/// form or a query, the value of `code` is also removed.
fn with_fields(text: &str, in_form: bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(found) = bytes[from..].iter().position(|byte| matches!(byte, b'=' | b'%')) {
        let at = from + found;
        let is_encoded = bytes[at] == b'%';
        from = at + 1;
        if is_encoded {
            if !bytes[from..].get(..2).is_some_and(|code| code.eq_ignore_ascii_case(b"3d")) {
                continue;
            }
            from += 2;
        }
        let start = at - bytes[..at].iter().rev().take_while(|byte| is_name(**byte)).count();
        let name = &text[start..at];
        let secret = is_secret(name) || (in_form && matches!(name, "code" | "refresh" | "username"));
        if !secret {
            continue;
        }
        let ends = |byte: u8| byte.is_ascii_whitespace() || b"&;,\"'<>#)\\".contains(&byte);
        let value = &text[from..];
        let length = bytes[from..].iter().take_while(|byte| !ends(**byte)).count();
        let length = match is_encoded {
            // An encoded field can be part of a path or of a value.
            true => {
                ["/", "?", "%3B", "%3b", "%26", "%20"].iter().filter_map(|end| value.find(end)).fold(length, usize::min)
            }
            false => length,
        };
        let end = from + length;
        if end > from && start >= copied {
            out.push_str(&text[copied..from]);
            out.push_str(REDACTED);
            copied = end;
        }
        from = end.max(from);
    }
    finish(text, out, copied)
}

/// Removes tokens at any place: a JWT, and the text after `Bearer`.
fn with_tokens(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let part_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=%".contains(&byte);
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        let word_end = at + bytes[at..].iter().take_while(|byte| part_of_token(**byte)).count();
        let word = &text[at..word_end];
        let jwt = word.find("eyJ").filter(|_| word.matches('.').count() >= 2 || word.len() >= 100);
        let follows_scheme = text[..at].ends_with("Bearer ") && word.len() >= 16 && !word.contains("=\"");
        let secret_from = if follows_scheme && bytes.get(word_end) != Some(&b'"') { Some(0) } else { jwt };
        if let Some(secret) = secret_from {
            out.push_str(&text[copied..at + secret]);
            out.push_str(REDACTED);
            copied = word_end;
        }
        at = word_end.max(at);
        while at < bytes.len() && !part_of_token(bytes[at]) {
            at += 1;
        }
    }
    finish(text, out, copied)
}

fn finish(text: &str, mut out: String, copied: usize) -> Cow<'_, str> {
    if copied == 0 && out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_values_of_secret_members_are_removed() {
        for (given, shown) in [
            (r#"{"token":"a.b","expiresOn":"2030"}"#, r#"{"token":"*****","expiresOn":"2030"}"#),
            (r#"{"accessToken": {"token" : "x\"y", "n": 1}}"#, r#"{"accessToken": {"token" : "*****", "n": 1}}"#),
            (r#"{"access_token":"x","token_type":"Bearer"}"#, r#"{"access_token":"*****","token_type":"Bearer"}"#),
            (r#"{"error":{"code":"Denied","message":"no"}}"#, r#"{"error":{"code":"Denied","message":"no"}}"#),
            (r#"{"Token":"cut o"#, r#"{"Token":"*****"#),
            (r#"{"token":"a\\","b":"c"}"#, r#"{"token":"*****","b":"c"}"#),
            (r#"{"tokens":["a", "b"],"c":["d"]}"#, r#"{"tokens":["*****", "*****"],"c":["d"]}"#),
            (r#"{"token":null,"password":123456}"#, r#"{"token":null,"password":*****}"#),
            (r#"{"m":"{\"refresh_token\":\"x\"}"}"#, r#"{"m":"{\"refresh_token\":\"*****\"}"}"#),
            ("{'client-secret': 'x'}", "{'client-secret': '*****'}"),
            (r#"{"primaryKey":"x","kid":"y"}"#, r#"{"primaryKey":"*****","kid":"y"}"#),
            (r#"{"device_code":"x","user_code":"y"}"#, r#"{"device_code":"*****","user_code":"*****"}"#),
            (r#"{"createTokenWithScopes":["chat"]}"#, r#"{"createTokenWithScopes":["chat"]}"#),
            (r#"{"expiresInMinutes":60,"scopes":["chat"]}"#, r#"{"expiresInMinutes":60,"scopes":["chat"]}"#),
            (r#"{"tokenType":"x","ä":"€","token":"ü"}"#, r#"{"tokenType":"x","ä":"€","token":"*****"}"#),
        ] {
            assert_eq!(text(given), shown, "{given}");
        }
    }

    #[test]
    fn tokens_are_removed_at_any_position() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
        assert_eq!(text(&format!("The token '{jwt}' is bad.")), "The token '*****' is bad.");
        assert_eq!(text(&format!("Bearer {jwt}")), "Bearer *****");
        assert_eq!(text("Bearer abcdefghijklmnopqrstuvwxyz"), "Bearer *****");
        let challenge = r#"Bearer authorization_uri="https://login.example/", error="invalid_token""#;
        assert_eq!(text(challenge), challenge);
        let encoded = "/identities/endpoint%3Dx%3Baccesskey%3Dc2VjcmV0%3D%3Ba%3Db/:issueAccessToken?api-version=1";
        let shown = "/identities/endpoint%3Dx%3Baccesskey%3D*****%3Ba%3Db/:issueAccessToken?api-version=1";
        assert_eq!(text(encoded), shown);
        let connection = "endpoint=https://x/;accesskey=c2VjcmV0MTIz==;a=b";
        assert_eq!(text(connection), "endpoint=https://x/;accesskey=*****;a=b");
    }

    #[test]
    fn secrets_in_forms_and_urls_are_removed() {
        let given =
            "client_id=a&client_secret=b&grant_type=c&code=d&scope=e&client_assertion_type=f&client_assertion=g";
        let shown = "client_id=a&client_secret=*****&grant_type=c&code=*****&scope=e&client_assertion_type=f&client_assertion=*****";
        assert_eq!(form(given), shown);
        let given = Url::parse("https://u:w@h/p?api-version=1&sig=x&access_token=y&code=z#f").unwrap();
        assert_eq!(url(&given), "https://u:*****@h/p?api-version=1&sig=*****&access_token=*****&code=*****#f");
        assert_eq!(url(&Url::parse("https://h/a%2Ab").unwrap()), "https://h/a%2Ab");
    }

    #[test]
    fn secret_headers_are_recognized_by_name() {
        for name in
            ["Authorization", "cookie", "Set-Cookie", "Proxy-Authorization", "x-ms-token", "Ocp-Apim-Subscription-Key"]
        {
            assert_eq!(header(name, "value"), REDACTED, "{name}");
        }
        for name in ["x-ms-content-sha256", "Content-Type", "MS-CV", "x-ms-client-request-id", "Date"] {
            assert_eq!(header(name, "value"), "value", "{name}");
        }
    }
}
