//! A receiver that misbehaves in one way: what it does with a connection, and the code that comes of it.

use std::sync::Arc;

use rustls::ServerConfig;
use store::tables::attempts::Attempt;

use crate::raw::{Behaviour, Line, Raw, behave};

/// What may be said of the attempt beside its code.
pub type Check = fn(&Attempt);

enum Speech {
    Plain,
    /// The URL says `https`, the receiver says what it wants.
    FalseTls,
    Tls(Arc<ServerConfig>),
}

pub struct Case {
    pub name: &'static str,
    pub code: &'static str,
    /// It would hold us for ever.
    pub hangs: bool,
    /// Such a one with all the time in the world stands beside it.
    pub twin: bool,
    /// Its connection may wait for another call.
    pub kept: bool,
    speech: Speech,
    act: Behaviour,
    pub check: Check,
}

/// A way to behave, and the code that comes of it.
pub fn case<F: Future<Output = ()> + Send + 'static>(
    name: &'static str,
    code: &'static str,
    act: impl Fn(Line) -> F + Send + Sync + 'static,
) -> Case {
    let hangs = code.starts_with("timeout_") || code == "tls_timeout";
    Case {
        name,
        code,
        hangs,
        twin: hangs,
        kept: false,
        speech: Speech::Plain,
        act: behave(act),
        check: |_| {},
    }
}

impl Case {
    pub fn which(self, check: Check) -> Self {
        Self { check, ..self }
    }

    /// Without a twin: left alone for long, it would be given up for another reason.
    pub fn alone(self) -> Self {
        Self { twin: false, ..self }
    }

    /// It may never hear of the call, so that its connection does not end with it.
    pub fn kept(self) -> Self {
        Self { kept: true, ..self }
    }

    pub fn false_tls(self) -> Self {
        Self {
            speech: Speech::FalseTls,
            ..self
        }
    }

    pub fn tls(self, config: Arc<ServerConfig>) -> Self {
        Self {
            speech: Speech::Tls(config),
            ..self
        }
    }

    /// A receiver that behaves so, and its URL.
    pub async fn receiver(&self) -> (Raw, String) {
        let receiver = match &self.speech {
            Speech::Plain | Speech::FalseTls => Raw::new(Arc::clone(&self.act)).await,
            Speech::Tls(config) => Raw::over_tls(Arc::clone(&self.act), Arc::clone(config)).await,
        };
        let url = match self.speech {
            Speech::FalseTls => receiver.https(),
            _ => receiver.url(),
        };
        (receiver, url)
    }
}

/// Answers with these bytes and hangs up.
pub fn answers(name: &'static str, code: &'static str, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Case {
    let bytes = Arc::new(bytes);
    case(name, code, move |mut line| {
        let bytes = Arc::clone(&bytes);
        async move {
            line.request().await;
            line.say(bytes.as_ref().as_ref()).await;
            line.half_close().await;
        }
    })
}

/// Begins with `head` and goes on with `piece` for ever.
pub fn floods(name: &'static str, code: &'static str, head: &'static str, piece: &'static str) -> Case {
    case(name, code, move |mut line| async move {
        line.request().await;
        line.say(head).await;
        line.flood(piece).await;
    })
}

/// A success, of whose body the first part is kept.
pub fn truncated(attempt: &Attempt) {
    assert!(attempt.success && attempt.response_truncated, "{attempt:?}");
    assert_eq!(attempt.response_body.as_ref().unwrap().len(), 64 * 1024);
}
