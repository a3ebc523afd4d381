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
            && let Some(failure) = of_h2(h2, stage)
        {
            return failure;
        }
        source = inner.source();
    }
    if error.is_closed() || error.is_canceled() || error.is_incomplete_message() {
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
fn of_h2(error: &h2::Error, stage: Stage) -> Option<Failure> {
    if let Some(io) = error.get_io() {
        return Some(of_io(io));
    }
    let reason = error.reason()?;
    let failure = match (error.is_remote(), error.is_go_away()) {
        (true, true) => Failure::new(
            FailureCode::Closed,
            format!("the receiver ended the connection without a complete answer (GOAWAY: {reason}); check its log"),
        ),
        (true, false) => Failure::new(
            FailureCode::Reset,
            format!("the receiver broke off the exchange (RST_STREAM: {reason}); check its log"),
        )
        .with_node_code("ERR_HTTP2_STREAM_ERROR"),
        // So the library says that a header block is too long, or comes in too many pieces.
        (false, _) if stage == Stage::Headers && matches!(reason, Reason::REFUSED_STREAM | Reason::ENHANCE_YOUR_CALM) => header_too_large(),
        (false, _) => Failure::new(
            FailureCode::BadResponse,
            format!("the answer breaks the rules of HTTP/2 ({reason}); check the receiver"),
        )
        .with_node_code("ERR_HTTP2_STREAM_ERROR"),
    };
    Some(failure)
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
