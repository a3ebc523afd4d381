//! TLS by rustls: which roots are trusted, client certificates, and errors in words. A configuration is built once per
//! combination of options and kept, because building one costs far more than an exchange.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{AlertDescription, CertificateError, ClientConfig, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::error::{Failure, FailureCode, SetupError};

mod details;
mod key;
mod limits;
mod pfx;
mod trust;
mod verify;

pub use details::CertificateDetails;
pub use limits::{TlsLimits, suites};
use trust::Trust;

/// Which authorities are trusted.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// The operating system's.
    #[default]
    Native,
    /// Only those of this PEM text. A self-signed server certificate may be named here too.
    Pem(Vec<u8>),
    /// The operating system's and those of this PEM text.
    NativeAnd(Vec<u8>),
}

/// A certificate that we show to a receiver, with its key. Cheap to clone; parse it once and keep it.
#[derive(Clone)]
pub struct ClientCertificate(Arc<Pair>);

struct Pair {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientCertificate(hidden)")
    }
}

impl PartialEq for ClientCertificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.chain == other.0.chain && self.0.key.secret_der() == other.0.key.secret_der())
    }
}

impl Eq for ClientCertificate {}

impl std::hash::Hash for ClientCertificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.chain.first().map(AsRef::as_ref).unwrap_or_default().hash(state);
    }
}

impl ClientCertificate {
    /// Reads a certificate (chain, leaf first) and its private key from PEM texts.
    ///
    /// # Errors
    /// When either is not PEM, holds none, or the key cannot be used with the certificate.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, SetupError> {
        Self::from_encrypted_pem(certificate, key, None)
    }

    /// The same with a private key that may be encrypted with a passphrase.
    ///
    /// # Errors
    /// Also when the passphrase is missing or wrong.
    pub fn from_encrypted_pem(certificate: &[u8], key: &[u8], passphrase: Option<&str>) -> Result<Self, SetupError> {
        let chain = read_certificates("the client certificate", certificate)?;
        Self::new(chain, key::read(key, passphrase)?)
    }

    /// Reads certificate, chain and key from a PKCS#12 file (RFC 7292). No passphrase is the empty one.
    ///
    /// # Errors
    /// When it is no such file, the passphrase is wrong, certificate or key is missing, or the key cannot be used with
    /// the certificate.
    pub fn from_pfx(file: &[u8], passphrase: Option<&str>) -> Result<Self, SetupError> {
        let (chain, key) = pfx::read(file, passphrase)?;
        Self::new(chain, key)
    }

    /// Whose it is, and until when.
    ///
    /// # Errors
    /// One of the chain is no X.509 certificate.
    pub fn details(&self) -> Result<CertificateDetails, SetupError> {
        details::read(&self.0.chain)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, SetupError> {
        let signer = provider()
            .key_provider
            .load_private_key(key.clone_key())
            .map_err(|error| SetupError::Tls {
                what: "the client certificate's key",
                reason: error.to_string(),
            })?;
        let pair = CertifiedKey::new(chain.clone(), signer);
        if let Err(error @ rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) = pair.keys_match() {
            return Err(SetupError::Tls {
                what: "the client certificate",
                reason: error.to_string(),
            });
        }
        Ok(Self(Arc::new(Pair { chain, key })))
    }
}

fn read_certificates(what: &'static str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| SetupError::Pem {
            what,
            reason: error.to_string(),
        })?;
    if found.is_empty() {
        return Err(SetupError::Pem {
            what,
            reason: "it holds no certificate".to_owned(),
        });
    }
    Ok(found)
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: std::sync::OnceLock<Arc<CryptoProvider>> = std::sync::OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider())))
}

/// What of a request decides over its TLS configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TlsOptions {
    pub verify: bool,
    pub http2: bool,
    pub certificate: Option<ClientCertificate>,
    pub limits: TlsLimits,
}

/// The trust anchors and the configurations built so far.
pub(crate) struct Tls {
    trust: Trust,
    built: Mutex<HashMap<TlsOptions, Arc<ClientConfig>>>,
}

/// Beyond this many combinations the cache starts anew.
const MAX_CONFIGS: usize = 512;

impl Tls {
    pub fn new(roots: &Roots) -> Result<Self, SetupError> {
        Ok(Self {
            trust: Trust::new(roots)?,
            built: Mutex::default(),
        })
    }

    /// The TLS handshake with a receiver.
    pub async fn handshake(&self, stream: TcpStream, server_name: &str, options: &TlsOptions) -> Result<TlsStream<TcpStream>, Failure> {
        let name = ServerName::try_from(server_name.to_owned())
            .map_err(|_| Failure::new(FailureCode::TlsName, "the receiver's name cannot be in a certificate"))?;
        let config = self.config(options)?;
        TlsConnector::from(config)
            .connect(name, stream)
            .await
            .map_err(|error| handshake_failure(&error))
    }

    fn config(&self, options: &TlsOptions) -> Result<Arc<ClientConfig>, Failure> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = built.get(options) {
            return Ok(Arc::clone(config));
        }
        let (provider, versions) = options.limits.apply()?;
        let config = Arc::new(
            self.build(options, provider, &versions)
                .map_err(|error| Failure::new(FailureCode::BadRequest, format!("the client certificate cannot be used: {error}")))?,
        );
        if built.len() >= MAX_CONFIGS {
            built.clear();
        }
        built.insert(options.clone(), Arc::clone(&config));
        Ok(config)
    }

    fn build(
        &self,
        options: &TlsOptions,
        limited: Arc<CryptoProvider>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ClientConfig, rustls::Error> {
        let verifier = if options.verify {
            self.trust.verifier()
        } else {
            Arc::new(verify::TrustAll(provider()))
        };
        let builder = ClientConfig::builder_with_provider(limited)
            .with_protocol_versions(versions)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &options.certificate {
            // Whether the certificate is good is the receiver's to judge: rustls' own way in would refuse
            // X.509 v1, which `openssl x509 -req` makes unless told otherwise.
            Some(pair) => {
                let signer = provider().key_provider.load_private_key(pair.0.key.clone_key())?;
                let shown = CertifiedKey::new(pair.0.chain.clone(), signer);
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(shown)))
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = if options.http2 {
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        } else {
            vec![b"http/1.1".to_vec()]
        };
        Ok(config)
    }
}

/// The failure behind an error of the handshake, or of the first read after it (TLS 1.3 refuses a client certificate
/// only then).
pub(crate) fn handshake_failure(error: &io::Error) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(inner) = inner else {
        return match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                Failure::new(FailureCode::Reset, "the receiver reset the connection during the TLS handshake")
            }
            io::ErrorKind::UnexpectedEof => {
                Failure::new(FailureCode::Closed, "the receiver closed the connection during the TLS handshake")
            }
            _ => Failure::new(FailureCode::TlsHandshake, format!("the TLS handshake failed: {error}")),
        };
    };
    match inner {
        rustls::Error::InvalidCertificate(reason) => certificate_failure(reason),
        rustls::Error::InvalidMessage(_) => Failure::new(
            FailureCode::TlsHandshake,
            "the receiver does not speak TLS on this port; check the port, or whether the URL should be `http`",
        ),
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => Failure::new(
            FailureCode::TlsHandshake,
            "the receiver wants a client certificate, and none was shown; add the one that it knows",
        ),
        other => Failure::new(FailureCode::TlsHandshake, format!("the TLS handshake failed: {other}")),
    }
}

fn certificate_failure(reason: &CertificateError) -> Failure {
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Failure::new(FailureCode::TlsExpired, "the receiver's certificate has expired; renew it there")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Failure::new(
            FailureCode::TlsNotYetValid,
            "the receiver's certificate is not valid yet; check the clocks on both sides",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Failure::new(
            FailureCode::TlsName,
            "the receiver's certificate names another host; use the name that it is made for",
        ),
        CertificateError::Other(other) if other.0.is::<verify::SelfSigned>() => Failure::new(
            FailureCode::TlsSelfSigned,
            "the receiver's certificate is self-signed; use one of a known authority, add it to the trusted roots, or turn SSL validation off",
        ),
        _ => Failure::new(
            FailureCode::TlsUntrusted,
            format!(
                "the receiver's certificate is not trusted ({reason}); let it send its whole chain, or add its authority to the trusted roots"
            ),
        ),
    }
}
