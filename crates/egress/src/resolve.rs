//! Names to addresses, once per connection and by us: the connection goes to an address of this answer and to no
//! other, so a second answer can change nothing.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use crate::error::{Failure, FailureCode};
use crate::policy::Policy;
use crate::url::{Host, Target, loopback_endpoints};

/// Why a name has no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The name does not exist or has no addresses.
    #[error("the name has no address")]
    NotFound,
    /// The name servers did not answer, or not usefully.
    #[error("the name servers could not answer")]
    Temporary,
}

/// Where addresses come from. Tests bring their own.
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of a name, in the order of preference. The name is ASCII and lower case, and never a number.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>>;
}

/// The system's resolver (`getaddrinfo`), with its hosts file and search rules.
#[derive(Clone, Debug)]
pub struct SystemResolver {
    lookups: Arc<Semaphore>,
}

/// Look-ups at the same time. Each holds a thread, and those that hang must not take all of the runtime's.
const MAX_LOOKUPS: usize = 128;

impl Default for SystemResolver {
    fn default() -> Self {
        Self {
            lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)),
        }
    }
}

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        Box::pin(async move {
            let lookups = Arc::clone(&self.lookups);
            let permit = lookups.acquire_owned().await.map_err(|_| ResolveError::Temporary)?;
            let name = name.to_owned();
            let lookup = tokio::task::spawn_blocking(move || {
                // Held by the thread, not by the caller: a caller that gives up does not end the look-up.
                let _permit = permit;
                let found = (name.as_str(), 0).to_socket_addrs()?;
                io::Result::Ok(found.map(|endpoint| endpoint.ip()).collect())
            });
            lookup
                .await
                .map_err(|_| ResolveError::Temporary)?
                .map_err(|error| classify_error(&error))
        })
    }
}

/// `getaddrinfo`'s reason arrives as text only; `EAI_AGAIN` is the one that may pass by itself.
fn classify_error(error: &io::Error) -> ResolveError {
    let text = error.to_string().to_ascii_lowercase();
    if text.contains("temporary") || text.contains("try again") || text.contains("system error") {
        ResolveError::Temporary
    } else {
        ResolveError::NotFound
    }
}

/// The endpoints to try for a target, every one of them checked. One forbidden address among them refuses the call:
/// a name that answers good and bad addresses is an attempt to get around the guard.
pub(crate) async fn endpoints(resolver: &dyn Resolver, target: &Target, policy: &Policy) -> Result<Vec<SocketAddr>, Failure> {
    let name = match &target.host {
        Host::Ip(ip) => {
            let endpoint = SocketAddr::new(*ip, target.port);
            policy.check_address(endpoint)?;
            return Ok(vec![endpoint]);
        }
        // `check_url` has refused it already unless at least one is allowed.
        Host::Localhost(_) => return Ok(loopback_endpoints(policy, target.port).collect()),
        Host::Name(name) => name,
    };
    let found = resolver.resolve(name).await.map_err(|error| match error {
        ResolveError::NotFound => not_found(),
        ResolveError::Temporary => Failure::new(
            FailureCode::DnsFailed,
            "the receiver's name could not be resolved now; check the name servers if it stays so",
        ),
    })?;
    if found.is_empty() {
        return Err(not_found());
    }
    let mut endpoints = Vec::with_capacity(found.len().min(MAX_ENDPOINTS));
    for ip in found {
        let endpoint = SocketAddr::new(ip, target.port);
        policy.check_address(endpoint)?;
        if endpoints.len() < MAX_ENDPOINTS && !endpoints.contains(&endpoint) {
            endpoints.push(endpoint);
        }
    }
    Ok(endpoints)
}

/// How many addresses are tried at most; every address of the answer is checked all the same.
const MAX_ENDPOINTS: usize = 8;

fn not_found() -> Failure {
    Failure::new(FailureCode::DnsNotFound, "the receiver's name has no address; check its spelling")
}
