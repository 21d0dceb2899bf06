// One phone: the chat of a person, with everything the person can do in it.
import * as api from "./api.js";
import { avatar, h, icon } from "./dom.js";
import { draw, summary } from "./message.js";
import * as samples from "./samples.js";
import * as sheets from "./sheets.js";
import { isBotLink } from "./text.js";
import { day, t } from "./words.js";

/** Makes `parts` the children of `el` without touching those that stay, so that films play on. */
function settle(el, parts) {
  const wanted = new Set(parts);
  for (const child of [...el.children]) if (!wanted.has(child)) child.remove();
  let at = el.firstElementChild;
  for (const part of parts) {
    if (part === at) at = at.nextElementSibling;
    else el.insertBefore(part, at);
  }
}

const button = (name, label, onclick, extra = {}) =>
  h("button", { type: "button", class: "round", title: label, "aria-label": label, onclick, ...extra }, icon(name));

export class Phone {
  constructor(person, { bot, chat }, { close, centre }) {
    Object.assign(this, { owner: person, person: person.id, bot, chat, close, centre });
    this.messages = new Map();
    this.since = 0;
    this.state = {};
    this.waiting = new Set();
    this.keyboardShown = true;
    this.build();
  }

  anchor(id) { return `m${this.person}-${this.chat}-${id}`; }
  place() { return this.owner.place ?? this.centre; }

  build() {
    const name = [this.owner.first_name, this.owner.last_name].filter(Boolean).join(" ");
    this.status = h("small", {}, t("bot"));
    this.heading = h("b", {}, "…");
    this.log = h("div", { class: "log", role: "log", "aria-label": t("messages"), tabindex: "0" });
    this.toast = h("div", { class: "toast", role: "status" });
    this.pinned = h("button", { type: "button", class: "pinned", hidden: true });
    this.below = h("div", { class: "below" });
    this.suggestions = h("ul", { class: "suggestions", role: "listbox", "aria-label": t("commands"), hidden: true });
    this.answering = h("div", { class: "answering", hidden: true });
    this.buildInput();
    this.el = h("section", { class: "phone", "aria-label": `${t("phoneOf")} ${name}` },
      h("header", { class: "owner" }, avatar(name, this.person),
        h("span", { class: "names" }, h("b", {}, name), h("small", {}, this.owner.note ?? `id ${this.person}`)),
        button("close", t("close"), () => this.close(this), { class: "round end" })),
      h("header", { class: "peer" }, button("back", t("back"), () => this.close(this), { class: "round back" }),
        this.face = h("span", { class: "avatar bot", "aria-hidden": "true" }), h("span", { class: "names" }, this.heading, this.status),
        this.more = button("more", t("more"), () => this.showMenu(this.more, this.personMenu()), { class: "round end", "aria-haspopup": "menu" })),
      this.pinned, this.log, this.toast, this.suggestions, this.answering, this.bar, this.below);
  }

  buildInput() {
    this.input = h("textarea", { rows: "1", placeholder: t("write"), "aria-label": t("write"), maxlength: "12000", oninput: () => this.suggest(), onkeydown: (e) => this.key(e) });
    this.attach = button("attach", t("attach"), () => this.showMenu(this.attach, this.attachMenu()), { "aria-haspopup": "menu" });
    this.menuButton = h("button", { type: "button", class: "menu", onclick: () => this.toggleCommands() }, t("menu"));
    this.keys = button("keys", t("keyboard"), () => { this.keyboardShown = !this.keyboardShown; this.drawBelow(); });
    this.sendButton = button("send", t("send"), () => this.submit(), { class: "round main" });
    this.bar = h("form", { class: "bar", onsubmit: (e) => { e.preventDefault(); this.submit(); } },
      this.menuButton, this.input, this.keys, this.attach, this.sendButton);
  }

  async refresh() {
    if (this.reading) { this.again = true; return; }
    this.reading = true;
    try {
      const state = await api.readChat(this, this.since);
      const first = this.since === 0;
      this.since = state.revision;
      this.state = state;
      this.take(state, first);
    } finally {
      this.reading = false;
    }
    if (this.again) { this.again = false; await this.refresh(); }
  }

  take(state, first) {
    const own = state.messages.some((message) => message.from.id === this.person && !this.messages.has(message.message_id));
    const atEnd = first || own || this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    for (const message of state.messages) this.messages.set(message.message_id, message);
    for (const id of state.gone) this.messages.delete(id);
    if (first || state.messages.length || state.gone.length) this.drawLog(state);
    const name = state.title ?? state.bot.name;
    this.heading.textContent = name;
    this.face.textContent = [...name][0]?.toUpperCase() ?? "";
    this.drawStatus(state);
    this.drawPinned(state);
    this.drawBelow();
    for (const toast of state.toasts) this.showToast(toast, first);
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
    if (state.unread && document.visibilityState === "visible") this.act({ do: "reads" });
  }

  /** Draws what changed; a message that stays keeps its element and so its focus. */
  drawLog(state) {
    const drawn = new Map([...this.log.querySelectorAll("article")].map((el) => [Number(el.dataset.id), el]));
    const fresh = new Set(state.messages.map((message) => message.message_id));
    const focused = this.log.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    const parts = [];
    let last = "";
    for (const message of [...this.messages.values()].sort((a, b) => a.message_id - b.message_id)) {
      const date = day(message.date);
      if (date !== last) parts.push(this.dayLine((last = date)));
      const old = drawn.get(message.message_id);
      parts.push(old && !fresh.has(message.message_id) ? old : draw(message, this));
    }
    if (!parts.length) parts.push(h("p", { class: "hint" }, t("empty")));
    settle(this.log, parts);
    if (key) this.log.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  dayLine(date) {
    const old = this.log.querySelector(`[data-day="${CSS.escape(date)}"]`);
    return old ?? h("div", { class: "day", "data-day": date }, h("span", {}, date));
  }

  drawStatus(state) {
    clearTimeout(this.typingEnds);
    this.status.textContent = state.blocked ? t("blocked") : state.typing ? t("typing") : t("bot");
    if (state.typing) this.typingEnds = setTimeout(() => (this.status.textContent = t("bot")), 5000);
    const active = !state.blocked && !state.deleted && state.started;
    this.bar.hidden = !active;
    this.menuButton.hidden = !state.commands?.length;
  }

  drawPinned(state) {
    const message = this.messages.get(state.pinned?.at(-1));
    this.pinned.hidden = !message;
    if (!message) return;
    this.pinned.replaceChildren(h("b", {}, t("pinned")), h("span", {}, summary(message)));
    this.pinned.onclick = () => this.jump(message.message_id);
  }

  drawBelow() {
    const { blocked, deleted, started, keyboard } = this.state;
    const big = (word, act) => h("button", { type: "button", class: "big", onclick: act }, t(word));
    this.keys.hidden = !keyboard;
    if (deleted) return this.below.replaceChildren(h("p", { class: "hint" }, t("deleted")));
    if (blocked) return this.below.replaceChildren(big("unblock", () => this.act({ do: "unblocks_bot" })));
    if (!started) return this.below.replaceChildren(big("start", () => this.says("/start")));
    const shown = keyboard && this.keyboardShown;
    this.keys.setAttribute("aria-pressed", String(Boolean(shown)));
    this.input.placeholder = keyboard?.input_field_placeholder ?? t("write");
    this.below.replaceChildren(...(shown ? [this.replyKeyboard(keyboard)] : []));
  }

  replyKeyboard(keyboard) {
    const key = (key) => h("button", { type: "button", class: "key", onclick: () => this.tapsBelow(key) }, key.text);
    return h("div", { class: "reply-keyboard", role: "group", "aria-label": t("replyKeyboard") },
      keyboard.keyboard.map((row) => h("div", { class: "keys" }, row.map(key))));
  }

  showToast(toast, first) {
    for (const el of this.log.querySelectorAll(`[data-id="${toast.message_id}"] .waiting`)) el.classList.remove("waiting");
    if (first) return;
    if (toast.url) window.open(toast.url, "_blank", "noopener");
    if (!toast.text) return;
    if (toast.alert) { sheets.notice(toast.text); return; }
    this.flash(toast.text);
  }

  flash(text) {
    this.toast.textContent = text;
    this.toast.classList.add("shown");
    clearTimeout(this.toastEnds);
    this.toastEnds = setTimeout(() => this.toast.classList.remove("shown"), 4000);
  }

  jump(id) {
    const el = document.getElementById(this.anchor(id));
    el?.scrollIntoView({ block: "center", behavior: "smooth" });
    el?.classList.add("found");
    setTimeout(() => el?.classList.remove("found"), 1200);
  }

  async act(act) {
    try {
      return await api.act(this, act);
    } catch (error) {
      this.flash(error.message);
      return null;
    }
  }

  says(text) { return this.act({ do: "says", text, reply_to: this.replyTo ?? null }); }
  openLink(link) { return this.act({ do: "opens_link", link }); }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const done = await (isBotLink(text) ? this.openLink(text) : this.says(text));
    if (!done) return;
    this.input.value = "";
    this.suggest();
    this.answers(null);
  }

  async taps(message, key) {
    const page = key.url ?? key.web_app?.url;
    if (page && isBotLink(page)) return this.openLink(page);
    if (page) return void window.open(page, "_blank", "noopener");
    if (key.callback_data === undefined) return;
    const el = this.log.querySelector(`[data-key="${CSS.escape(`${message.message_id}:${key.callback_data}`)}"]`);
    el?.classList.add("waiting");
    setTimeout(() => el?.classList.remove("waiting"), 10000);
    await this.act({ do: "presses", message_id: message.message_id, data: key.callback_data });
  }

  tapsBelow(key) {
    if (key.request_location) return this.sharesLocation(false);
    return this.act({ do: "taps", label: key.text });
  }

  answers(message) {
    this.replyTo = message?.message_id;
    this.answering.hidden = !message;
    if (!message) return;
    this.answering.replaceChildren(h("span", {}, `${t("reply")}: ${summary(message).slice(0, 80)}`),
      button("close", t("cancelReply"), () => this.answers(null)));
    this.input.focus();
  }

  async sharesLocation(live) {
    const place = await sheets.place(this.place(), this.place(), live ? t("shareLive") : t("sendLocation"), live);
    if (!place) return;
    const { latitude, longitude, period } = place;
    await this.act({ do: "shares_location", latitude, longitude, live_period: live ? period : null });
  }

  async movesLive(message) {
    const at = [message.location.latitude, message.location.longitude];
    const place = await sheets.place(at, at, t("moveHere"), false);
    if (place) await this.act({ do: "moves_live_location", message_id: message.message_id, latitude: place.latitude, longitude: place.longitude });
  }

  async stands() {
    const place = await sheets.place(this.place(), this.place(), t("standHere"), false);
    if (!place) return;
    this.owner.place = [place.latitude, place.longitude];
    await this.act({ do: "stands", latitude: place.latitude, longitude: place.longitude });
  }

  async sample(make) {
    if (make === samples.video) this.flash(t("recording"));
    const act = await make(this.input.value.trim());
    if (!act) return this.flash(t("noBrowser"));
    if (act.caption) this.input.value = "";
    return this.act(act);
  }

  pick(kind, accept) {
    const input = h("input", { type: "file", accept, multiple: true });
    input.onchange = async () => {
      const files = [...input.files].slice(0, 10), words = this.input.value.trim();
      if (files.length > 1) await this.act(await samples.album(kind, files, words));
      else if (files.length) await this.act(await samples.sends(kind, files[0], files[0].name, words));
      this.input.value = "";
    };
    input.click();
  }

  attachMenu() {
    return [
      ["samplePhoto", () => this.sample(samples.photo)], ["photo", () => this.pick("photo", "image/*")],
      ["voice", () => this.sample(samples.voice)], ["video", () => this.sample(samples.video)],
      ["document", () => this.sample(samples.documentFile)], ["file", () => this.pick("document", "")],
      ["location", () => this.sharesLocation(false)], ["liveLocation", () => this.sharesLocation(true)],
      ["contact", () => this.act({ do: "shares_contact", phone: `+54911${String(this.person).padStart(8, "0").slice(-8)}` })],
    ];
  }

  personMenu() {
    const sure = async (question, act) => (await sheets.confirm(t(question))) && this.act(act);
    const stop = this.state.blocked
      ? ["unblock", () => this.act({ do: "unblocks_bot" })]
      : ["block", () => sure("needsBlockSure", { do: "blocks_bot" })];
    return [
      ["openLink", async () => { const link = await sheets.link(); if (link) await this.openLink(link); }],
      ["where", () => this.stands()], ...(this.state.started ? [stop] : []),
      ["deleteAccount", () => sure("deleteSure", { do: "deletes_account" })],
    ];
  }

  showMenu(opener, entries) {
    this.el.querySelector(".popup")?.remove();
    let gone = false;
    const drop = () => { if (!gone) { gone = true; menu.remove(); } };
    const items = entries.map(([word, act]) => h("button", { type: "button", role: "menuitem", onclick: () => { drop(); act(); } }, t(word)));
    const menu = h("div", { class: `popup ${opener === this.more ? "top" : "bottom"}`, role: "menu" }, items);
    menu.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { drop(); opener.focus(); }
      if (step) { event.preventDefault(); items.at((items.indexOf(document.activeElement) + step) % items.length).focus(); }
    });
    menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) drop(); });
    this.el.append(menu);
    items[0].focus();
  }

  toggleCommands() {
    this.input.value = this.suggestions.hidden ? "/" : "";
    this.suggest();
    this.input.focus();
  }

  suggest() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    const typed = this.input.value;
    const fitting = /^\/\w*$/.test(typed) ? (this.state.commands ?? []).filter((c) => `/${c.command}`.startsWith(typed)) : [];
    this.suggestions.hidden = !fitting.length;
    this.chosen = -1;
    this.suggestions.replaceChildren(...fitting.map((command) =>
      h("li", { role: "option", onclick: () => this.sendCommand(command) }, h("b", {}, `/${command.command}`), h("span", {}, command.description))));
  }

  sendCommand(command) {
    this.input.value = `/${command.command}`;
    this.submit();
  }

  key(event) {
    const options = [...this.suggestions.children];
    if (!this.suggestions.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.chosen = (this.chosen + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((el, n) => el.setAttribute("aria-selected", String(n === this.chosen)));
      options[this.chosen].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!this.suggestions.hidden && this.chosen >= 0) options[this.chosen].click();
      else this.submit();
    } else if (event.key === "Escape") {
      this.suggestions.hidden = true;
      this.answers(null);
    }
  }
}
