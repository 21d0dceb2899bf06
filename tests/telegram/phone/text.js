// Text with entities, as links, bold and so on. Offsets are UTF-16 units, as in JavaScript.
import { h } from "./dom.js";

const tags = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

const botLink = /^(https?:\/\/)?(t\.me|telegram\.me)\/\w+(\?start=[\w-]*)?$/i;
export const isBotLink = (address) => botLink.test(address);

function anchor(address, children, phone) {
  const href = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  if (isBotLink(address)) {
    return h("a", { href, onclick: (event) => { event.preventDefault(); phone.openLink(href); } }, children);
  }
  const safe = /^(https?|tg|mailto):/i.test(href) ? href : "#";
  return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, children);
}

function wrap(entity, text, children, phone) {
  switch (entity.type) {
    case "url": return anchor(text, children, phone);
    case "text_link": return anchor(entity.url, children, phone);
    case "bot_command":
      return h("button", { type: "button", class: "inline-link", onclick: () => phone.says(text) }, children);
    case "mention": case "hashtag": return h("span", { class: "mark" }, children);
    case "spoiler": {
      const el = h("span", { class: "spoiler", role: "button", tabindex: "0" }, children);
      const show = () => el.classList.add("shown");
      el.addEventListener("click", show);
      el.addEventListener("keydown", (event) => event.key === "Enter" && show());
      return el;
    }
    default: return tags[entity.type] ? h(tags[entity.type], {}, children) : children;
  }
}

/** Nodes for the text from `from` to `to`; entities nest by offset and length. */
function nodes(text, entities, from, to, phone) {
  const out = [];
  let at = from, rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset > at) out.push(text.slice(at, entity.offset));
    const inside = others.filter((other) => other.offset < end);
    const children = nodes(text, inside, entity.offset, end, phone);
    out.push(wrap(entity, text.slice(entity.offset, end), children, phone));
    at = end;
    rest = others.filter((other) => other.offset >= end);
  }
  if (at < to) out.push(text.slice(at, to));
  return out.flat();
}

export function formatted(text, entities = [], phone) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return h("div", { class: "text" }, nodes(text, sorted, 0, text.length, phone));
}
