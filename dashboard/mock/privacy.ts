// The mock's accounts one by one: changed, taken away as a file, their consents (newest first), and erased for ever.
import type { Consents, ConsentsIn, Purpose, User, UserPatch } from '../src/api/types.ts';
import { ok, Refusal, type Route } from './answer.ts';
import { aUnit } from './samples.ts';
import type { Mock } from './server.ts';

const PURPOSES: Purpose[] = ['location', 'media'];
const missing = () => new Refusal({ status: 404, code: 'not_found' });

function userOf(mock: Mock, id: number): User {
  const user = mock.world.users.find((one) => one.id === id);
  if (!user) throw missing();
  return user;
}

function change(mock: Mock, id: number, patch: UserPatch, match: string | undefined): User {
  const user = userOf(mock, id);
  if (match !== `"${user.version}"`) throw new Refusal({ status: 412, code: 'stale' });
  if (patch.email && !patch.email.includes('@'))
    throw new Refusal({
      status: 422,
      code: 'invalid',
      errors: [{ field: 'email', message: 'mal', code: 'malformed' }],
    });
  const { units, new_units: founded = [], password, ...plain } = patch;
  const known = (name: string | number) =>
    mock.world.units.find((one) => one.id === name || one.name === name) ?? aUnit(90, String(name));
  Object.assign(user, plain, {
    version: user.version + 1,
    units: [...(units?.map(known) ?? user.units), ...founded.map(known)],
    has_password: user.has_password || password != null,
  });
  return user;
}

/** Of everybody who ever said something, in the world of the mock. */
const said = new WeakMap<object, Consents>();

function consentsOf(mock: Mock, id: number): Consents {
  const user = userOf(mock, id);
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
  ['GET', /^\/users\/(\d+)$/, ({ id }) => ok(userOf(mock, id))],
  [
    'PATCH',
    /^\/users\/(\d+)$/,
    ({ id, body, headers }) => ok({ ...change(mock, id, body, headers['if-match']) }),
  ],
  [
    'GET',
    /^\/users\/(\d+)\/data-export$/,
    ({ id }) => ({
      ...ok({ user: userOf(mock, id) }),
      headers: { 'Content-Disposition': `attachment; filename="user-${id}.json"` },
    }),
  ],
  ['GET', /^\/users\/(\d+)\/consents$/, ({ id }) => ok(consentsOf(mock, id))],
  ['PUT', /^\/users\/(\d+)\/consents$/, ({ id, body }) => ok(say(consentsOf(mock, id), body))],
  [
    'DELETE',
    /^\/users\/(\d+)\/gdpr-delete$/,
    ({ id }) => {
      const user = userOf(mock, id);
      const erased_at = new Date().toISOString();
      Object.assign(user, { name: `#${id}`, username: `#${id}`, active: false, linked: false, erased_at });
      return { status: 204 };
    },
  ],
];
