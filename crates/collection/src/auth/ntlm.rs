//! NTLM version 2 over HTTP ([MS-NLMP], [MS-NTHT]): three messages on one connection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::hash::{hmac_md5, md4};
use crate::format::Auth;

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
const UNICODE: u32 = 0x0000_0001;
const OEM: u32 = 0x0000_0002;
const REQUEST_TARGET: u32 = 0x0000_0004;
const NTLM: u32 = 0x0000_0200;
const ALWAYS_SIGN: u32 = 0x0000_8000;
const EXTENDED_SECURITY: u32 = 0x0008_0000;
const TARGET_INFO: u32 = 0x0080_0000;
const STRONG: u32 = 0x2000_0000 | 0x8000_0000;
/// Attribute of the target information that holds the server's clock.
const AV_TIMESTAMP: u16 = 7;
/// From 1601 to 1970 in units of 100 ns.
const EPOCH_OFFSET: i64 = 116_444_736_000_000_000;

/// What the server says in its second message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    flags: u32,
    nonce: [u8; 8],
    info: Vec<u8>,
}

/// The first message, as the value of `Authorization`.
pub fn negotiate() -> String {
    let flags = UNICODE | OEM | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SECURITY | STRONG;
    let mut message = start(1);
    message.extend_from_slice(&flags.to_le_bytes());
    // Neither domain nor workstation: servers ask for them in the third message.
    message.extend_from_slice(&[0; 16]);
    value(&message)
}

/// Reads the second message out of a `WWW-Authenticate` value.
pub fn parse(header: &str) -> Option<Challenge> {
    let (scheme, token) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("ntlm") && !scheme.eq_ignore_ascii_case("negotiate") {
        return None;
    }
    let message = STANDARD.decode(token.trim()).ok()?;
    if message.get(..8)? != SIGNATURE || number(&message, 8)? != 2 {
        return None;
    }
    let nonce = message.get(24..32)?.try_into().ok()?;
    let info = field(&message, 40).unwrap_or_default().to_vec();
    Some(Challenge {
        flags: number(&message, 20)?,
        nonce,
        info,
    })
}

/// The third message. `now` is in microseconds since the epoch; `client_nonce` is fresh.
pub fn authenticate(auth: &Auth, challenge: &Challenge, now: i64, client_nonce: [u8; 8]) -> String {
    let (mut domain, mut user) = (auth.param("domain"), auth.param("username"));
    if let Some((named, name)) = user.clone().split_once('\\') {
        (domain, user) = (named.to_owned(), name.to_owned());
    } else if let Some((name, named)) = user.clone().split_once('@') {
        (domain, user) = (named.to_uppercase(), name.to_owned());
    }
    let secret = md4(&utf16(&auth.param("password")));
    let key = hmac_md5(&secret, &utf16(&format!("{}{domain}", user.to_uppercase())));
    let clock = timestamp(&challenge.info);
    let time = clock.unwrap_or_else(|| (now * 10 + EPOCH_OFFSET).to_le_bytes());
    let mut blob = vec![1, 1, 0, 0, 0, 0, 0, 0];
    blob.extend_from_slice(&time);
    blob.extend_from_slice(&client_nonce);
    blob.extend_from_slice(&[0; 4]);
    blob.extend_from_slice(&challenge.info);
    blob.extend_from_slice(&[0; 4]);
    let proof = |rest: &[u8]| hmac_md5(&key, &[&challenge.nonce[..], rest].concat());
    let nt = [&proof(&blob)[..], &blob].concat();
    // A server that tells its time wants no older response beside the newer one.
    let lm = if clock.is_some() {
        vec![0; 24]
    } else {
        [&proof(&client_nonce)[..], &client_nonce].concat()
    };
    let unicode = challenge.flags & UNICODE != 0;
    let text = |text: &str| if unicode { utf16(text) } else { text.as_bytes().to_vec() };
    let parts = [lm, nt, text(&domain), text(&user), text(&auth.param("workstation")), Vec::new()];
    let mut message = start(3);
    let mut offset = 64;
    for part in &parts {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX).to_le_bytes();
        message.extend_from_slice(&length);
        message.extend_from_slice(&length);
        message.extend_from_slice(&u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
        offset += part.len();
    }
    let charset = if unicode { UNICODE } else { OEM };
    let flags = charset | REQUEST_TARGET | NTLM | (challenge.flags & (ALWAYS_SIGN | EXTENDED_SECURITY | TARGET_INFO));
    message.extend_from_slice(&flags.to_le_bytes());
    message.extend(parts.into_iter().flatten());
    value(&message)
}

fn start(kind: u32) -> Vec<u8> {
    let mut message = SIGNATURE.to_vec();
    message.extend_from_slice(&kind.to_le_bytes());
    message
}

fn value(message: &[u8]) -> String {
    format!("NTLM {}", STANDARD.encode(message))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn number(message: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(message.get(at..at + 4)?.try_into().ok()?))
}

fn short(message: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(message.get(at..at + 2)?.try_into().ok()?))
}

/// A field behind its descriptor: length, room, offset.
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let (length, offset) = (usize::from(short(message, at)?), number(message, at + 4)? as usize);
    message.get(offset..offset.checked_add(length)?)
}

fn timestamp(info: &[u8]) -> Option<[u8; 8]> {
    let mut at = 0;
    loop {
        let (kind, length) = (short(info, at)?, usize::from(short(info, at + 2)?));
        match kind {
            0 => return None,
            AV_TIMESTAMP => return info.get(at + 4..at + 12)?.try_into().ok(),
            _ => at += 4 + length,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// [MS-NLMP], 4.2.4: NTLMv2 authentication with the specification's own values.
    #[test]
    fn the_specifications_own_values_come_out_as_printed() {
        let auth =
            Auth::from_value(&json!({"type": "ntlm", "ntlm": {"username": "User", "password": "Password", "domain": "Domain"}})).unwrap();
        let info = [
            &[2, 0, 12, 0][..],
            &utf16("Domain"),
            &[1, 0, 12, 0],
            &utf16("Server"),
            &[0, 0, 0, 0],
        ]
        .concat();
        let nonce = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        let challenge = Challenge {
            flags: UNICODE,
            nonce,
            info,
        };
        let message = authenticate(&auth, &challenge, -EPOCH_OFFSET / 10, [0xaa; 8]);
        let message = STANDARD.decode(message.trim_start_matches("NTLM ")).unwrap();
        assert_eq!(hex::encode(&field(&message, 20).unwrap()[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
        assert_eq!(
            hex::encode(field(&message, 12).unwrap()),
            "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
        );
        assert_eq!(field(&message, 36).unwrap(), utf16("User"));
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(bytes: Vec<u8>) {
            let _ = parse(&format!("NTLM {}", STANDARD.encode([&SIGNATURE[..], &bytes].concat())));
            let _ = timestamp(&bytes);
        }
    }
}
