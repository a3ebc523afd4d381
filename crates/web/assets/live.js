// Live parts: `/live` tells that something of the workspace changed; the marked parts of
// the page are then fetched again and put in place. What a person has opened stays open,
// and what they are typing in or pointing a menu at is left alone.
"use strict";

(() => {
  const parts = () => Array.from(document.querySelectorAll("[data-live][id]"));
  if (!parts().length || !("EventSource" in window)) return;

  const opened = (root) => new Set(Array.from(root.querySelectorAll("details[open][id]"), (one) => one.id));
  const busy = (part) => part.querySelector(":popover-open, details.menu[open]") || (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

  function replace(part, fresh) {
    if (!fresh || part.outerHTML === fresh.outerHTML || busy(part)) return;
    const open = opened(part);
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    for (const detail of fresh.querySelectorAll("details[id]")) if (open.has(detail.id)) detail.open = true;
    part.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    fresh.dispatchEvent(new CustomEvent("watchbell:replaced", { bubbles: true }));
  }

  async function refresh() {
    const byAddress = Map.groupBy ? Map.groupBy(parts(), (part) => part.dataset.live) : new Map([["self", parts()]]);
    for (const [address, group] of byAddress) {
      const url = address === "self" || address === "" ? location.href : address;
      const answer = await fetch(url, { headers: { accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) continue;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of group) replace(part, page.getElementById(part.id));
    }
  }

  // One fetch for many changes: at once for the first, then at most one in a second.
  let timer = null;
  let again = false;
  function soon() {
    if (timer) { again = true; return; }
    refresh().catch(() => {});
    timer = setTimeout(() => {
      timer = null;
      if (again) { again = false; soon(); }
    }, 1000);
  }

  let stream = null;
  function connect() {
    stream = new EventSource("/live");
    stream.addEventListener("changed", soon);
    stream.addEventListener("open", () => { document.documentElement.dataset.connected = "yes"; });
    stream.addEventListener("error", () => { document.documentElement.dataset.connected = "no"; });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; }
    else if (!stream) { connect(); soon(); }
  });
  addEventListener("pagehide", () => stream?.close());
  connect();
})();
