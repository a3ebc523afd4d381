//! Client certificates out of PKCS#12 files (RFC 7292; `.pfx`, `.p12`), in today's encryption (AES) and in the old one
//! (3DES, RC2).

use p12_keystore::Pkcs12Archive;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::SetupError;

const WHAT: &str = "the client certificate (PKCS#12)";

/// The private key, and the chain with the certificate that belongs to it first.
pub fn read(file: &[u8], passphrase: Option<&str>) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), SetupError> {
    let archive = Pkcs12Archive::from_pkcs12(file, passphrase.unwrap_or_default()).map_err(|error| refused(why(&error, passphrase)))?;
    let key = archive.keys.first().ok_or_else(|| refused("it holds no private key"))?;
    let id = key.local_key_id.as_ref().map(|id| id.0.as_slice());
    let own = archive
        .certs
        .iter()
        .position(|certificate| id.is_some() && certificate.local_key_id.as_deref() == id)
        .unwrap_or(0);
    let mut certificates = archive.certs;
    if certificates.is_empty() {
        return Err(refused("it holds no certificate"));
    }
    certificates[..=own].rotate_right(1);
    let chain = certificates.iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec()));
    let key = PrivatePkcs8KeyDer::from(key.key.as_der().to_vec());
    Ok((chain.collect(), key.into()))
}

fn why(error: &p12_keystore::error::Error, passphrase: Option<&str>) -> String {
    use p12_keystore::error::Error;
    match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) if passphrase.is_none() => {
            "it is encrypted and no passphrase is given".to_owned()
        }
        Error::MacError(_) | Error::UnpadError => "the passphrase is wrong".to_owned(),
        Error::DerError(_) => "it is no PKCS#12 file".to_owned(),
        other => other.to_string(),
    }
}

fn refused(reason: impl Into<String>) -> SetupError {
    SetupError::Tls {
        what: WHAT,
        reason: reason.into(),
    }
}
