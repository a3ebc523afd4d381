//! A webhook's client certificate: entered as PEM texts, kept sealed as one JSON object, opened for sending.

use egress::{ClientCertificate, SetupError};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What is entered and kept.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Identity {
    /// The certificate, the chain after it, as PEM.
    pub certificate: String,
    /// The private key, as PEM.
    pub key: String,
    /// What opens the key, if it is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Identity(hidden)")
    }
}

impl Identity {
    /// Reads it for use.
    ///
    /// # Errors
    /// Certificate or key is not PEM, the passphrase is missing or wrong, or the key is not the certificate's.
    pub fn open(&self) -> Result<ClientCertificate, SetupError> {
        let passphrase = self.passphrase.as_deref().filter(|text| !text.is_empty());
        ClientCertificate::from_encrypted_pem(self.certificate.as_bytes(), self.key.as_bytes(), passphrase)
    }
}
