// The page: the list of people, the open phones side by side, and what the address asks for.
import * as api from "./api.js";
import { avatar, h } from "./dom.js";
import { Phone } from "./phone.js";
import * as sheets from "./sheets.js";
import { clock, language, setLanguage, t, translate } from "./words.js";

const list = document.getElementById("list"), filter = document.getElementById("filter");
const main = document.getElementById("phones"), connection = document.getElementById("connection");
const languages = document.getElementById("language");
const narrow = matchMedia("(max-width: 700px)");
let people = [], open = [], home = { bots: [], centre: [0, 0] };

const nameOf = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");
const room = () => (narrow.matches ? 1 : Math.max(1, Math.min(3, Math.floor((innerWidth - 270) / 350))));
const privateChat = (person) => ({ bot: home.bots[0]?.username, chat: person.id });
const key = (person, chat) => `${person.id}|${chat.bot}|${chat.chat}`;

/** Every person with the private chat first, then the groups. */
function entries() {
  return people.flatMap((person) => {
    const own = person.chats.filter((chat) => chat.chat === person.id);
    const groups = person.chats.filter((chat) => chat.chat < 0);
    return [...(own.length ? own : [{ ...privateChat(person), unread: 0 }]), ...groups].map((chat) => ({ person, chat }));
  });
}

const kinds = { photo: "photoWord", animation: "animationWord", video: "videoWord", voice: "voiceNote", audio: "audioWord", document: "documentWord", contact: "contactWord", location: "place", venue: "place" };

function preview(chat) {
  if (chat.blocked) return t("blocked");
  if (!chat.last) return t("newChat");
  return chat.last.text || t(kinds[chat.last.media] ?? "messages");
}

function row({ person, chat }) {
  const name = chat.title ? `${chat.title} · ${person.first_name}` : nameOf(person);
  const shown = open.some((phone) => key({ id: phone.person }, phone) === key(person, chat));
  const unread = chat.unread ? h("span", { class: "badge" }, String(chat.unread), h("span", { class: "hidden" }, ` ${t("unread")}`)) : "";
  const time = chat.last ? h("time", {}, clock(chat.last.date)) : "";
  return h("li", {}, h("button", { type: "button", class: "person", "aria-pressed": String(shown), "data-entry": key(person, chat), onclick: () => show(person, chat) },
    avatar(name, person.id),
    h("span", { class: "names" },
      h("span", { class: "line" }, h("b", {}, name), time),
      person.note ? h("small", { class: "note" }, person.note) : "",
      h("span", { class: "line" }, h("small", {}, preview(chat)), unread))));
}

function drawList() {
  const wanted = filter.value.trim().toLowerCase();
  const fits = ({ person, chat }) => `${nameOf(person)} ${person.note ?? ""} ${chat.title ?? ""} ${person.id}`.toLowerCase().includes(wanted);
  const focused = document.activeElement?.dataset?.entry;
  list.replaceChildren(...entries().filter(fits).map(row));
  if (focused) list.querySelector(`[data-entry="${CSS.escape(focused)}"]`)?.focus();
  document.body.classList.toggle("chatting", open.length > 0);
  if (!open.length) main.replaceChildren(h("p", { class: "nobody" }, t("nobody")));
}

async function refreshPeople() {
  people = await api.people();
  for (const phone of open) phone.owner = people.find((person) => person.id === phone.person) ?? phone.owner;
  drawList();
}

/** Opens a phone, or brings it to the front; the one opened first makes room. */
function show(person, chat = privateChat(person)) {
  const there = open.find((phone) => key({ id: phone.person }, phone) === key(person, chat));
  if (there) { there.el.scrollIntoView({ inline: "nearest" }); there.input.focus(); return there; }
  while (open.length >= room()) shut(open[0], true);
  if (!open.length) main.replaceChildren();
  const phone = new Phone(person, chat, { close: shut, centre: home.centre });
  open.push(phone);
  main.append(phone.el);
  phone.refresh();
  remember();
  drawList();
  return phone;
}

function shut(phone, silent) {
  open = open.filter((other) => other !== phone);
  phone.el.remove();
  if (silent === true) return;
  remember();
  drawList();
}

function remember() {
  const ids = open.map((phone) => phone.person).join(",");
  history.replaceState(null, "", ids ? `?people=${ids}` : location.pathname);
}

const find = (word) => people.find((p) => String(p.id) === word) ?? people.find((p) => nameOf(p).toLowerCase().startsWith(word.toLowerCase()));

/** `?people=1001,Ana` opens phones; `#person=1001&start=CODE` opens a person's enrolment link. */
async function followAddress() {
  const wanted = new URLSearchParams(location.search).get("people")?.split(",").filter(Boolean) ?? [];
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const word of wanted.slice(0, room())) {
    const person = find(word);
    if (person) show(person);
  }
  await followHash(hash);
}

async function followHash(hash) {
  const person = hash.get("person") && find(hash.get("person"));
  if (!person) return;
  const phone = show(person);
  const code = hash.get("start");
  if (code !== null) await phone.openLink(`https://t.me/${phone.bot}?start=${encodeURIComponent(code)}`);
}

let soon;
function changed(event) {
  for (const phone of open) if (phone.chat === event.chat || event.chat === 0) phone.refresh();
  soon ??= setTimeout(() => { soon = undefined; refreshPeople(); }, people.length > 100 ? 1500 : 250);
}

function resync() {
  for (const phone of open) { phone.since = 0; phone.messages.clear(); phone.refresh(); }
  refreshPeople();
}

async function begin() {
  languages.value = language;
  translate(document);
  [home, people] = await Promise.all([api.info(), api.people()]);
  drawList();
  await followAddress();
  api.listen({ changed, resync, connected: (on) => (connection.hidden = on) });
}

filter.addEventListener("input", drawList);
languages.addEventListener("change", () => {
  setLanguage(languages.value);
  const shown = open.map((phone) => [phone.owner, { bot: phone.bot, chat: phone.chat }]);
  for (const phone of [...open]) shut(phone, true);
  for (const [person, chat] of shown) show(person, chat);
  drawList();
});
document.getElementById("add").addEventListener("click", async () => {
  const wanted = await sheets.person();
  if (!wanted) return;
  const { id } = await api.addPerson(wanted);
  await refreshPeople();
  const person = find(String(id));
  if (person) show(person);
});
addEventListener("hashchange", () => followHash(new URLSearchParams(location.hash.slice(1))));
addEventListener("resize", () => { while (open.length > room()) shut(open[0]); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") for (const phone of open) phone.refresh(); });

begin();
