//! What can go wrong: a [`Refusal`] by the guard, or a [`Failure`] of an exchange. Both carry a stable code that is
//! stored and shown, and a sentence that says what to do about it.

use std::fmt;
use std::net::IpAddr;

use crate::address::AddressClass;

/// The rule of the guard that forbids a call. [`Rule::as_str`] is stored and shown: never rename one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The URL cannot be read at all.
    UrlInvalid,
    /// None of the allowed URL patterns matches.
    UrlNotAllowed,
    /// `http` where only `https` is allowed.
    SchemeHttp,
    /// Neither `http` nor `https`.
    SchemeUnknown,
    /// A user name or password stands in the URL.
    CredentialsInUrl,
    /// The port is 0.
    PortInvalid,
    /// The address is on the list of forbidden addresses (`forbiddenIPs`).
    AddressForbidden,
    /// One of the node's own addresses or listeners.
    OwnAddress,
    /// The address belongs to a special-purpose range.
    Address(AddressClass),
}

impl Rule {
    /// The stable code, for instance `address_loopback`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UrlInvalid => "url_invalid",
            Self::UrlNotAllowed => "url_not_allowed",
            Self::SchemeHttp => "scheme_http",
            Self::SchemeUnknown => "scheme_unknown",
            Self::CredentialsInUrl => "credentials_in_url",
            Self::PortInvalid => "port_invalid",
            Self::AddressForbidden => "address_forbidden",
            Self::OwnAddress => "own_address",
            Self::Address(class) => class.rule(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The guard's "no": which rule, and how to mend it. The message never holds the address: that is for admins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The rule that forbids the call.
    pub rule: Rule,
    /// What is wrong and how to mend it, fit for every member.
    pub message: String,
    /// The forbidden address, to be shown to admins only.
    pub address: Option<IpAddr>,
}

impl Refusal {
    pub(crate) fn new(rule: Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            address: None,
        }
    }

    pub(crate) fn at(rule: Rule, address: IpAddr, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            address: Some(address),
        }
    }
}

macro_rules! failure_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $node:literal;)*) => {
        /// Why an exchange failed. [`FailureCode::as_str`] is stored and shown: never rename one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FailureCode { $($(#[$doc])* $variant,)* }

        impl FailureCode {
            /// Every code there is, for documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code in snake case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The code that Node.js (and so newman) reports for the same failure.
            const fn node_default(self) -> &'static str {
                match self { $(Self::$variant => $node,)* }
            }
        }
    };
}

failure_codes! {
    /// The guard forbids the call; see [`Failure::refusal`].
    GuardRefused = "guard_refused", "EACCES";
    /// The request cannot be written: a method, header or certificate that HTTP does not allow.
    BadRequest = "bad_request", "ERR_INVALID_CHAR";
    /// The host has no address.
    DnsNotFound = "dns_not_found", "ENOTFOUND";
    /// The name servers could not answer now.
    DnsFailed = "dns_failed", "EAI_AGAIN";
    /// The deadline passed while resolving.
    DnsTimeout = "dns_timeout", "ETIMEDOUT";
    /// Nobody listens there.
    ConnectRefused = "connect_refused", "ECONNREFUSED";
    /// No route to the address.
    ConnectUnreachable = "connect_unreachable", "EHOSTUNREACH";
    /// The deadline passed, or the system gave up, while connecting.
    ConnectTimeout = "connect_timeout", "ETIMEDOUT";
    /// The configured source address (`egress.bind`) cannot be used for this receiver.
    BindFailed = "bind_failed", "EADDRNOTAVAIL";
    /// Connecting failed otherwise.
    ConnectFailed = "connect_failed", "ECONNREFUSED";
    /// The proxy refused, failed or was too slow; not the receiver's fault.
    ProxyFailed = "proxy_failed", "ECONNREFUSED";
    /// The certificate is signed by itself.
    TlsSelfSigned = "tls_self_signed", "DEPTH_ZERO_SELF_SIGNED_CERT";
    /// The certificate's issuer is not trusted.
    TlsUntrusted = "tls_untrusted", "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    /// The certificate has expired.
    TlsExpired = "tls_expired", "CERT_HAS_EXPIRED";
    /// The certificate is not valid yet.
    TlsNotYetValid = "tls_not_yet_valid", "CERT_NOT_YET_VALID";
    /// The certificate names another host.
    TlsName = "tls_name", "ERR_TLS_CERT_ALTNAME_INVALID";
    /// The TLS handshake failed otherwise.
    TlsHandshake = "tls_handshake", "EPROTO";
    /// The deadline passed during the TLS handshake.
    TlsTimeout = "tls_timeout", "ETIMEDOUT";
    /// The deadline passed before the response's headers were complete.
    TimeoutHeaders = "timeout_headers", "ESOCKETTIMEDOUT";
    /// The deadline passed while the response's body was still coming.
    TimeoutBody = "timeout_body", "ESOCKETTIMEDOUT";
    /// The receiver reset the connection.
    Reset = "reset", "ECONNRESET";
    /// The receiver closed the connection before the response was complete.
    Closed = "closed", "ECONNRESET";
    /// The response's headers are larger or more than allowed.
    HeaderTooLarge = "header_too_large", "HPE_HEADER_OVERFLOW";
    /// The answer is not HTTP.
    BadResponse = "bad_response", "HPE_INVALID_CONSTANT";
    /// The body is not what its `Content-Encoding` says.
    BadEncoding = "bad_encoding", "Z_DATA_ERROR";
}

/// An exchange that brought no response.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// What happened and what to try, fit for every member (no addresses, no credentials).
    pub message: String,
    /// The guard's verdict, when the code is [`FailureCode::GuardRefused`].
    pub refusal: Option<Refusal>,
    /// Whether the same call may succeed later without anyone changing its settings.
    pub transient: bool,
    /// Whether the receiver surely did nothing with the request, because it never went out or it says so. Only HTTP/2 can
    /// tell.
    pub(crate) unprocessed: bool,
    node: Option<&'static str>,
}

impl Failure {
    pub(crate) fn new(code: FailureCode, message: impl Into<String>) -> Self {
        let transient = !matches!(code, FailureCode::GuardRefused | FailureCode::BadRequest | FailureCode::BindFailed);
        Self {
            code,
            message: message.into(),
            refusal: None,
            transient,
            unprocessed: false,
            node: None,
        }
    }

    /// The same failure with a more exact Node.js code than its class has.
    pub(crate) fn with_node_code(mut self, node: &'static str) -> Self {
        self.node = Some(node);
        self
    }

    /// The code that Node.js reports for it, for instance `ECONNREFUSED`.
    #[must_use]
    pub fn node_code(&self) -> &'static str {
        self.node.unwrap_or_else(|| self.code.node_default())
    }

    /// Whether the receiver is to blame: not so when our own proxy or settings stood in the way.
    #[must_use]
    pub const fn blames_receiver(&self) -> bool {
        !matches!(
            self.code,
            FailureCode::ProxyFailed | FailureCode::GuardRefused | FailureCode::BadRequest | FailureCode::BindFailed
        )
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let mut failure = Self::new(FailureCode::GuardRefused, refusal.message.clone());
        failure.refusal = Some(refusal);
        failure
    }
}

/// The client, a certificate or a policy cannot be set up from what was configured.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SetupError {
    /// A PEM text could not be read.
    #[error("{what} is not valid PEM: {reason}; give the text between and including the BEGIN and END lines")]
    Pem {
        /// Which text.
        what: &'static str,
        /// The parser's reason.
        reason: String,
    },
    /// The TLS library refuses the certificates.
    #[error("{what} cannot be used: {reason}")]
    Tls {
        /// Which part.
        what: &'static str,
        /// The library's reason.
        reason: String,
    },
    /// A list of networks has an entry that is none.
    #[error("entry {position} (`{entry}`) is no IP address or network; write for example `10.0.0.0/8` or `2001:db8::1`")]
    Network {
        /// 1-based position in the list.
        position: usize,
        /// The entry as given.
        entry: String,
    },
    /// The mail settings cannot be used.
    #[error("{setting}: {reason}; write {example}")]
    Mail {
        /// Which one.
        setting: &'static str,
        /// Why not.
        reason: String,
        /// What would be right.
        example: &'static str,
    },
    /// The proxy setting is not one that is supported.
    #[error("the proxy `{given}` is not usable: {reason}; write `http://host:port` or `socks5://host:port`")]
    Proxy {
        /// The setting without its credentials.
        given: String,
        /// Why not.
        reason: &'static str,
    },
}
