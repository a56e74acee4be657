//! A trust store for Java. Java reads neither PEM files nor the variables that name a bundle.

use base64::Engine as _;

use crate::crypto::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

/// The password of Java's own trust stores. It protects nothing, because certificates are public.
const PASSWORD: &str = "changeit";

const MAGIC: u32 = 0xfeed_feed;
const VERSION: u32 = 2;
const TRUSTED_CERTIFICATE: u32 = 2;

/// Returns a trust store with the certificates of a PEM text, in the JKS format, which every Java version reads. `made`
/// is the creation time in the entries, in milliseconds since 1970.
pub fn trust_store(pem: &str, made: u64) -> Vec<u8> {
    let certificates: Vec<Vec<u8>> = super::bundle::blocks(pem).filter_map(decode).collect();
    let mut store = Vec::new();
    let number = |store: &mut Vec<u8>, number: u32| store.extend_from_slice(&number.to_be_bytes());
    let text = |store: &mut Vec<u8>, text: &str| {
        store.extend_from_slice(&u16::try_from(text.len()).unwrap_or_default().to_be_bytes());
        store.extend_from_slice(text.as_bytes());
    };
    number(&mut store, MAGIC);
    number(&mut store, VERSION);
    number(&mut store, u32::try_from(certificates.len()).unwrap_or_default());
    for (index, certificate) in certificates.iter().enumerate() {
        number(&mut store, TRUSTED_CERTIFICATE);
        text(&mut store, &index.to_string());
        store.extend_from_slice(&made.to_be_bytes());
        text(&mut store, "X.509");
        number(&mut store, u32::try_from(certificate.len()).unwrap_or_default());
        store.extend_from_slice(certificate);
    }
    let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for unit in PASSWORD.encode_utf16() {
        digest.update(&unit.to_be_bytes());
    }
    // The format includes this constant in the digest.
    digest.update(b"Mighty Aphrodite");
    digest.update(&store);
    store.extend_from_slice(digest.finish().as_ref());
    store
}

fn decode(block: &str) -> Option<Vec<u8>> {
    let base64: String = block.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    base64::engine::general_purpose::STANDARD.decode(base64).ok().filter(|der| !der.is_empty())
}

/// Returns the value of `JAVA_TOOL_OPTIONS` that names the trust store, after the options that are already set. Returns
/// `None` if those options name another trust store: it takes precedence and cannot be extended.
pub fn options(set: &str, trust_store: &str) -> Option<String> {
    let set = set.trim_end();
    let quote = if trust_store.contains(char::is_whitespace) { "\"" } else { "" };
    let own = format!(
        "-Djavax.net.ssl.trustStore={quote}{trust_store}{quote} -Djavax.net.ssl.trustStoreType=JKS \
         -Djavax.net.ssl.trustStorePassword={PASSWORD}"
    );
    let separator = if set.is_empty() { "" } else { " " };
    match set.contains("-Djavax.net.ssl.trustStore=") {
        true => set.contains(&own).then(|| set.to_owned()),
        false => Some(format!("{set}{separator}{own}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_appended_unless_they_name_a_trust_store() {
        let ours = "-Djavax.net.ssl.trustStore=/t/java.jks -Djavax.net.ssl.trustStoreType=JKS \
                    -Djavax.net.ssl.trustStorePassword=changeit";
        assert_eq!(options("", "/t/java.jks").as_deref(), Some(ours));
        assert_eq!(options("-Xmx1g ", "/t/java.jks"), Some(format!("-Xmx1g {ours}")));
        assert_eq!(options("-Djavax.net.ssl.trustStore=/corp.jks", "/t/java.jks"), None);
        let again = format!("-Xmx1g {ours}");
        assert_eq!(options(&again, "/t/java.jks"), Some(again));
        assert!(options("", "/a b/java.jks").is_some_and(|options| options.contains("trustStore=\"/a b/java.jks\" ")));
    }

    #[test]
    fn a_trust_store_has_a_certificate_for_each_block() {
        let block = |content: &str| format!("-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----\n");
        let store = trust_store(&(block("QUFB") + &block("!") + &block("QkI=")), 1);
        let entry = |alias: &str, der: &str| format!("\0\0\0\x02\0\x01{alias}\0\0\0\0\0\0\0\x01\0\x05X.509\0\0\0{der}");
        let expected = format!("\0\0\0\x02\0\0\0\x02{}{}", entry("0", "\x03AAA"), entry("1", "\x02BB"));
        assert_eq!(store[..4], [0xfe, 0xed, 0xfe, 0xed]);
        assert_eq!(store[4..store.len() - 20], *expected.as_bytes());
    }
}
