// What every route of the mock answers, from its world.
import { ok, Refusal, type Route } from './answer.ts';
import { PICTURE } from './data.ts';
import { broadcastRoutes } from './broadcasts.ts';
import { drillRoutes } from './drills.ts';
import { dutyRoutes } from './dutyRoutes.ts';
import { peopleImportRoutes } from './peopleImport.ts';
import { privacyRoutes } from './privacy.ts';
import { emergencyRoutes } from './emergencies.ts';
import { numberRoutes } from './numbers.ts';
import { recordRoutes } from './record.ts';
import { aMe, aUnit, aUser } from './samples.ts';
import type { Mock } from './server.ts';

const MOST_BYTES = 20 * 1024 * 1024;

const named = (thing: { name: string }, query: URLSearchParams) =>
  thing.name.toLowerCase().includes((query.get('q') ?? '').toLowerCase());
function fits(
  agent: { id: number; availability: string; units: { id: number }[] },
  query: URLSearchParams,
): boolean {
  const [ids, states, unit] = [query.get('ids'), query.get('availability'), Number(query.get('unit_id'))];
  return (
    (!ids || ids.split(',').includes(String(agent.id))) &&
    (!states || states.split(',').includes(agent.availability)) &&
    (!unit || agent.units.some((u) => u.id === unit))
  );
}

export function paged<T>(items: T[], query: URLSearchParams) {
  const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 50)];
  return {
    items: items.slice(from, from + limit),
    next_cursor: from + limit < items.length ? String(from + limit) : null,
  };
}

export const routes = (mock: Mock): Route[] => [
  ...emergencyRoutes(mock),
  ...broadcastRoutes(mock),
  ...drillRoutes(mock),
  ...dutyRoutes(mock),
  ...peopleImportRoutes(mock),
  ...privacyRoutes(mock),
  ...numberRoutes(mock),
  ...recordRoutes(mock),
  [
    'GET',
    /^\/auth\/me$/,
    () => {
      const { epoch, seq } = mock.world;
      return ok(aMe({ permissions: ['broadcast', 'audit', 'system'], live: { epoch, seq } }));
    },
  ],
  ['GET', /^\/auth\/sessions$/, () => ok({ items: mock.world.sessions, next_cursor: null })],
  [
    'DELETE',
    /^\/auth\/sessions$/,
    () => {
      mock.world.sessions = mock.world.sessions.filter((one) => one.current);
      return { status: 204 };
    },
  ],
  [
    'DELETE',
    /^\/auth\/sessions\/(\w+)$/,
    ({ word }) => {
      mock.world.sessions = mock.world.sessions.filter((one) => one.id !== word);
      return { status: 204 };
    },
  ],
  ['POST', /^\/auth\/logout$/, () => ({ status: 204 })],
  [
    'POST',
    /^\/ws\/ticket$/,
    () =>
      mock.refuseTickets
        ? { status: 503, body: { code: 'away', status: 503 } }
        : ok({ ticket: 'ticket', expires_in: 30 }),
  ],
  [
    'DELETE',
    /^\/units\/(\d+)\/groups\/(\d+)$/,
    ({ id, action }) => {
      for (const unit of mock.world.units.filter((one) => one.id === id))
        unit.groups = unit.groups.filter((group) => group.id !== Number(action));
      return { status: 204 };
    },
  ],
  [
    'POST',
    /^\/units\/(\d+)\/groups\/(\d+)\/topics$/,
    ({ id, action }) => {
      const unit = mock.world.units.find((one) => one.id === id);
      const group = unit?.groups.find((one) => one.id === Number(action));
      if (!group) return { status: 404, body: { code: 'not_found', status: 404 } };
      group.topics_refused = false;
      return ok(group);
    },
  ],
  ['GET', /^\/units$/, () => ok({ items: mock.world.units, next_cursor: null })],
  [
    'GET',
    /^\/settings$/,
    () =>
      ok({
        version: '0',
        zone: 'America/Argentina/Buenos_Aires',
        map_style_url: null,
        bot_username: 'gad_bot',
        languages: ['es', 'en', 'pt'],
      }),
  ],
  ['GET', /^\/map$/, () => ok({ type: 'FeatureCollection', features: mock.world.features() })],
  ['GET', /^\/tasks$/, ({ query }) => ok(paged(mock.world.list(query), query))],
  ['POST', /^\/tasks$/, ({ body }) => ok(mock.world.create(body), 201)],
  ['GET', /^\/tasks\/(\d+)$/, ({ id }) => ok(mock.world.task(id))],
  [
    'PATCH',
    /^\/tasks\/(\d+)$/,
    ({ id, body, headers }) => {
      if (headers['if-match'] !== `"${mock.world.task(id).version}"`)
        throw new Refusal({ status: 412, code: 'stale', title: 'Cambió' });
      return ok(
        mock.world.change(id, 'task_updated', body, { kind: 'updated', actor: { name: 'Elena Duarte' } }),
      );
    },
  ],
  ['GET', /^\/check-ins$/, () => ok({ items: [], next_cursor: null })],
  ['GET', /^\/tasks\/(\d+)\/check-ins$/, () => ok({ running: false, people: [] })],
  [
    'GET',
    /^\/tasks\/(\d+)\/timeline$/,
    ({ id, query }) => ok(paged(mock.world.timelines.get(id) ?? [], query)),
  ],
  [
    'GET',
    /^\/tasks\/(\d+)\/candidates$/,
    ({ query }) =>
      ok(
        paged(
          mock.world.agents
            .filter((a) => named(a, query))
            .map((a, i) => ({
              agent_id: a.id,
              name: a.name,
              availability: a.availability,
              unavailable: a.unavailable,
              distance_m: a.position ? 300 + i * 410 : null,
              position_age_s: a.position?.age_s,
              active_tasks: a.active_tasks,
            })),
          query,
        ),
      ),
  ],
  [
    'POST',
    /^\/tasks\/(\d+)\/reports$/,
    ({ id, body }) => {
      const { text, lat, lon, file } = body;
      if (file instanceof File && file.size > MOST_BYTES)
        throw new Refusal({ status: 413, code: 'too_large', title: 'Demasiado grande' });
      if (!text && !lat && !file)
        throw new Refusal({
          status: 422,
          code: 'invalid',
          errors: [{ field: 'text', message: 'Falta el texto', code: 'required' }],
        });
      return ok({ id: mock.world.report(id, { text, lat, lon, file }), task_id: id }, 201);
    },
  ],
  ['PUT', /^\/tasks\/(\d+)\/assignments$/, ({ id, body }) => ok(mock.world.assign(id, body))],
  ['POST', /^\/tasks\/(\d+)\/(\w+)$/, ({ id, action, body }) => ok(mock.world.act(id, action, body?.reason))],
  [
    'GET',
    /^\/agents$/,
    ({ query }) =>
      ok(
        paged(
          mock.world.agents.filter((a) => named(a, query) && fits(a, query)),
          query,
        ),
      ),
  ],
  ['GET', /^\/agents\/(\d+)$/, ({ id }) => ok(mock.world.agents[id - 1])],
  [
    'PUT',
    /^\/agents\/(\d+)\/availability$/,
    ({ id, body }) => {
      const agent = mock.world.agents[id - 1];
      if (agent) {
        const { unavailable, reason = null, until = null } = body;
        const decides = unavailable ? 'unavailable' : 'available';
        const availability = agent.availability === 'on_task' ? 'on_task' : decides;
        Object.assign(agent, { availability, unavailable, reason, until });
      }
      mock.world.emit('agent_availability_changed', 'agents', { agent_id: id });
      return ok(agent);
    },
  ],
  [
    'GET',
    /^\/users$/,
    ({ query }) =>
      ok(
        paged(
          mock.world.users.filter((u) => named(u, query)),
          query,
        ),
      ),
  ],
  [
    'POST',
    /^\/users$/,
    ({ body }) => {
      if (mock.world.users.some((user) => user.username === body.username))
        throw new Refusal({
          status: 422,
          code: 'invalid',
          errors: [{ field: 'username', message: 'Ese usuario ya existe', code: 'taken' }],
        });
      for (const name of body.new_units ?? [])
        mock.world.units.push(aUnit(mock.world.units.length + 100, name));
      const user = aUser({
        ...body,
        id: mock.world.users.length + 1,
        units: [...body.units, ...(body.new_units ?? [])].map((name: string) => aUnit(9, name)),
      });
      mock.world.users.push(user);
      return ok(user, 201);
    },
  ],
  ['DELETE', /^\/users\/(\d+)$/, () => ({ status: 204 })],
  [
    'POST',
    /^\/users\/(\d+)\/invite$/,
    () =>
      ok(
        {
          url: 'https://t.me/gad_bot?start=Zk3q8Vn2Lx7Qw9Rt5Yp1Ab',
          code: 'Zk3q8Vn2Lx7Qw9Rt5Yp1Ab',
          expires_at: new Date(Date.now() + 864e5).toISOString(),
        },
        201,
      ),
  ],
  [
    'GET',
    /^\/attachments\/1$/,
    () => ({ status: 200, body: PICTURE, headers: { 'Content-Type': 'image/svg+xml' } }),
  ],
];
