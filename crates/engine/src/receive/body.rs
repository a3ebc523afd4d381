//! The body of an inbound request: its type, and its bytes decompressed within bounds.

use std::{borrow::Cow, io::Read};

use domain::{Problem, limits};
use flate2::read::{MultiGzDecoder, ZlibDecoder};

/// 415 unless it says JSON, or nothing.
pub(super) fn check_type(content_type: Option<&str>) -> Result<(), Problem> {
    let Some(given) = content_type else { return Ok(()) };
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence.is_empty() || essence == "application/json" || essence == "text/json" || essence.ends_with("+json") {
        return Ok(());
    }
    Err(unsupported(format!("`{}` is not a type that is read here", short(&essence)))
        .at("content-type")
        .hint("send `application/json`"))
}

/// The decompressed bytes.
///
/// # Errors
/// 413 over the cap, 415 for an encoding that is not spoken, 400 for bytes that are not what the encoding says.
pub(super) fn decode<'a>(body: &'a [u8], encoding: Option<&str>) -> Result<Cow<'a, [u8]>, Problem> {
    let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
    let decoded = match encoding.as_str() {
        "" | "identity" => Cow::Borrowed(body),
        "gzip" | "x-gzip" => Cow::Owned(inflate(MultiGzDecoder::new(body))?),
        "deflate" => Cow::Owned(inflate(ZlibDecoder::new(body))?),
        other => {
            let problem = unsupported(format!("the encoding `{}` is not read here", short(other)));
            return Err(problem.at("content-encoding").hint("send the body as it is, or with `gzip`"));
        }
    };
    if decoded.len() > limits::RECEIPT_BYTES {
        let detail = format!("the body is longer than {} bytes", limits::RECEIPT_BYTES);
        return Err(Problem::new(413, "too-large", "The body is too large", detail));
    }
    Ok(decoded)
}

/// One byte more than the cap is enough to know.
fn inflate(reader: impl Read) -> Result<Vec<u8>, Problem> {
    let mut decoded = Vec::new();
    reader
        .take(limits::RECEIPT_BYTES as u64 + 1)
        .read_to_end(&mut decoded)
        .map_err(|_| Problem::malformed("the body is not what its `Content-Encoding` says"))?;
    Ok(decoded)
}

fn unsupported(detail: String) -> Problem {
    Problem::new(415, "unsupported-type", "The type of the body is not supported", detail)
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn json_in_its_spellings_and_nothing_else() {
        for good in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/cloudevents+json",
            "",
        ] {
            assert_eq!(check_type(Some(good)), Ok(()));
        }
        assert_eq!(check_type(Some("text/xml")).unwrap_err().status, 415);
    }

    #[test]
    fn a_small_body_that_swells_is_too_large() {
        assert_eq!(decode(&gzip(b"{}"), Some("gzip")).unwrap().as_ref(), b"{}");
        let bomb = gzip(&vec![b' '; limits::RECEIPT_BYTES + 1]);
        assert_eq!(decode(&bomb, Some("GZIP")).unwrap_err().status, 413);
        assert_eq!(decode(b"{}", Some("gzip")).unwrap_err().status, 400);
        assert_eq!(decode(b"{}", Some("br")).unwrap_err().status, 415);
    }
}
