// One message as Telegram draws it.
import { fileUrl } from "./api.js";
import { h, icon, svg } from "./dom.js";
import { picture, coordinates } from "./map.js";
import { formatted } from "./text.js";
import { clock, t } from "./words.js";

const size = (bytes) => (bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`);
const largest = (photo) => photo[photo.length - 1];

const media = {
  photo: (photo) => h("a", { href: fileUrl(largest(photo).file_id), target: "_blank", rel: "noopener" },
    h("img", { src: fileUrl(largest(photo).file_id), alt: t("photoWord"), loading: "lazy", width: `${largest(photo).width}`, height: `${largest(photo).height}` })),
  video: (video) => h("video", { src: fileUrl(video.file_id), controls: true, preload: "metadata", width: `${video.width}`, height: `${video.height}`, "aria-label": t("videoWord") }),
  animation: (film) => h("video", { src: fileUrl(film.file_id), controls: true, loop: true, muted: true, preload: "metadata", width: `${film.width}`, height: `${film.height}`, "aria-label": t("animationWord") }),
  voice: (voice) => h("audio", { src: fileUrl(voice.file_id), controls: true, preload: "metadata", "aria-label": t("voiceNote") }),
  audio: (audio) => h("audio", { src: fileUrl(audio.file_id), controls: true, preload: "metadata", "aria-label": t("audioWord") }),
  document: (file) => h("a", { class: "file", href: fileUrl(file.file_id), download: file.file_name ?? "" },
    h("span", { class: "sheet", "aria-hidden": "true" }, svg("svg", { viewBox: "0 0 24 24" }, svg("path", { d: "M6 3h8l4 4v14H6zM14 3v4h4" }))),
    h("span", {}, h("b", {}, file.file_name ?? t("documentWord")), h("small", {}, size(file.file_size)))),
  contact: (contact) => h("div", { class: "file" }, h("span", { class: "sheet" }, "☎"),
    h("span", {}, h("b", {}, contact.first_name), h("small", {}, contact.phone_number))),
};

function location(message, phone) {
  const { latitude, longitude, live_period: period } = message.location;
  const live = period && message.date + period > Date.now() / 1000;
  const own = message.from.id === phone.person;
  const parts = [picture(latitude, longitude, message.venue?.title ?? t("place"))];
  if (message.venue) parts.push(h("b", {}, message.venue.title), h("small", {}, message.venue.address));
  else if (period) parts.push(h("b", { class: live ? "live" : "" }, live ? t("liveNow") : t("liveEnded")));
  parts.push(coordinates(latitude, longitude));
  if (live && own) {
    parts.push(h("div", { class: "row small" },
      h("button", { type: "button", class: "plain", onclick: () => phone.movesLive(message) }, t("move")),
      h("button", { type: "button", class: "plain", onclick: () => phone.act({ do: "stops_live_location", message_id: message.message_id }) }, t("stop"))));
  }
  return h("div", { class: "place" }, parts);
}

function content(message, phone) {
  const parts = [];
  if (message.forward_origin) {
    const who = message.forward_origin.sender_user?.first_name ?? "";
    parts.push(h("div", { class: "forwarded" }, `${t("forwarded")} ${who}`));
  }
  if (message.reply_to_message) parts.push(quote(message.reply_to_message, phone));
  if (message.location) parts.push(location(message, phone));
  // The document beside an animation is the same file.
  const there = (kind) => message[kind] && !(kind === "document" && message.animation);
  for (const [kind, draw] of Object.entries(media)) if (there(kind)) parts.push(draw(message[kind]));
  const text = message.text ?? message.caption;
  if (text) parts.push(formatted(text, message.entities ?? message.caption_entities, phone));
  if (message.forum_topic_created) parts.push(h("div", {}, `${t("topic")}: ${message.forum_topic_created.name}`));
  return parts;
}

export function summary(message) {
  if (message.text ?? message.caption) return message.text ?? message.caption;
  for (const kind of ["photo", "animation", "video", "voice", "audio", "document", "contact"]) {
    if (message[kind]) return t(kind === "voice" ? "voiceNote" : `${kind}Word`);
  }
  return message.location ? t("place") : "";
}

function quote(message, phone) {
  const who = message.from.id === phone.person ? t("you") : message.from.first_name;
  return h("button", { type: "button", class: "quote", onclick: () => phone.jump(message.message_id) },
    h("b", {}, who), h("span", {}, summary(message).slice(0, 90)));
}

function button(key, message, phone) {
  const page = key.url ?? key.web_app?.url;
  const label = page ? `${key.text} ↗` : key.text;
  const tap = () => phone.taps(message, key);
  return h("button", { type: "button", class: "key", onclick: tap, "data-key": `${message.message_id}:${key.callback_data ?? ""}` }, label);
}

function keyboard(message, phone) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return h("div", { class: "inline-keyboard", role: "group", "aria-label": t("buttons") },
    rows.map((row) => h("div", { class: "keys" }, row.map((key) => button(key, message, phone)))));
}

export function draw(message, phone) {
  const own = message.from.id === phone.person;
  const only = !message.text && !message.caption && (message.photo || message.video || message.animation);
  const foot = h("span", { class: "foot" }, message.edit_date ? `${t("edited")} ` : "",
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)), own ? h("span", { class: "ticks", "aria-hidden": "true" }, " ✓✓") : "");
  const stranger = phone.chat < 0 && !own ? h("b", { class: "sender" }, message.from.first_name) : null;
  const reply = h("button", { type: "button", class: "reply", title: t("reply"), "aria-label": t("reply"), onclick: () => phone.answers(message) }, icon("reply"));
  return h("article", { class: `message ${own ? "own" : "theirs"}`, id: phone.anchor(message.message_id), "data-id": String(message.message_id) },
    h("div", { class: `bubble${only ? " bare" : ""}` }, stranger, content(message, phone), foot), reply, keyboard(message, phone));
}
