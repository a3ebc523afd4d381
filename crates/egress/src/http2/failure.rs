//! What an error of the HTTP/2 library means in our codes: who broke off, and whether the answer broke the rules.

use std::error::Error;
use std::io;

use h2::Reason;

use super::meter::Meter;
use crate::error::{Failure, FailureCode};
use crate::trace::Stage;

/// Judges an error of a connection with this meter, whose call had come so far.
pub(super) fn failure(error: &hyper::Error, meter: &Meter, stage: Stage) -> Failure {
    if meter.is_flooded() {
        let what = "the receiver sends frame after frame that answers nothing; check the receiver";
        return Failure::new(FailureCode::BadResponse, what).with_node_code("ERR_HTTP2_SESSION_ERROR");
    }
    if error.is_timeout() {
        let what = "the receiver did not answer a PING of its HTTP/2 connection, which was given up; check whether it is still there";
        return Failure::new(FailureCode::Closed, what);
    }
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return of_io(io);
        }
        if let Some(h2) = inner.downcast_ref::<h2::Error>()
            && let Some(failure) = of_h2(h2, meter, stage)
        {
            return failure;
        }
        source = inner.source();
    }
    // The last: the connection ended while the request waited for its turn.
    if error.is_closed() || error.is_canceled() || error.is_incomplete_message() || error.is_user() {
        return closed();
    }
    Failure::new(
        FailureCode::BadResponse,
        format!("the HTTP/2 exchange failed: {error}; check the receiver"),
    )
    .with_node_code("ERR_HTTP2_STREAM_ERROR")
}

fn of_io(error: &io::Error) -> Failure {
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        return crate::tls::handshake_failure(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::NotConnected => closed(),
        _ => Failure::new(FailureCode::Reset, "the receiver reset the connection; check its log"),
    }
}

/// `None`: the error holds another one that says more.
fn of_h2(error: &h2::Error, meter: &Meter, stage: Stage) -> Option<Failure> {
    if let Some(io) = error.get_io() {
        return Some(of_io(io));
    }
    let reason = error.reason()?;
    Some(if error.is_remote() {
        of_peer(error, reason, meter)
    } else {
        of_library(error, reason, stage)
    })
}

/// The receiver broke it off. Where it says that it did nothing with the request, that may be sent again (RFC 9113, 8.7).
fn of_peer(error: &h2::Error, reason: Reason, meter: &Meter) -> Failure {
    if error.is_go_away() {
        let what = format!("the receiver ended the connection without a complete answer (GOAWAY: {reason}); check its log");
        let mut failure = Failure::new(FailureCode::Closed, what);
        failure.unprocessed = reason == Reason::NO_ERROR && meter.leaves_some_out();
        return failure;
    }
    let what = format!("the receiver broke off the exchange (RST_STREAM: {reason}); check its log");
    let mut failure = Failure::new(FailureCode::Reset, what).with_node_code("ERR_HTTP2_STREAM_ERROR");
    failure.unprocessed = reason == Reason::REFUSED_STREAM;
    failure
}

/// The library broke it off.
fn of_library(error: &h2::Error, reason: Reason, stage: Stage) -> Failure {
    if stage == Stage::Headers && is_for_headers(error, reason) {
        return header_too_large();
    }
    if error.is_go_away() && reason == Reason::ENHANCE_YOUR_CALM {
        let what = "the connection was ended because the receiver sends bodies in too many empty or tiny parts; check the receiver";
        return Failure::new(FailureCode::Closed, what).with_node_code("ERR_HTTP2_SESSION_ERROR");
    }
    Failure::new(
        FailureCode::BadResponse,
        format!("the answer breaks the rules of HTTP/2 ({reason}); check the receiver"),
    )
    .with_node_code("ERR_HTTP2_STREAM_ERROR")
}

/// Whether a header block is too long, or comes in too many pieces. Only the text of the error tells what a connection
/// ended for.
fn is_for_headers(error: &h2::Error, reason: Reason) -> bool {
    if !error.is_go_away() {
        return reason == Reason::REFUSED_STREAM;
    }
    let text = error.to_string();
    ["header_list_way_too_large", "too_many_continuations"]
        .iter()
        .any(|name| text.contains(name))
}

pub(super) fn header_too_large() -> Failure {
    Failure::new(
        FailureCode::HeaderTooLarge,
        "the response's headers are larger or more than allowed; check the receiver",
    )
}

fn closed() -> Failure {
    Failure::new(
        FailureCode::Closed,
        "the receiver closed the connection without a complete answer; check its log",
    )
}
