//! Bodies as they are shown: byte by byte, whole or cut.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

/// Bytes as text when they are UTF-8, else as base64. In lists the first 4096 only.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Payload {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Its whole length.
    pub bytes: usize,
    /// Less than the whole is here; asked for alone, it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub cut: bool,
}

impl Payload {
    /// What is left of `whole` bytes. Where the cut went through a character, the rest of it goes too.
    pub(crate) fn cut(left: &[u8], whole: usize) -> Self {
        let cut = left.len() < whole;
        let text = match std::str::from_utf8(left) {
            Ok(text) => Some(text),
            Err(error) if cut && error.error_len().is_none() => std::str::from_utf8(&left[..error.valid_up_to()]).ok(),
            Err(_) => None,
        };
        Self {
            text: text.map(str::to_owned),
            base64: text.is_none().then(|| STANDARD.encode(left)),
            bytes: whole,
            cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_through_a_character_leaves_text() {
        let whole = "aé".as_bytes();
        let payload = Payload::cut(&whole[..2], whole.len());
        assert_eq!((payload.text.as_deref(), payload.bytes, payload.cut), (Some("a"), 3, true));
        assert_eq!(Payload::cut(&whole[..2], 2).base64.as_deref(), Some("YcM="));
        assert!(!Payload::cut(whole, 3).cut);
    }
}
