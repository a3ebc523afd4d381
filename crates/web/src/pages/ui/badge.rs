//! Status badges: always an icon's shape and a word, never colour alone.

use domain::{
    delivery::DeliveryState,
    incident::{IncidentState, ReceiptAction},
    run::{RunState, RunStatus},
};

use super::{Html, escape, icon};

/// A badge of one of the tones `good`, `bad`, `warn`, `info` or none.
pub fn badge(tone: &str, picture: &str, word: &str) -> Html {
    Html::raw(format!(
        "<span class=\"badge {}\">{}{}</span>",
        escape(tone),
        icon(picture),
        escape(word)
    ))
}

/// How a run stands.
pub fn run_badge(state: &RunState, status: &Option<RunStatus>) -> Html {
    match (state, status) {
        (_, Some(status)) => status_badge(status),
        (RunState::Queued, None) => badge("info", "clock", "Queued"),
        (_, None) => badge("info busy", "busy", "Running"),
    }
}

/// How a run ended, in Postman's words.
pub fn status_badge(status: &RunStatus) -> Html {
    match status {
        RunStatus::Success => badge("good", "check", "Successful"),
        RunStatus::Failure => badge("bad", "cross", "Failure"),
        RunStatus::Error => badge("bad", "alert", "Error"),
        RunStatus::Abort => badge("warn", "stop", "Abort"),
    }
}

/// How a monitor is: by its last result and whether it is active.
pub fn monitor_badge(active: &bool, last: &Option<RunStatus>) -> Html {
    match (*active, last) {
        (false, _) => badge("", "pause", "Paused"),
        (true, Some(RunStatus::Success)) => badge("good", "check", "Up"),
        (true, Some(_)) => badge("bad", "cross", "Failing"),
        (true, None) => badge("", "question", "Unknown"),
    }
}

/// How an incident stands.
pub fn incident_badge(state: &IncidentState) -> Html {
    match state {
        IncidentState::Open => badge("bad", "incident", "Open"),
        IncidentState::Acknowledged => badge("warn", "people", "Acknowledged"),
        IncidentState::Resolved => badge("good", "check", "Resolved"),
    }
}

/// How a delivery stands.
pub fn delivery_badge(state: &DeliveryState) -> Html {
    match state {
        DeliveryState::Pending => badge("info", "clock", "Pending"),
        DeliveryState::Delivered => badge("good", "check", "Delivered"),
        DeliveryState::Failed => badge("bad", "cross", "Failed"),
        DeliveryState::Dropped => badge("", "minus", "Dropped"),
    }
}

/// What a receipt did.
pub fn action_badge(action: &ReceiptAction) -> Html {
    match action {
        ReceiptAction::Opened => badge("bad", "incident", "Opened"),
        ReceiptAction::Updated => badge("bad", "plus", "Updated"),
        ReceiptAction::Resolved => badge("good", "check", "Resolved"),
        ReceiptAction::Acknowledged => badge("warn", "people", "Acknowledged"),
        ReceiptAction::Duplicate => badge("", "copy", "Duplicate"),
        ReceiptAction::Stale => badge("", "clock", "Stale"),
        ReceiptAction::Ignored => badge("", "minus", "Ignored"),
        ReceiptAction::None => badge("", "minus", "No effect"),
    }
}

/// An HTTP status code, or that there was none.
pub fn code_badge<N: super::Whole>(code: &Option<N>) -> Html {
    match code.as_ref().and_then(super::Whole::whole) {
        Some(code @ 200..300) => badge("good", "check", &code.to_string()),
        Some(code @ 300..400) => badge("warn", "arrow", &code.to_string()),
        Some(code) => badge("bad", "cross", &code.to_string()),
        None => badge("bad", "alert", "No response"),
    }
}

/// On or off.
pub fn enabled_badge(enabled: &bool) -> Html {
    if *enabled {
        badge("good", "check", "Enabled")
    } else {
        badge("", "pause", "Disabled")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_a_shape_always() {
        for status in RunStatus::ALL {
            let html = status_badge(status).to_string();
            assert!(html.contains("<svg") && html.contains("<path"), "{html}");
        }
        assert!(badge("", "check", "<b>").to_string().contains("&lt;b&gt;"));
    }
}
