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
        return Err(refused(
            "it is encrypted in OpenSSL's old form; convert it with `openssl pkcs8 -topk8`",
        ));
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

#[cfg(test)]
mod tests {
    use pkcs8::{LineEnding, PrivateKeyInfo, pkcs5::pbes2};

    use super::*;

    /// A key and the same one encrypted with the passphrase `sesame`.
    fn keys() -> (Vec<u8>, String) {
        let plain = rcgen::KeyPair::generate().unwrap().serialize_der();
        let (salt, iv) = ([7; 8], [9; 16]);
        let how = pbes2::Parameters::pbkdf2_sha256_aes256cbc(2048, &salt, &iv).unwrap();
        let sealed = PrivateKeyInfo::try_from(&plain[..])
            .unwrap()
            .encrypt_with_params(how, "sesame")
            .unwrap();
        let pem = sealed.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap().to_string();
        (plain, pem)
    }

    #[test]
    fn an_encrypted_key_opens_with_its_passphrase_only() {
        let (plain, pem) = keys();
        let with_certificate = format!("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n{pem}");
        assert_eq!(read(with_certificate.as_bytes(), Some("sesame")).unwrap().secret_der(), plain);
        let message = |passphrase| read(pem.as_bytes(), passphrase).unwrap_err().to_string();
        assert!(message(None).contains("no passphrase is given"), "{}", message(None));
        assert!(
            message(Some("simsim")).contains("the passphrase is wrong"),
            "{}",
            message(Some("simsim"))
        );
    }

    #[test]
    fn the_old_form_is_named() {
        let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAA==\n-----END RSA PRIVATE KEY-----\n";
        assert!(
            read(old.as_bytes(), Some("x"))
                .unwrap_err()
                .to_string()
                .contains("openssl pkcs8 -topk8")
        );
    }
}
