//! The way of a request: which certificate it shows and which proxy it goes through.

use super::exchange::Wire;
use crate::format::Request;
use crate::transport::{ClientIdentity, WireRequest};
use crate::{certificates, proxies};

/// What a request of a collection says of its own way.
pub struct OwnRoute {
    identity: Option<ClientIdentity>,
    proxy: Option<serde_json::Value>,
}

impl Wire {
    /// Reads the certificate that a request names.
    pub fn own_route(&self, request: &Request, warnings: &mut Vec<String>) -> OwnRoute {
        let mut own = OwnRoute {
            identity: None,
            proxy: request.proxy.clone(),
        };
        if let Some(certificate) = &request.certificate {
            match certificates::read(certificate, self.files.as_ref()) {
                Ok(identity) => own.identity = identity,
                Err(why) => warnings.push(format!("the request's certificate is not shown: {why}")),
            }
        }
        own
    }

    /// Chooses certificate and proxy, which a redirect may change. What the request names
    /// itself stays.
    pub fn route(&self, wire: &mut WireRequest, own: &OwnRoute) {
        let none = self.options.certificates.is_empty() && self.options.proxies.is_empty();
        if none && own.identity.is_none() && own.proxy.is_none() {
            return;
        }
        let Ok(url) = url::Url::parse(&wire.url) else { return };
        wire.client_certificate = own
            .identity
            .clone()
            .or_else(|| certificates::find(&self.options.certificates, &url).cloned());
        wire.proxy = own
            .proxy
            .as_ref()
            .and_then(|proxy| proxies::own(proxy, &url))
            .or_else(|| self.options.proxies.find(&url).cloned());
    }
}
