//! The client certificate of a webhook: entered, checked, sealed; of the stored one only owner and end are shown.

use domain::{Problem, clock::SECOND};
use egress::{ClientCertificate, SetupError};
use engine::certificate::Identity;
use serde::{Deserialize, Serialize};
use store::{Vault, tables::webhooks::Webhook};
use utoipa::ToSchema;

use super::Result;
use crate::{
    actions::{ActionError, seal},
    time::Time,
};

/// Longest certificate chain, and longest key, in bytes.
const PEM_BYTES: usize = 64 * 1024;

/// A client certificate with its key. It is never shown again.
// The schema wants `Serialize` for the default of what holds it; no answer does.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateInput {
    /// PEM: the certificate, then the chain up to the authority that the receiver knows.
    pub certificate: String,
    /// PEM: the private key.
    pub key: String,
    /// Of an encrypted key.
    #[serde(default)]
    pub passphrase: Option<String>,
}

impl std::fmt::Debug for CertificateInput {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CertificateInput(hidden)")
    }
}

/// The client certificate that a webhook shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CertificateView {
    /// The subject's distinguished name.
    pub subject: String,
    /// Until then it is valid; nothing is done about it here.
    pub expires_at: Time,
}

/// Checks what was entered.
///
/// # Errors
/// 422 at the part that is wrong.
pub fn entered(input: CertificateInput) -> Result<(Identity, ClientCertificate), Problem> {
    for (field, text) in [("certificate", &input.certificate), ("key", &input.key)] {
        let field = format!("client_certificate.{field}");
        if text.trim().is_empty() {
            return Err(
                Problem::invalid(&*field, format!("`{field}` is empty")).hint("PEM: from the BEGIN line to the END line, both included")
            );
        }
        if text.len() > PEM_BYTES {
            return Err(Problem::invalid(&*field, format!("`{field}` is longer than {PEM_BYTES} bytes")));
        }
    }
    let identity = Identity {
        certificate: input.certificate,
        key: input.key,
        passphrase: input.passphrase.filter(|text| !text.is_empty()),
    };
    let certificate = identity.open().map_err(|error| problem(&error))?;
    certificate.details().map_err(|error| problem(&error))?;
    Ok((identity, certificate))
}

/// Which part is wrong, and what to do.
fn problem(error: &SetupError) -> Problem {
    let text = error.to_string();
    let part = match error {
        _ if text.contains("passphrase") => "passphrase",
        SetupError::Pem { what, .. } | SetupError::Tls { what, .. } if what.ends_with("key") => "key",
        SetupError::Tls { .. } if text.contains("KeyMismatch") => "key",
        _ => "certificate",
    };
    let (what, hint) = match part {
        _ if text.contains("KeyMismatch") => (
            "the key is not the one of the certificate".to_owned(),
            "give the key that the certificate was made for; the certificate itself comes first in its chain",
        ),
        "passphrase" => (text, "an encrypted key needs its `passphrase`"),
        _ => (text, "PEM: from the BEGIN line to the END line, both included"),
    };
    Problem::invalid(format!("client_certificate.{part}"), what).hint(hint)
}

/// Checks and seals; `None` takes it away.
pub fn sealed(vault: &Vault, id: &str, input: Option<CertificateInput>) -> Result<Option<String>> {
    let Some(input) = input else { return Ok(None) };
    let (identity, _) = entered(input)?;
    let text = serde_json::to_string(&identity).map_err(|error| ActionError::Internal(error.to_string()))?;
    Ok(Some(seal::webhook_certificate(vault, id, &text)?))
}

/// What is shown of the stored one. One that cannot be opened any more is shown as nothing; sending says so.
pub fn shown(vault: &Vault, webhook: &Webhook) -> Option<CertificateView> {
    let text = seal::open_webhook_certificate(vault, &webhook.id, webhook.certificate_sealed.as_deref()?).ok()?;
    let identity: Identity = serde_json::from_str(&text).ok()?;
    let details = identity.open().ok()?.details().ok()?;
    Some(CertificateView {
        subject: details.subject,
        expires_at: Time(details.expires_at.saturating_mul(SECOND)),
    })
}
