//! Encryption at rest of what must be read back: signing secrets, receivers' credentials, source tokens.
//!
//! AES-256-GCM with a random 96-bit nonce. The text form `v1:<key id>:<base64 of nonce, ciphertext, tag>` names its key,
//! so that keys can be rotated: the first key seals, every key opens. Table, column and row are authenticated along
//! (associated data), so that a sealed value copied to another row does not open there.

mod key_file;

pub use key_file::KeyFile;

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Error, Result};

/// Version mark of the text form.
const VERSION: &str = "v1";

/// Bytes in a key.
pub const KEY_LENGTH: usize = 32;

/// Where a sealed value lives; it opens only there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table name.
    pub table: &'static str,
    /// Column name.
    pub column: &'static str,
    /// Primary key of the row.
    pub row: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.column, self.row).into_bytes()
    }
}

struct Key {
    /// First eight hex digits of the key's SHA-256.
    id: String,
    cipher: RandomizedNonceKey,
}

/// The keys of one instance.
pub struct Vault {
    /// Never empty. The first one seals.
    keys: Vec<Key>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

impl Vault {
    /// A vault with these keys: the first seals, all of them open.
    ///
    /// # Errors
    /// [`Error::Vault`] without any key.
    pub fn new(keys: &[[u8; KEY_LENGTH]]) -> Result<Self> {
        if keys.is_empty() {
            return Err(Error::Vault("there is no encryption key".to_owned()));
        }
        let keys = keys.iter().map(Key::new).collect::<Result<_>>()?;
        Ok(Self { keys })
    }

    /// Id of the key that seals.
    pub fn key_id(&self) -> &str {
        self.keys.first().map_or("", |key| &key.id)
    }

    /// Encrypts `plain` for that place.
    ///
    /// # Errors
    /// [`Error::Vault`] if the random number generator fails.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<String> {
        let key = self
            .keys
            .first()
            .ok_or_else(|| Error::Vault("there is no encryption key".to_owned()))?;
        // Room for the tag, so that the plain text is not left behind in a buffer that was outgrown.
        let mut sealed = Vec::with_capacity(plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(plain);
        let nonce = key
            .cipher
            .seal_in_place_append_tag(Aad::from(place.associated_data()), &mut sealed)
            .map_err(|_| Error::Vault(format!("cannot encrypt `{}.{}`", place.table, place.column)))?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Ok(format!("{VERSION}:{}:{}", key.id, STANDARD_NO_PAD.encode(bytes)))
    }

    /// Decrypts what [`Vault::seal`] made for the same place. The bytes are wiped when dropped.
    ///
    /// # Errors
    /// [`Error::Vault`] if its key is not among the vault's; [`Error::Corrupt`] if it is malformed, was changed, or
    /// belongs to another place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        let corrupt = |why: &str| Error::Corrupt(format!("the secret `{}.{}` of `{}` {why}", place.table, place.column, place.row));
        let mut parts = sealed.splitn(3, ':');
        let (Some(VERSION), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(corrupt("is not in the form `v1:<key id>:<base64>`"));
        };
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(|| self.unknown_key(id))?;
        let mut bytes = STANDARD_NO_PAD.decode(text).map_err(|_| corrupt("is not base64"))?;
        let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(|| corrupt("is too short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| corrupt("is too short"))?;
        let plain = key
            .cipher
            .open_in_place(nonce, Aad::from(place.associated_data()), body)
            .map_err(|_| corrupt("was changed, or belongs to another row"))?;
        let result = Zeroizing::new(plain.to_vec());
        plain.zeroize();
        Ok(result)
    }

    /// [`Vault::open`] for secrets that are text.
    ///
    /// # Errors
    /// As for [`Vault::open`].
    pub fn open_text(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<String>> {
        let plain = self.open(place, sealed)?;
        std::str::from_utf8(&plain)
            .map(|text| Zeroizing::new(text.to_owned()))
            .map_err(|_| Error::Corrupt(format!("the secret `{}.{}` is not UTF-8", place.table, place.column)))
    }

    /// Whether `sealed` was sealed with an older key and should be sealed again.
    pub fn is_outdated(&self, sealed: &str) -> bool {
        sealed.split(':').nth(1) != Some(self.key_id())
    }

    fn unknown_key(&self, id: &str) -> Error {
        let known = self.keys.iter().map(|key| format!("`{}`", key.id)).collect::<Vec<_>>().join(", ");
        Error::Vault(format!(
            "a stored secret was encrypted with key `{id}`, but the configured encryption key is {known}\n\n\
             hint: put the key file back that was used before; a rotated key stays in the file below the new one"
        ))
    }
}

impl Key {
    fn new(bytes: &[u8; KEY_LENGTH]) -> Result<Self> {
        let hash = digest::digest(&digest::SHA256, bytes);
        let cipher =
            RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| Error::Vault("the encryption key cannot be used".to_owned()))?;
        let id = hash.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { id, cipher })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place {
        table: "webhooks",
        column: "secret",
        row: "1",
    };

    #[test]
    fn opens_what_it_sealed_and_never_seals_alike() -> Result<()> {
        let vault = Vault::new(&[[7; KEY_LENGTH]])?;
        let (first, second) = (vault.seal(PLACE, b"abc")?, vault.seal(PLACE, b"abc")?);
        assert_ne!(first, second);
        assert_eq!(vault.open(PLACE, &first)?.as_slice(), b"abc");
        assert_eq!(vault.open_text(PLACE, &second)?.as_str(), "abc");
        Ok(())
    }

    #[test]
    fn refuses_another_place_another_key_and_what_it_did_not_seal() -> Result<()> {
        let vault = Vault::new(&[[7; KEY_LENGTH]])?;
        let sealed = vault.seal(PLACE, b"abc")?;
        for place in [
            Place { row: "2", ..PLACE },
            Place {
                column: "headers",
                ..PLACE
            },
            Place { table: "sources", ..PLACE },
        ] {
            assert!(matches!(vault.open(place, &sealed), Err(Error::Corrupt(_))));
        }
        let other = Vault::new(&[[8; KEY_LENGTH]])?;
        assert!(matches!(other.open(PLACE, &sealed), Err(Error::Vault(_))));
        for text in ["", "plain text", "v1:", "v2:00000000:AAAA", &format!("v1:{}:AAAA", vault.key_id())] {
            assert!(vault.open(PLACE, text).is_err(), "{text}");
        }
        Ok(())
    }

    #[test]
    fn no_character_can_be_changed() -> Result<()> {
        let vault = Vault::new(&[[7; KEY_LENGTH]])?;
        let sealed = vault.seal(PLACE, b"abc")?;
        for at in 0..sealed.len() {
            let other = if sealed.as_bytes()[at] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &sealed[..at], &sealed[at + 1..]);
            assert!(vault.open(PLACE, &changed).is_err(), "character {at} of {sealed}");
        }
        Ok(())
    }

    #[test]
    fn a_rotated_key_still_opens() -> Result<()> {
        let old = Vault::new(&[[7; KEY_LENGTH]])?;
        let rotated = Vault::new(&[[9; KEY_LENGTH], [7; KEY_LENGTH]])?;
        let sealed = old.seal(PLACE, b"abc")?;
        assert_eq!(rotated.open(PLACE, &sealed)?.as_slice(), b"abc");
        assert!(rotated.is_outdated(&sealed));
        assert!(!rotated.is_outdated(&rotated.seal(PLACE, b"abc")?));
        Ok(())
    }
}
