// The preview beside a webhook's form, fetched again as one types. Without this script a button does the same.
"use strict";

for (const form of document.querySelectorAll("form[data-preview-at]")) {
  const pane = () => document.getElementById("preview");
  let timer;
  let running;
  async function refresh() {
    running?.abort();
    running = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.previewAt, { method: "POST", body, credentials: "same-origin", signal: running.signal });
      if (answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("preview");
      if (fresh && pane()) pane().replaceWith(fresh);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }
  form.addEventListener("input", (event) => {
    // Names and addresses are not part of what is previewed.
    if (["name", "url"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  });
  refresh();
}
