//! Compressed bodies. The client asks for uncompressed bodies (`Accept-Encoding: identity`), but some gateways compress
//! them anyway. A token in such a response must not be lost.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::transport::http::http1::MAX_BODY;

/// Decodes a body with these codings (`Content-Encoding`). The last coding was applied last.
///
/// # Errors
///
/// When a coding is unknown, or when the body does not match its coding. The error is a text.
pub(crate) fn decode(codings: &str, mut body: Vec<u8>) -> Result<Vec<u8>, String> {
    for coding in codings.split(',').rev().map(str::trim) {
        body = match coding.to_ascii_lowercase().as_str() {
            "" | "identity" => body,
            _ if body.is_empty() => body,
            "gzip" | "x-gzip" => read(MultiGzDecoder::new(body.as_slice()), coding)?,
            // Some servers leave out the header of zlib.
            "deflate" => read(ZlibDecoder::new(body.as_slice()), coding)
                .or_else(|_| read(DeflateDecoder::new(body.as_slice()), coding))?,
            _ => return Err(format!("its Content-Encoding is '{coding}', which is not supported")),
        };
    }
    Ok(body)
}

fn read(decoder: impl std::io::Read, coding: &str) -> Result<Vec<u8>, String> {
    let mut decoded = Vec::new();
    decoder
        .take(MAX_BODY as u64 + 1)
        .read_to_end(&mut decoded)
        .map_err(|_| format!("its body is not {coding}, although its Content-Encoding says so"))?;
    if decoded.len() > MAX_BODY { Err("its body is larger than 64 MiB".into()) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    #[test]
    fn bodies_are_decoded_by_their_codings() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(b"hello").unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"hello").unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(b"hello").unwrap();
        let mut twice = ZlibEncoder::new(Vec::new(), Compression::fast());
        twice.write_all(&gzip).unwrap();
        for (codings, body) in [
            ("gzip", gzip.clone()),
            ("X-GZIP", gzip.clone()),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("gzip, deflate", twice.finish().unwrap()),
            ("identity", b"hello".to_vec()),
        ] {
            assert_eq!(decode(codings, body).as_deref(), Ok(b"hello".as_slice()), "{codings}");
        }
        assert!(decode("gzip", gzip[..gzip.len() - 9].to_vec()).is_err());
        assert!(decode("br", b"x".to_vec()).is_err_and(|error| error.contains("'br'")));
        assert_eq!(decode("gzip", Vec::new()), Ok(Vec::new()));
    }

    #[test]
    fn a_body_that_is_too_large_when_decoded_is_refused() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![0; 1 << 20];
        (0..65).for_each(|_| bomb.write_all(&zeros).unwrap());
        assert!(decode("gzip", bomb.finish().unwrap()).is_err_and(|error| error.contains("64 MiB")));
    }
}
