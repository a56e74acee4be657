//! Durations as people write them: of tokens, of revocations, of an emulated Entra token.

/// Reads a duration: `90m`, `1h30m`, `45s`, `PT90M`, or plain minutes; with a minus for a time that has passed. Seconds.
pub(super) fn parse_duration(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let upper = rest.to_ascii_uppercase();
    let parts = upper.strip_prefix("PT").unwrap_or(&upper);
    if let Ok(minutes) = parts.parse::<i64>() {
        return (parts.bytes().all(|b| b.is_ascii_digit()) && parts == upper)
            .then(|| minutes.checked_mul(60 * sign))?;
    }
    let mut total: i64 = 0;
    let mut digits = String::new();
    let mut last = i64::MAX;
    for c in parts.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit = match c {
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        last = unit;
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(unit)?)?;
        digits.clear();
    }
    (digits.is_empty() && !parts.is_empty()).then(|| total.checked_mul(sign))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("90m", Some(5400)),
            ("1h", Some(3600)),
            ("1h30m", Some(5400)),
            ("PT90M", Some(5400)),
            ("pt1h30m", Some(5400)),
            ("90", Some(5400)),
            ("45s", Some(45)),
            ("-5m", Some(-300)),
            ("0", Some(0)),
            ("", None),
            ("m", None),
            ("1d", None),
            ("30m1h", None),
            ("PT5", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse_duration(text), seconds, "{text}");
        }
    }
}
