//! Paths and queries, decoded.

/// Decodes `%XX`. Returns `None` if the result is not UTF-8.
pub(crate) fn decode_segment(segment: &str) -> Option<String> {
    let mut parts = segment.split('%');
    let mut decoded = Vec::with_capacity(segment.len());
    decoded.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                decoded.push(code);
                decoded.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => {
                decoded.push(b'%');
                decoded.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// Returns a parameter of a query or of a form. The case of its name is ignored.
pub(crate) fn query_parameter(query: &str, name: &str) -> Option<String> {
    query_parameters(query, name).next()
}

/// Returns all parameters of that name.
pub(crate) fn query_parameters(query: &str, name: &str) -> impl Iterator<Item = String> {
    query.split('&').filter_map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = decode_segment(&key.replace('+', " "))?;
        key.eq_ignore_ascii_case(name).then(|| decode_segment(&value.replace('+', " "))).flatten()
    })
}

/// Returns a parameter of a query as it was sent, without decoding.
pub(crate) fn raw_parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use acs_identity_protocol::raw_id::encode_path_segment;

    use super::*;

    #[test]
    fn a_segment_is_decoded() {
        assert_eq!(decode_segment("8%3Aacs%3aa_b").as_deref(), Some("8:acs:a_b"));
        assert_eq!(decode_segment("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(decode_segment("%25é%%41%+1%2é").as_deref(), Some("%é%A%+1%2é"));
        assert_eq!(decode_segment("%ff"), None);
    }

    #[test]
    fn an_encoded_value_is_read_back() {
        let value = "a b&c=d+é%_~";
        assert_eq!(encode_path_segment(value), "a%20b%26c%3Dd%2B%C3%A9%25_~");
        assert_eq!(
            query_parameter(&format!("x=1&filter={}", encode_path_segment(value)), "filter").as_deref(),
            Some(value)
        );
    }

    #[test]
    fn the_case_of_parameter_names_is_ignored() {
        assert_eq!(query_parameter("a=1&API-Version=2023%2D10-01", "api-version").as_deref(), Some("2023-10-01"));
        assert_eq!(query_parameter("", "api-version"), None);
        assert_eq!(raw_parameter("a=1&API-Version=2023%2D10-01", "api-version"), Some("2023%2D10-01"));
        assert_eq!(raw_parameter("a=1&api-version", "api-version"), None);
        assert_eq!(encode_path_segment("8:acs:a_b-c é"), "8%3Aacs%3Aa_b-c%20%C3%A9");
        assert_eq!(query_parameters("a=1&b=2&A=3", "a").collect::<Vec<_>>(), ["1", "3"]);
    }
}
