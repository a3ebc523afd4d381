//! The guarded HTTP client: the only code of the project that opens outgoing connections.
//!
//! Every call is judged by a [`Policy`] twice: its URL before any look-up ([`check_url`]), and every address that
//! the host resolves to before any connection. The connection then goes to one of exactly those addresses, so that a
//! name that answers differently a moment later (rebinding) changes nothing. One deadline covers the whole exchange,
//! redirects are answers like any other, and what is read is capped.
//!
//! HTTP/1.1 is spoken by this crate itself (over `httparse`), because a collection's request target, header order and
//! header case must reach the wire byte for byte; HTTP/2 is `hyper`'s.

pub mod address;
pub mod body;
mod client;
mod connect;
mod error;
mod exchange;
mod http1;
mod http2;
pub mod mail;
pub mod own;
pub mod policy;
mod pool;
pub mod proxy;
pub mod resolve;
pub mod tls;
mod trace;
pub mod url;

pub use address::{AddressClass, classify};
pub use client::{Client, ClientConfig};
pub use error::{Failure, FailureCode, Refusal, Rule, SetupError};
pub use exchange::{Exchange, Parsing, Phases, Request, Response, Version};
pub use mail::{Letter, MailConfig, MailFailure, Mailer};
pub use policy::{Policy, PolicyRules};
pub use proxy::{Lookup, ProxyConfig};
pub use resolve::{ResolveError, Resolver, SystemResolver};
pub use tls::{CertificateDetails, ClientCertificate, Roots, TlsLimits};
pub use url::{Host, Scheme, Target, check_url};
