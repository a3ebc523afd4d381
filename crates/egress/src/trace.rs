//! The record of an exchange while it runs: which phase it is in, and how long each took. It lives outside the work
//! that it records, so that it can still tell where the deadline struck once the work has been dropped.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::error::{Failure, FailureCode};
use crate::exchange::{Exchange, Phases, Response};

/// Where an exchange stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Resolve,
    Proxy,
    Connect,
    Tls,
    Headers,
    Body,
}

/// The phases and counts so far.
pub(crate) struct Trace {
    start: Instant,
    mark: Instant,
    pub stage: Stage,
    pub phases: Phases,
    pub remote: Option<SocketAddr>,
    pub reused: bool,
    pub sent: u64,
    pub received: u64,
    pub status: Option<u16>,
    got_byte: bool,
}

impl Trace {
    pub fn new(start: Instant) -> Self {
        Self {
            start,
            mark: start,
            stage: Stage::Resolve,
            phases: Phases::default(),
            remote: None,
            reused: false,
            sent: 0,
            received: 0,
            status: None,
            got_byte: false,
        }
    }

    /// Books the time since the last call to the present stage and goes on to the next.
    pub fn enter(&mut self, next: Stage) {
        self.book();
        self.stage = next;
    }

    /// A new connection is about to be used, or a kept one.
    pub fn begin_request(&mut self, remote: SocketAddr, reused: bool) {
        if reused {
            self.mark = Instant::now();
        } else {
            self.book();
        }
        self.stage = Stage::Headers;
        self.remote = Some(remote);
        self.reused = reused;
        self.sent = 0;
        self.received = 0;
        self.got_byte = false;
    }

    /// Counts what was read; the first bytes end the waiting.
    pub fn got(&mut self, bytes: usize) {
        if !self.got_byte {
            self.book();
            self.got_byte = true;
        }
        self.received += bytes as u64;
    }

    pub fn got_nothing(&self) -> bool {
        !self.got_byte
    }

    fn book(&mut self) {
        let now = Instant::now();
        let spent = micros(now.duration_since(self.mark));
        self.mark = now;
        let phase = match self.stage {
            Stage::Resolve => &mut self.phases.resolve_us,
            Stage::Proxy | Stage::Connect => &mut self.phases.connect_us,
            Stage::Tls => &mut self.phases.tls_us,
            Stage::Headers if !self.got_byte => &mut self.phases.first_byte_us,
            Stage::Headers | Stage::Body => &mut self.phases.body_us,
        };
        *phase += spent;
    }

    pub fn timeout(&self, deadline: Duration) -> Failure {
        let within = format!("within {} ms", deadline.as_millis());
        let (code, what) = match self.stage {
            Stage::Resolve => (FailureCode::DnsTimeout, "the receiver's name was not resolved"),
            Stage::Proxy => (FailureCode::ProxyFailed, "the proxy did not open the connection"),
            Stage::Connect => (FailureCode::ConnectTimeout, "the receiver did not answer the connection"),
            Stage::Tls => (FailureCode::TlsTimeout, "the TLS handshake was not finished"),
            Stage::Headers => (FailureCode::TimeoutHeaders, "the receiver did not answer the request"),
            Stage::Body => (FailureCode::TimeoutBody, "the response's body was not complete"),
        };
        let status = self.status.map(|status| format!(" (its status was {status})")).unwrap_or_default();
        Failure::new(
            code,
            format!("{what} {within}{status}; check the receiver, or raise the time limit"),
        )
    }

    pub fn finish(mut self, outcome: Result<Response, Failure>) -> Exchange {
        self.book();
        Exchange {
            outcome,
            phases: self.phases,
            total_us: micros(self.mark.duration_since(self.start)),
            remote: self.remote,
            reused: self.reused,
            bytes_sent: self.sent,
            bytes_received: self.received,
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
