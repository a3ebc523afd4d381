//! How a run behaves, apart from what it runs.

use std::time::Duration;

use crate::certificates::CertificateRule;
use crate::proxies::ProxyRules;

/// When a run ends early because something failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Bail {
    /// Never.
    #[default]
    No,
    /// At the first failed test, script or request.
    Failure,
    /// Before the first request, when a folder that was asked for does not exist.
    Folder,
    /// Both.
    FailureAndFolder,
}

impl Bail {
    /// Whether a failure ends the run.
    pub fn on_failure(self) -> bool {
        matches!(self, Self::Failure | Self::FailureAndFolder)
    }

    /// Whether a folder that does not exist ends the run before it begins.
    pub fn on_folder(self) -> bool {
        matches!(self, Self::Folder | Self::FailureAndFolder)
    }
}

/// How a run behaves; times are limits unless said otherwise.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub follow_redirects: bool,
    /// Check certificates.
    pub strict_ssl: bool,
    /// Pause before each item but the first.
    pub request_delay: Duration,
    /// For one exchange; `None` waits for ever (the run's limit still holds).
    pub request_timeout: Option<Duration>,
    /// For one script, its timers and requests included.
    pub script_timeout: Duration,
    /// For the whole run; over it the run is an abort.
    pub run_timeout: Option<Duration>,
    pub bail: Bail,
    /// Bytes of a response body that are read at all.
    pub max_response_bytes: usize,
    /// Bytes of each body that go into the report.
    pub max_report_bytes: usize,
    /// Client certificates; the first whose pattern matches is shown.
    pub certificates: Vec<CertificateRule>,
    /// Proxies of the whole run. Empty on a server: there the instance decides.
    pub proxies: ProxyRules,
    /// Do as the reference does with asynchronous `pm.test` functions: they pass at once.
    pub newman_async: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            follow_redirects: true,
            strict_ssl: true,
            request_delay: Duration::ZERO,
            request_timeout: None,
            script_timeout: Duration::from_secs(60),
            run_timeout: None,
            bail: Bail::No,
            max_response_bytes: 50 * 1024 * 1024,
            max_report_bytes: 256 * 1024,
            certificates: Vec::new(),
            proxies: ProxyRules::default(),
            newman_async: false,
        }
    }
}
