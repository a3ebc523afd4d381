// Small comforts on top of pages that work without them: menus that close, copying,
// relative times, the theme without a reload, dropped files, a filter as one types.
"use strict";

const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

// --- times -------------------------------------------------------------------
const steps = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [86400 * 14, 86400, "d"]];
function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const away = Math.abs(seconds);
  if (away < 2) return "now";
  const step = steps.find(([limit]) => away < limit);
  if (!step) return null;
  const text = `${Math.floor(away / step[1])} ${step[2]}`;
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}
function tick(root = document) {
  for (const time of all("time[data-relative]", root)) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const text = ago(date);
    if (text && time.textContent !== text) time.textContent = text;
    if (!time.dataset.local) {
      time.dataset.local = "1";
      time.title = date.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
    }
  }
}
tick();
setInterval(tick, 1000);
document.addEventListener("watchbell:replaced", (event) => tick(event.target));

// --- menus -------------------------------------------------------------------
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) {
    const inside = menu.contains(event.target);
    if (!inside || event.target.closest(".menu-panel a, .menu-panel button")) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of all("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// --- addresses inside the page ------------------------------------------------
// A link to something that is folded away unfolds it.
function unfold() {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  target?.scrollIntoView({ block: "nearest" });
}
addEventListener("hashchange", unfold);
unfold();

// --- copy --------------------------------------------------------------------
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  const label = button.querySelector(".copy-label") ?? button;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText((from?.value ?? from?.textContent ?? "").trim());
    label.textContent = "Copied";
  } catch {
    // No clipboard on plain HTTP: select it instead, so that one key press copies.
    const range = document.createRange();
    range.selectNodeContents(from);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    label.textContent = "Selected";
  }
  setTimeout(() => { label.textContent = before; }, 1600);
});
for (const button of all("[data-copy][hidden]")) button.hidden = false;

// --- theme -------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

// --- toast -------------------------------------------------------------------
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove());
if (new URLSearchParams(location.search).has("done")) {
  const url = new URL(location.href);
  url.searchParams.delete("done");
  history.replaceState(null, "", url);
}

// --- dropped files -----------------------------------------------------------
for (const drop of all("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  const over = (on) => drop.classList.toggle("over", on);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
  drop.addEventListener("dragleave", () => over(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.form.requestSubmit();
  });
}

// --- filters -----------------------------------------------------------------
// A list that is all on the page is filtered as one types; the form still works by itself.
for (const input of all("input[data-filter]")) {
  const list = () => document.getElementById(input.dataset.filter);
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = all("[data-text]", list() ?? undefined);
    let shown = 0;
    for (const row of rows) {
      const text = row.dataset.text.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    const none = document.getElementById(`${input.dataset.filter}-none`);
    if (none) none.hidden = shown > 0 || rows.length === 0;
  };
  input.addEventListener("input", apply);
  document.addEventListener("watchbell:replaced", apply);
  apply();
}
for (const select of all("select[data-submit]")) select.addEventListener("change", () => select.form.requestSubmit());

// --- schedule in words -------------------------------------------------------
for (const preview of all("[data-preview]")) {
  const form = preview.closest("form");
  let timer;
  form.addEventListener("input", (event) => {
    if (!event.target.name?.startsWith("schedule")) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (name.startsWith("schedule")) query.append(name, value);
      const answer = await fetch(`${preview.dataset.preview}?${query}`);
      if (answer.ok) preview.innerHTML = await answer.text();
    }, 250);
  });
}
