//! One request to its answer: cookies, redirects, times.
//!
//! Used for items and for `pm.sendRequest` alike, so both obey the same rules and share
//! one jar. Locks are held for a moment only, never while the network is waited for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::digests::{Digests, Owner};
use super::route::OwnRoute;
use super::tokens::Tokens;
use super::{RunOptions, micros_since};
use crate::auth::handshake::{Fresh, Handshake, Step};
use crate::cookies::Jar;
use crate::dynamic::{Dynamic, Now};
use crate::files::FileAccess;
use crate::format::{Auth, Param, Request};
use crate::redirect::{self, Decision};
use crate::report::{Replay, RequestError, SubRequest};
use crate::request::{self, Limits, Prepared, Profile, Sent};
use crate::script::{Scopes, ScriptCookie};
use crate::transport::{Transport, TransportError, WireRequest, WireResponse};

/// The run's way to the network, shared by its items and scripts.
pub struct Wire {
    transport: Arc<dyn Transport>,
    pub(super) files: Arc<dyn FileAccess>,
    pub options: RunOptions,
    pub now: Now,
    jar: Mutex<Jar>,
    pub(super) dynamic: Mutex<Dynamic>,
    pub(super) tokens: Tokens,
    digests: Digests,
    /// Of connections that must not be shared with other runs.
    group: u64,
}

/// Numbers the groups of connections of this process.
static GROUPS: AtomicU64 = AtomicU64::new(0);

/// A request that was sent, or could not be.
pub struct Exchange {
    pub sent: Option<Sent>,
    /// Variables substituted; as given when that was not possible.
    pub resolved: Request,
    pub result: Result<Answer, RequestError>,
    pub warnings: Vec<String>,
    /// Cookies that apply to the last URL, the response's included.
    pub cookies: Vec<ScriptCookie>,
    /// Exchanges before this one that the authentication needed.
    pub replays: Vec<Replay>,
    /// The request for the token that this one carries, when it was fetched for it.
    pub token_request: Option<SubRequest>,
}

/// A response with what the way to it took.
pub struct Answer {
    pub response: WireResponse,
    pub redirects: u64,
    /// All exchanges together, microseconds.
    pub total_us: u64,
}

impl Wire {
    pub fn new(
        transport: Arc<dyn Transport>,
        files: Arc<dyn FileAccess>,
        options: RunOptions,
        now: Now,
        (dynamic, jar): (Dynamic, Jar),
    ) -> Self {
        Self {
            transport,
            files,
            options,
            now,
            jar: Mutex::new(jar),
            dynamic: Mutex::new(dynamic),
            tokens: Tokens::default(),
            digests: Digests::default(),
            group: GROUPS.fetch_add(1, Ordering::Relaxed),
        }
    }

    pub fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cookies that apply to a URL, none for one that cannot be parsed.
    pub fn cookies(&self, url: &str) -> Vec<ScriptCookie> {
        let Ok(url) = url::Url::parse(url) else { return Vec::new() };
        self.jar()
            .matching(&url, (self.now)())
            .into_iter()
            .map(crate::cookies::Cookie::to_script)
            .collect()
    }

    /// Sends a request as it is and follows its redirects.
    pub(super) async fn send_as(
        &self,
        request: &Request,
        (auth, owner): (Option<&Auth>, Option<Owner>),
        profile: &Profile,
        scopes: &Scopes,
    ) -> Exchange {
        let prepared = {
            let mut dynamic = self.dynamic.lock().unwrap_or_else(PoisonError::into_inner);
            let limits = Limits {
                timeout: self.options.request_timeout,
                verify_tls: self.options.strict_ssl,
                max_response_bytes: self.options.max_response_bytes,
            };
            request::prepare(request, auth, profile, (scopes, &mut dynamic), self.files.as_ref(), &limits)
        };
        let Prepared {
            mut wire,
            mut resolved,
            mut warnings,
            refused,
            ..
        } = prepared;
        let written = resolved.headers.clone();
        let own = self.own_route(request, &mut warnings);
        let mut handshake = Handshake::new(resolved.auth.as_ref(), self.digests.of(owner));
        if handshake.is_bound_to_connection() {
            wire.connection_group = Some(self.group);
        }
        let first = handshake.first(&wire, &self.token());
        first.dress(&mut wire, &mut warnings);
        let (mut replays, mut last_url) = (Vec::new(), wire.url.clone());
        let (sent, result) = loop {
            let mut dressed = wire.clone();
            let own_cookies = header_of(&wire, "cookie");
            self.add_cookies(&mut dressed, profile);
            let sent = Sent::of(&dressed, self.options.max_report_bytes);
            resolved.headers = shown_headers(&request.headers, &written, &dressed.headers);
            let answer = match refused.clone() {
                Some(error) => Err(error),
                None => self.follow(dressed, (profile, &own, own_cookies), &mut last_url).await,
            };
            let Ok(answer) = answer else { break (sent, answer) };
            let Some(step) = self.once_more(&mut handshake, &wire, &answer) else {
                break (sent, Ok(answer));
            };
            step.dress(&mut wire, &mut warnings);
            replays.push(Replay {
                request: sent,
                response: answer.to_report(self.options.max_report_bytes),
            });
        };
        self.digests.keep(owner, handshake);
        if result.as_ref().is_ok_and(|answer| answer.response.truncated) {
            let limit = self.options.max_response_bytes;
            warnings.push(format!(
                "the response is longer than the limit of {:.1} MiB: tests and reports see its first {limit} bytes",
                limit as f64 / f64::from(1 << 20)
            ));
        }
        Exchange {
            sent: Some(sent),
            resolved,
            result,
            warnings,
            cookies: self.cookies(&last_url),
            replays,
            token_request: None,
        }
    }

    /// What the authentication answers to a refusal.
    fn once_more(&self, handshake: &mut Handshake, wire: &WireRequest, answer: &Answer) -> Option<Step> {
        let (token, now) = (self.token(), (self.now)());
        handshake.next(wire, &answer.response, &Fresh { token: &token, now })
    }

    fn token(&self) -> String {
        self.dynamic.lock().unwrap_or_else(PoisonError::into_inner).token(8)
    }

    async fn follow(
        &self,
        mut wire: WireRequest,
        (profile, own, own_cookies): (&Profile, &OwnRoute, Option<String>),
        last_url: &mut String,
    ) -> Result<Answer, RequestError> {
        let (mut redirects, mut total_us) = (0_usize, 0_u64);
        loop {
            self.route(&mut wire, own);
            let started = Instant::now();
            let response = self.transport.exchange(wire.clone()).await.map_err(request_error)?;
            total_us += if response.total_us > 0 {
                response.total_us
            } else {
                micros_since(started)
            };
            self.store_cookies(&wire.url, &response, profile);
            last_url.clone_from(&wire.url);
            match redirect::decide(&wire, &response, profile, self.options.follow_redirects, redirects) {
                Decision::Final => {
                    return Ok(Answer {
                        response,
                        redirects: redirects as u64,
                        total_us,
                    });
                }
                Decision::TooMany(message) => {
                    return Err(RequestError {
                        code: "EREDIRECTS".into(),
                        message,
                    });
                }
                Decision::Nowhere(why) => return Err(why),
                Decision::Follow(next) => {
                    let same_host = redirect::host_of(&wire.url) == redirect::host_of(&next.url);
                    wire = *next;
                    redirects += 1;
                    // What the user wrote goes along the chain, but not to somebody else.
                    if let Some(own) = own_cookies.clone().filter(|_| same_host) {
                        wire.headers.push(("Cookie".into(), own));
                    }
                    self.add_cookies(&mut wire, profile);
                }
            }
        }
    }

    /// Joins the jar's cookies to those the user wrote.
    fn add_cookies(&self, wire: &mut WireRequest, profile: &Profile) {
        if profile.flag("disableCookies", false) {
            return;
        }
        let Ok(url) = url::Url::parse(&wire.url) else { return };
        let Some(stored) = self.jar().header(&url, (self.now)()) else {
            return;
        };
        match wire.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("cookie")) {
            Some((_, own)) if own.is_empty() => *own = stored,
            Some((_, own)) => *own = format!("{own}; {stored}"),
            None => wire.headers.push(("Cookie".into(), stored)),
        }
    }

    fn store_cookies(&self, url: &str, response: &WireResponse, profile: &Profile) {
        if profile.flag("disableCookies", false) {
            return;
        }
        let Ok(url) = url::Url::parse(url) else { return };
        let now = (self.now)();
        let mut jar = self.jar();
        for (_, line) in response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            jar.store(&url, line, now);
        }
    }
}

/// The headers of a request for scripts: as written, those that are switched off among them,
/// and then what was added to be sent.
fn shown_headers(written: &[Param], resolved: &[Param], sent: &[(String, String)]) -> Vec<Param> {
    let named = |param: &Param, name: &str| param.key.as_deref().is_some_and(|key| key.eq_ignore_ascii_case(name));
    let mut own = resolved.iter().map(|param| {
        let alone = |name: &str| resolved.iter().filter(|p| named(p, name)).count() == 1;
        // A cookie of the jar was joined to the user's own.
        match sent.iter().find(|(name, _)| named(param, name)) {
            Some((name, value)) if alone(name) => Param {
                value: Some(value.clone()),
                ..param.clone()
            },
            _ => param.clone(),
        }
    });
    let mut shown: Vec<Param> = Vec::new();
    for param in written {
        shown.extend(if param.disabled { Some(param.clone()) } else { own.next() });
    }
    shown.extend(own);
    let added = sent.iter().filter(|(name, _)| !resolved.iter().any(|p| named(p, name)));
    shown.extend(added.map(|(name, value)| Param::new(name, value)));
    shown
}

fn header_of(wire: &WireRequest, wanted: &str) -> Option<String> {
    let found = wire.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
}

fn request_error(error: TransportError) -> RequestError {
    RequestError {
        code: error.code,
        message: error.message,
    }
}
