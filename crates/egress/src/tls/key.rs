//! Private keys out of PEM texts, encrypted ones (PKCS#8, RFC 5958 with PBES2) too.

use pkcs8::EncryptedPrivateKeyInfo;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::SetupError;

const WHAT: &str = "the client certificate's key";
const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";

/// Reads the first private key of a PEM text.
pub fn read(pem: &[u8], passphrase: Option<&str>) -> Result<PrivateKeyDer<'static>, SetupError> {
    let text = String::from_utf8_lossy(pem);
    if let Some(block) = block(&text) {
        return decrypt(block, passphrase);
    }
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(refused("it is encrypted in OpenSSL's old form; convert it with `openssl pkcs8 -topk8`"));
    }
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| SetupError::Pem {
        what: WHAT,
        reason: error.to_string(),
    })
}

fn block(text: &str) -> Option<&str> {
    let from = text.find(BEGIN)?;
    let to = text[from..].find(END)? + END.len();
    Some(&text[from..from + to])
}

fn decrypt(block: &str, passphrase: Option<&str>) -> Result<PrivateKeyDer<'static>, SetupError> {
    let passphrase = passphrase.ok_or_else(|| refused("it is encrypted and no passphrase is given"))?;
    let (_, der) = pkcs8::SecretDocument::from_pem(block).map_err(|error| SetupError::Pem {
        what: WHAT,
        reason: error.to_string(),
    })?;
    let info = EncryptedPrivateKeyInfo::try_from(der.as_bytes()).map_err(|error| refused(error.to_string()))?;
    let plain = info
        .decrypt(passphrase)
        .map_err(|_| refused("the passphrase is wrong, or the key is encrypted in a way that is not supported"))?;
    Ok(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec()).into())
}

fn refused(reason: impl Into<String>) -> SetupError {
    SetupError::Tls {
        what: WHAT,
        reason: reason.into(),
    }
}
