//! The authorities that are trusted. The system's are read when the first certificate is to
//! be checked: that takes longer than many a whole run, and a run over plain HTTP needs none.

use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls_pki_types::CertificateDer;

use super::{Roots, provider, read_certificates, verify};
use crate::error::SetupError;

/// Roots as configured, and the verifier over them once it is needed.
pub struct Trust {
    native: bool,
    given: Vec<CertificateDer<'static>>,
    verifier: OnceLock<Arc<dyn ServerCertVerifier>>,
}

impl Trust {
    /// Reads the roots that are given as text; the system's wait.
    ///
    /// # Errors
    /// When the text is not PEM or holds something else than certificates.
    pub fn new(roots: &Roots) -> Result<Self, SetupError> {
        let mut given = Vec::new();
        if let Roots::Pem(pem) | Roots::NativeAnd(pem) = roots {
            given = read_certificates("the root certificates", pem)?;
        }
        let (_, refused) = RootCertStore::empty().add_parsable_certificates(given.iter().cloned());
        if refused > 0 {
            return Err(SetupError::Tls {
                what: "the root certificates",
                reason: format!("{refused} of {} are not X.509 certificates", given.len()),
            });
        }
        let native = matches!(roots, Roots::Native | Roots::NativeAnd(_));
        Ok(Self {
            native,
            given,
            verifier: OnceLock::new(),
        })
    }

    /// Checks certificates against the roots.
    pub fn verifier(&self) -> Arc<dyn ServerCertVerifier> {
        Arc::clone(self.verifier.get_or_init(|| self.build()))
    }

    fn build(&self) -> Arc<dyn ServerCertVerifier> {
        let mut store = RootCertStore::empty();
        if self.native {
            let native = rustls_native_certs::load_native_certs();
            for error in &native.errors {
                tracing::warn!(%error, "a root certificate of the system could not be read");
            }
            store.add_parsable_certificates(native.certs);
        }
        store.add_parsable_certificates(self.given.iter().cloned());
        if store.is_empty() {
            tracing::warn!("no root certificates found: every TLS receiver will be refused; install `ca-certificates`");
            return Arc::new(verify::TrustNothing);
        }
        match WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider()).build() {
            Ok(inner) => Arc::new(verify::Checked {
                inner,
                given: self.given.clone(),
            }),
            Err(error) => {
                tracing::error!(%error, "the root certificates cannot be used: every TLS receiver will be refused");
                Arc::new(verify::TrustNothing)
            }
        }
    }
}
