// Windows that ask for something: a place, a link, a new person, a yes.
import { h } from "./dom.js";
import { pad } from "./map.js";
import { t } from "./words.js";

const dialog = document.getElementById("sheet");

/** Shows a form in the window; resolves with what `read` returns, or null when cancelled. */
function ask(title, body, submit, read) {
  return new Promise((resolve) => {
    let result = null;
    const form = h("form", { method: "dialog", onsubmit: () => { result = read(); } },
      h("h2", { id: "sheet-title" }, title), body,
      h("div", { class: "row" },
        h("button", { type: "button", class: "plain", onclick: () => dialog.close() }, t("cancel")),
        h("button", { type: "submit", class: "main" }, submit)));
    dialog.setAttribute("aria-labelledby", "sheet-title");
    dialog.replaceChildren(form);
    dialog.onclose = () => resolve(result);
    dialog.showModal();
  });
}

const field = (label, input) => h("label", { class: "field" }, h("span", {}, label), input);

export function notice(text) {
  return new Promise((resolve) => {
    dialog.setAttribute("aria-labelledby", "sheet-title");
    dialog.replaceChildren(h("form", { method: "dialog" }, h("p", { id: "sheet-title", class: "notice" }, text),
      h("div", { class: "row" }, h("button", { type: "submit", class: "main", autofocus: true }, t("ok")))));
    dialog.onclose = resolve;
    dialog.showModal();
  });
}

export const confirm = (text) => ask(text, "", t("ok"), () => true);

export function link() {
  const input = h("input", { type: "text", required: true, placeholder: t("linkHint"), autocomplete: "off", inputmode: "url" });
  return ask(t("openLink").replace("…", ""), field(t("link"), input), t("open"), () => input.value.trim());
}

export function person() {
  const first = h("input", { required: true, maxlength: "64", autocomplete: "off" });
  const last = h("input", { maxlength: "64", autocomplete: "off" });
  const tongue = h("select", {}, ["es", "en", "pt"].map((code) => h("option", { value: code }, code)));
  return ask(t("add").replace("+ ", ""), [field(t("name"), first), field(t("lastName"), last), field(t("language"), tongue)],
    t("create"), () => ({ first_name: first.value.trim(), last_name: last.value.trim() || null, language_code: tongue.value }));
}

/** Asks for a place around `centre`; with `live` also for how long it is shared. */
export function place(centre, start, submit, live) {
  let chosen = start;
  const number = (at) => h("input", { type: "number", step: "any", required: true, value: start[at].toFixed(6) });
  const lat = number(0), lon = number(1);
  const map = pad(centre, start, t("pad"), (next) => {
    chosen = next;
    [lat.value, lon.value] = next.map((n) => n.toFixed(6));
  });
  for (const input of [lat, lon]) {
    input.addEventListener("input", () => {
      if (lat.validity.valid && lon.validity.valid) map.set((chosen = [Number(lat.value), Number(lon.value)]));
    });
  }
  const time = h("select", {}, [[900, "15 min"], [3600, "1 h"], [28800, "8 h"]].map(([s, word]) => h("option", { value: String(s) }, word)));
  const body = [map.el, h("div", { class: "pair" }, field(t("latitude"), lat), field(t("longitude"), lon)), live ? field(t("minutes"), time) : ""];
  return ask(submit, body, submit, () => ({ latitude: chosen[0], longitude: chosen[1], period: Number(time.value) }));
}
