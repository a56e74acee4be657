//! Recognizes plain texts that would be read as another type than a string, with the patterns of PyYAML's resolver
//! (YAML 1.1).

/// Checks whether the plain text would be read as a string, according to the patterns of PyYAML's resolver (YAML 1.1).
pub(super) fn resolves_to_string(text: &str) -> bool {
    let Some(first) = text.bytes().next() else {
        return false;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => !is_word(text),
        b'+' | b'-' | b'.' | b'0'..=b'9' => !(is_float(text) || is_int(text) || is_timestamp(text)),
        b'<' => text != "<<",
        b'=' => text != "=",
        _ => true,
    }
}

fn is_word(text: &str) -> bool {
    const WORDS: [&str; 7] = ["yes", "no", "true", "false", "on", "off", "null"];
    let lower = text.to_ascii_lowercase();
    let mut capital = lower.clone();
    capital[..1].make_ascii_uppercase();
    text == "~"
        || (WORDS.contains(&lower.as_str()) && (text == lower || text == capital || text == lower.to_ascii_uppercase()))
}

fn is_digits(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(allowed)
}

fn digit_or_underscore(b: u8) -> bool {
    b.is_ascii_digit() || b == b'_'
}

/// Checks whether a text matches `[0-9][0-9_]*`.
fn is_number(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_digit()) && is_digits(text, digit_or_underscore)
}

/// Checks whether the parts between colons are base 60: `(?::[0-5]?[0-9])+`.
fn is_sexagesimal<'a>(mut parts: impl Iterator<Item = &'a str>) -> bool {
    let mut count = 0;
    let all = parts.all(|part| {
        count += 1;
        match part.as_bytes() {
            [b] => b.is_ascii_digit(),
            [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
            _ => false,
        }
    });
    all && count > 0
}

/// Removes an exponent `[eE][-+][0-9]+`. Returns `None` if there is an `e` without a valid exponent.
fn without_exponent(text: &str) -> Option<&str> {
    let Some(at) = text.find(['e', 'E']) else {
        return Some(text);
    };
    let exponent = text[at + 1..].strip_prefix(['-', '+'])?;
    is_digits(exponent, |b| b.is_ascii_digit()).then_some(&text[..at])
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    if let Some(fraction) = text.strip_prefix('.') {
        return without_exponent(fraction).is_some_and(is_number);
    }
    if unsigned.contains(':') {
        let Some((whole, fraction)) = unsigned.rsplit_once('.') else {
            return false;
        };
        let mut parts = whole.split(':');
        return fraction.bytes().all(digit_or_underscore)
            && parts.next().is_some_and(is_number)
            && is_sexagesimal(parts);
    }
    without_exponent(unsigned)
        .and_then(|text| text.split_once('.'))
        .is_some_and(|(whole, fraction)| is_number(whole) && fraction.bytes().all(digit_or_underscore))
}

fn is_int(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(binary) = unsigned.strip_prefix("0b") {
        return is_digits(binary, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hexadecimal) = unsigned.strip_prefix("0x") {
        return is_digits(hexadecimal, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    if unsigned == "0" {
        return true;
    }
    if let Some(octal) = unsigned.strip_prefix('0') {
        return is_digits(octal, |b| matches!(b, b'0'..=b'7' | b'_'));
    }
    let mut parts = unsigned.split(':');
    let whole = parts.next().unwrap_or_default();
    if !is_number(whole) {
        return false;
    }
    !unsigned.contains(':') || is_sexagesimal(parts)
}

fn is_timestamp(text: &str) -> bool {
    let Some((date, rest)) = timestamp_date(text) else {
        return false;
    };
    if rest.is_empty() {
        return date.len() == 10 && date.bytes().enumerate().all(|(at, b)| (at == 4 || at == 7) == (b == b'-'));
    }
    timestamp_time(rest).is_some()
}

/// Removes between `min` and `max` digits.
fn take_digits(text: &str, min: usize, max: usize) -> Option<&str> {
    let count = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    (count >= min).then(|| &text[count..])
}

fn timestamp_date(text: &str) -> Option<(&str, &str)> {
    let rest = take_digits(text, 4, 4)?.strip_prefix('-')?;
    let rest = take_digits(rest, 1, 2)?.strip_prefix('-')?;
    let rest = take_digits(rest, 1, 2)?;
    Some((&text[..text.len() - rest.len()], rest))
}

fn timestamp_time(text: &str) -> Option<()> {
    let blanks = |text: &'_ str| text.len() - text.trim_start_matches([' ', '\t']).len();
    let rest = match text.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None if blanks(text) > 0 => &text[blanks(text)..],
        None => return None,
    };
    let rest = take_digits(rest, 1, 2)?.strip_prefix(':')?;
    let rest = take_digits(rest, 2, 2)?.strip_prefix(':')?;
    let rest = take_digits(rest, 2, 2)?;
    let rest =
        rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    if rest.is_empty() {
        return Some(());
    }
    let zone = &rest[blanks(rest)..];
    if zone == "Z" {
        return Some(());
    }
    let hours = take_digits(zone.strip_prefix(['-', '+'])?, 1, 2)?;
    let end = match hours.strip_prefix(':') {
        Some(minutes) => take_digits(minutes, 2, 2)?,
        None => hours,
    };
    end.is_empty().then_some(())
}
