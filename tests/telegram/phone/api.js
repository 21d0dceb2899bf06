// Talking with the paper Telegram: reads, acts and live changes.
async function request(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `${response.status}`);
  return body;
}

const write = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const where = ({ bot, chat }) => `bot=${encodeURIComponent(bot ?? "")}&chat=${chat}`;

export const info = () => request("/paper/info");
export const people = () => request("/paper/people");
export const addPerson = (person) => write("/paper/people", person);
export const readChat = (phone, since) => request(`/paper/people/${phone.person}/chat?${where(phone)}&since=${since}`);
export const act = (phone, act) => write(`/paper/people/${phone.person}/act?${where(phone)}`, act);
export const fileUrl = (id) => `/paper/files/${encodeURIComponent(id)}`;

/** Calls back on every change, and tells whether the connection stands. */
export function listen({ changed, resync, connected }) {
  const events = new EventSource("/paper/events");
  events.onopen = () => { connected(true); resync(); };
  events.onerror = () => {
    connected(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen({ changed, resync, connected }), 2000);
  };
  events.onmessage = (event) => changed(JSON.parse(event.data));
  events.addEventListener("resync", resync);
}
