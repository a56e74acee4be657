//! Finds a token in a text: in quotes, after `Bearer`, inside the JSON of `token issue`, or in UTF-16.

use serde_json::Value as Json;

/// The members that contain a token in the JSON of `token issue`, of `az account get-access-token`, of OAuth and of the
/// service.
const MEMBERS: [&str; 4] = ["token", "accessToken", "access_token", "jwt"];

/// Returns the token in a text. If no token is recognized, returns the text, so that the error describes the input.
pub(crate) fn extract(text: &str) -> String {
    let mut token = trimmed(text).to_owned();
    // Each pass removes one layer.
    for _ in 0..6 {
        let Some(inner) = unwrapped(&token) else { break };
        token = inner;
    }
    let words: Vec<&str> = token.split_whitespace().collect();
    let mut jwts = words.iter().filter(|word| is_jwt(word));
    match (jwts.next(), jwts.next()) {
        // The text is a line of a table, of tsv or of YAML.
        (Some(jwt), None) => (*jwt).to_owned(),
        // The token was split into lines where it was copied from.
        (None, None) if words.len() > 1 && is_jwt(&words.concat()) => words.concat(),
        _ => token,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
    })
}

fn is_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.split('.').count() == 3 && !word.contains(['"', '\'', '{', ','])
}

fn unwrapped(text: &str) -> Option<String> {
    if text.starts_with(['{', '[', '"'])
        && let Ok(json) = serde_json::from_str(text)
        && let Some(token) = member(&json)
    {
        return Some(trimmed(&token).to_owned());
    }
    let quoted = ["\"", "'", "`"].into_iter().find_map(|q| text.strip_prefix(q)?.strip_suffix(q));
    let quoted = quoted.or_else(|| text.strip_prefix('“')?.strip_suffix('”'));
    let behind = |prefix: &str| {
        let begin = text.get(..prefix.len())?;
        begin.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
    };
    quoted.or_else(|| behind("authorization:")).or_else(|| behind("bearer ")).map(|inner| trimmed(inner).to_owned())
}

fn member(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Array(items) if items.len() == 1 => member(&items[0]),
        Json::Object(object) => MEMBERS.iter().find_map(|name| member(object.get(*name)?)),
        _ => None,
    }
}

/// Decodes stdin: UTF-8, or UTF-16 as PowerShell writes it, with or without a byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln";

    #[test]
    fn text_around_a_token_is_removed() {
        for text in [
            TOKEN.to_owned(),
            format!(" {TOKEN}\r\n"),
            format!("\"{TOKEN}\""),
            format!("'{TOKEN}'"),
            format!("“{TOKEN}”"),
            format!("Bearer {TOKEN}"),
            format!("\"bearer {TOKEN}\"\n"),
            format!("Authorization: Bearer {TOKEN}"),
            format!("\u{feff}{TOKEN}"),
            format!("\u{feff}{{\"expires_on\": \"x\", \"token\": \"{TOKEN}\", \"user_id\": \"8:acs:x\"}}"),
            format!("{{\"accessToken\": {{\"token\": \"{TOKEN}\"}}, \"identity\": {{}}}}"),
            format!("[{{\"access_token\": \"{TOKEN}\"}}]"),
            format!("2026-01-01T00:00:00+00:00\t{TOKEN}\t8:acs:x"),
            format!("token: {TOKEN}\nuser_id: 8:acs:x"),
            format!("{}\n  {}", &TOKEN[..25], &TOKEN[25..]),
        ] {
            assert_eq!(extract(&text), TOKEN, "{text}");
        }
        for text in ["nonsense", "a.b", "{}", "{\"token\": 1}", "\"", ""] {
            assert_eq!(extract(text), text);
        }
        assert_eq!(extract(&format!("{TOKEN} {TOKEN}")), format!("{TOKEN} {TOKEN}"));
    }

    #[test]
    fn utf_16_is_read() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| "\u{feff}ey".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(decode(&bytes), "ey");
            assert_eq!(decode(&bytes[2..]), "ey");
        }
        assert_eq!(decode("\u{feff}é".as_bytes()), "\u{feff}é");
    }

    #[test]
    fn text_that_begins_with_two_zeros_is_not_utf_16() {
        assert_eq!(decode(b"\0\0ey"), "\0\0ey");
    }
}
