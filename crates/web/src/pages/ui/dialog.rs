//! Buttons that change something: each is its own small form, and what cannot be undone is
//! asked for once more in a dialog. Both work without a script (the popover attribute).

use super::{Html, escape, icon};

/// A form that is one button.
pub fn post(action: &str, csrf: &str, class: &str, picture: &str, word: &str) -> Html {
    Html::raw(format!(
        "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\"><button class=\"{}\" type=\"submit\">{}{}</button></form>",
        escape(action),
        escape(csrf),
        escape(class),
        if picture.is_empty() { Html::default() } else { icon(picture) },
        escape(word)
    ))
}

/// A button that opens the dialog `id`.
pub fn opens(id: &str, class: &str, picture: &str, word: &str) -> Html {
    Html::raw(format!(
        "<button class=\"{}\" type=\"button\" popovertarget=\"{}\">{}{}</button>",
        escape(class),
        escape(id),
        icon(picture),
        escape(word)
    ))
}

/// Asks before posting to `action`. `tone` is `danger` or `primary`.
pub fn confirm(id: &str, title: &str, text: &str, action: &str, csrf: &str, tone: &str, word: &str) -> Html {
    let id = escape(id);
    Html::raw(format!(
        "<div class=\"dialog\" id=\"{id}\" popover role=\"dialog\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{}</h2><p>{}</p>\
         <form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\"><div class=\"actions\">\
         <button class=\"btn\" type=\"button\" popovertarget=\"{id}\" popovertargetaction=\"hide\" autofocus>Cancel</button>\
         <button class=\"btn {}\" type=\"submit\">{}</button></div></form></div>",
        escape(title),
        escape(text),
        escape(action),
        escape(csrf),
        escape(tone),
        escape(word)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        let html = confirm("delete", "Delete \"<script>\"?", "<b>", "/x\"y", "t", "danger", "Delete").to_string();
        assert!(
            !html.contains("<script>") && !html.contains("<b>") && html.contains("action=\"/x&quot;y\""),
            "{html}"
        );
    }
}
