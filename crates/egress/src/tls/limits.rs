//! Which versions and cipher suites of TLS a request may use.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::{CipherSuite, SupportedProtocolVersion};

use crate::error::{Failure, FailureCode};

/// Versions that may be spoken and suites that are offered. The default is everything that is thought safe.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TlsLimits {
    /// TLS 1.2
    pub tls12: bool,
    /// TLS 1.3
    pub tls13: bool,
    /// The numbers (of IANA's registry) of the suites offered, the most wanted first; `None` offers all.
    pub suites: Option<Vec<u16>>,
}

impl Default for TlsLimits {
    fn default() -> Self {
        Self {
            tls12: true,
            tls13: true,
            suites: None,
        }
    }
}

/// The numbers of all suites that can be offered.
#[must_use]
pub fn suites() -> Vec<u16> {
    let all = &super::provider().cipher_suites;
    all.iter().map(|suite| u16::from(suite.suite())).collect()
}

impl TlsLimits {
    /// The versions, and the provider with the suites.
    ///
    /// # Errors
    /// When nothing is left to speak.
    pub(super) fn apply(&self) -> Result<(Arc<CryptoProvider>, Vec<&'static SupportedProtocolVersion>), Failure> {
        let mut provider = super::provider();
        if let Some(wanted) = &self.suites {
            let all = provider.cipher_suites.clone();
            let find = |number: &u16| all.iter().find(|suite| suite.suite() == CipherSuite::from(*number)).copied();
            Arc::make_mut(&mut provider).cipher_suites = wanted.iter().filter_map(find).collect();
        }
        let both = [(self.tls13, &rustls::version::TLS13), (self.tls12, &rustls::version::TLS12)];
        let allowed: Vec<_> = both.into_iter().filter_map(|(on, version)| on.then_some(version)).collect();
        if allowed.is_empty() {
            let why = "the request switches off TLS 1.2 and 1.3, and nothing older is spoken here; allow one of them";
            return Err(Failure::new(FailureCode::BadRequest, why).with_node_code("ERR_SSL_NO_PROTOCOLS_AVAILABLE"));
        }
        let versions: Vec<_> = allowed
            .into_iter()
            .filter(|version| provider.cipher_suites.iter().any(|suite| suite.version() == *version))
            .collect();
        if versions.is_empty() {
            let why = "none of the cipher suites that the request names belongs to a version of TLS that it allows; name others";
            return Err(Failure::new(FailureCode::BadRequest, why).with_node_code("ERR_SSL_NO_CIPHER_MATCH"));
        }
        Ok((provider, versions))
    }
}
