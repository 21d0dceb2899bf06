// What the mock answers about shifts, leave and exchanges.
import { ok, type Route } from './answer.ts';
import type { Mock } from './server.ts';

type Filtered = {
  agent_id?: number;
  from_agent_id?: number;
  status?: string;
  starts_at?: string;
  ends_at?: string | null;
};

function listed<T extends Filtered>(items: T[], query: URLSearchParams, unitOf: (item: T) => number[]) {
  const [status, unit, agent] = [
    query.get('status'),
    Number(query.get('unit_id')),
    Number(query.get('agent_id')),
  ];
  const [from, to] = [query.get('from'), query.get('to')].map((at) => (at ? Date.parse(at) : null));
  const found = items.filter(
    (item) =>
      (!status || item.status === status) &&
      (!agent || item.agent_id === agent) &&
      (!unit || unitOf(item).includes(unit)) &&
      (from == null || item.ends_at == null || Date.parse(item.ends_at) > from) &&
      (to == null || Date.parse(item.starts_at ?? '') < to),
  );
  const [start, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 50)];
  const next = start + limit < found.length ? String(start + limit) : null;
  return ok({ items: found.slice(start, start + limit), next_cursor: next });
}

const verdict = (action: string) => (action === 'approve' ? 'approved' : 'rejected');

export function dutyRoutes(mock: Mock): Route[] {
  const duty = () => mock.world.duty;
  const units = (agent: number | undefined) =>
    mock.world.agents[(agent ?? 0) - 1]?.units.map(({ id }) => id) ?? [];
  return [
    [
      'GET',
      /^\/shifts$/,
      ({ query }) =>
        listed(query.get('missing') === 'true' ? duty().missing() : duty().shifts, query, (one) =>
          units(one.agent_id),
        ),
    ],
    ['GET', /^\/shifts\/calendars$/, () => ok({ items: duty().calendars, next_cursor: null })],
    ['POST', /^\/shifts\/calendars$/, ({ body }) => ok(duty().openCalendar(body.unit_id), 201)],
    [
      'DELETE',
      /^\/shifts\/calendars\/(\d+)$/,
      ({ id }) => {
        duty().calendars = duty().calendars.filter((one) => one.id !== id);
        return { status: 204 };
      },
    ],
    ['POST', /^\/shifts$/, ({ body }) => ok(duty().create(body), 201)],
    ['POST', /^\/shifts\/patterns\/preview$/, ({ body }) => ok(duty().pattern(body, false))],
    ['POST', /^\/shifts\/patterns$/, ({ body }) => ok(duty().pattern(body, true))],
    [
      'POST',
      /^\/shifts\/import$/,
      ({ body, query }) =>
        ok(duty().import(String(body), query.get('confirm') === 'true', query.get('skip_errors') === 'true')),
    ],
    [
      'GET',
      /^\/shifts\/(\d+)\/reports$/,
      ({ id }) => ok({ items: duty().reports.get(id) ?? [], next_cursor: null }),
    ],
    ['PATCH', /^\/shifts\/(\d+)$/, ({ id, body }) => ok(duty().change(id, body))],
    ['DELETE', /^\/shifts\/(\d+)$/, ({ id }) => (duty().remove(id), { status: 204 })],
    [
      'POST',
      /^\/shifts\/(\d+)\/end$/,
      ({ id, body }) =>
        ok(duty().change(id, { status: 'ended', ended_at: new Date().toISOString(), note: body?.text })),
    ],
    [
      'POST',
      /^\/shifts\/(\d+)\/present$/,
      ({ id }) => ok(duty().change(id, { present_at: new Date().toISOString(), present_by: 1 })),
    ],
    ['GET', /^\/leaves$/, ({ query }) => listed(duty().leaves, query, (one) => units(one.agent_id))],
    ['POST', /^\/leaves$/, ({ body }) => ok(duty().request(body), 201)],
    ['GET', /^\/unavailabilities$/, ({ query }) => listed(duty().away, query, (one) => units(one.agent_id))],
    ['GET', /^\/leaves\/(\d+)$/, ({ id }) => ok(duty().leave(id))],
    [
      'POST',
      /^\/leaves\/(\d+)\/(approve|reject)$/,
      ({ id, action, body }) => ok(duty().decideLeave(id, verdict(action), body?.reason)),
    ],
    ['GET', /^\/shift-swaps$/, ({ query }) => listed(duty().swaps, query, (one) => units(one.from_agent_id))],
    [
      'POST',
      /^\/shift-swaps\/(\d+)\/(approve|reject)$/,
      ({ id, action, body }) => ok(duty().decideSwap(id, verdict(action), body?.reason)),
    ],
  ];
}
