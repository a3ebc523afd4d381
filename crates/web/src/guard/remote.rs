//! The address that a request came from, when the server knows it.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};

/// The peer's address. `None` in tests, where there is no connection.
#[derive(Debug, Clone, Copy)]
pub struct Remote(pub Option<IpAddr>);

impl Remote {
    /// Whether it is this machine.
    pub fn is_loopback(self) -> bool {
        self.0.is_some_and(|ip| ip.to_canonical().is_loopback())
    }

    /// For the log of a source or bin.
    pub fn text(self) -> String {
        self.0.map(|ip| ip.to_canonical().to_string()).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Remote {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())))
    }
}
