// The mock's consents and erasure: what is said is kept newest first, and nothing of an erased name is left.
import type { Consents, ConsentsIn, Purpose } from '../src/api/types.ts';
import { ok, Refusal, type Route } from './answer.ts';
import type { Mock } from './server.ts';

const PURPOSES: Purpose[] = ['location', 'media'];
const missing = () => new Refusal({ status: 404, code: 'not_found' });

/** Of everybody who ever said something, in the world of the mock. */
const said = new WeakMap<object, Consents>();

function consentsOf(mock: Mock, id: number): Consents {
  const user = mock.world.users.find((one) => one.id === id);
  if (!user) throw missing();
  const known = said.get(user) ?? {
    items: PURPOSES.map((purpose) => ({ purpose, granted: true, since: null })),
    history: [],
  };
  said.set(user, known);
  return known;
}

function say(consents: Consents, wanted: ConsentsIn): Consents {
  const at = new Date().toISOString();
  for (const item of consents.items) {
    const granted = wanted[item.purpose];
    if (granted == null || (granted === item.granted && item.since != null)) continue;
    Object.assign(item, { granted, since: at });
    const by = { id: 1, name: 'Elena Duarte' };
    consents.history.unshift({ purpose: item.purpose, granted, at, by, channel: 'api' });
  }
  return consents;
}

export const privacyRoutes = (mock: Mock): Route[] => [
  [
    'GET',
    /^\/users\/(\d+)$/,
    ({ id }) => {
      const user = mock.world.users.find((one) => one.id === id);
      if (!user) throw missing();
      return ok(user);
    },
  ],
  ['GET', /^\/users\/(\d+)\/consents$/, ({ id }) => ok(consentsOf(mock, id))],
  ['PUT', /^\/users\/(\d+)\/consents$/, ({ id, body }) => ok(say(consentsOf(mock, id), body))],
  [
    'DELETE',
    /^\/users\/(\d+)\/gdpr-delete$/,
    ({ id }) => {
      const user = mock.world.users.find((one) => one.id === id);
      if (!user) throw missing();
      const erased_at = new Date().toISOString();
      Object.assign(user, { name: `#${id}`, username: `#${id}`, active: false, linked: false, erased_at });
      return { status: 204 };
    },
  ],
];
