// The mock's figures: what was done, the lists it counts, estimates, answers to suggestions, and reports.
import {
  AVAILABILITIES,
  type Answered,
  type Estimate,
  type Suggestion,
  type Task,
  type Work,
} from '../src/api/types.ts';
import { ok, Refusal, type Route } from './answer.ts';
import { paged } from './routes.ts';
import type { Mock } from './server.ts';

const MEAN_S = 180;
const LATE = 1;

/** What ended in the unit that is asked for; of those with an end, the first was late. */
function ended(mock: Mock, query: URLSearchParams, unit = Number(query.get('unit_id'))) {
  const all = [...mock.world.tasks.values()].filter((task) => !unit || task.unit?.id === unit);
  const completed = all.filter(({ status }) => status === 'completed');
  return {
    completed,
    cancelled: all.filter(({ status }) => status === 'cancelled'),
    timed: completed,
    on_time: completed.slice(LATE),
    overdue: completed.slice(0, LATE),
  } satisfies Record<string, Task[]>;
}

function workOf(mock: Mock, query: URLSearchParams, unit?: number): Work {
  const { completed, cancelled, on_time } = ended(mock, query, unit);
  const until = query.get('until') ?? new Date().toISOString().slice(0, 10);
  const interval = completed.length > 0 ? { mean_seconds: MEAN_S, count: completed.length } : null;
  const sums = {
    completed: completed.length,
    cancelled: cancelled.length,
    reports: 0,
    on_time:
      completed.length > 0
        ? { share: on_time.length / completed.length, count: on_time.length, of: completed.length }
        : null,
    offered_to_acknowledged: interval,
    acknowledged_to_on_site: interval,
    on_site_to_completed: null,
  };
  return { ...sums, from: query.get('from') ?? until, until, days: [{ ...sums, day: until }] };
}

const answersOf = (tasks: Task[]): Answered[] =>
  tasks.map((task, place) => ({
    task_id: task.id,
    code: task.code,
    title: task.title,
    agent_id: place + 1,
    name: task.lead?.name ?? 'Ana Sosa',
    begins_at: task.created_at,
    ends_at: task.updated_at,
    seconds: MEAN_S,
  }));

const ESTIMATES: Estimate[] = [
  { kind: 'patrullaje', band: 'all', count: 23, p50_seconds: 2_400, p75_seconds: 3_900 },
  { kind: 'patrullaje', band: 'day', count: 18, p50_seconds: 2_100, p75_seconds: 3_600 },
];

export const suggestion = (id: number, status: Suggestion['status'], task_id = 101): Suggestion => ({
  id,
  task_id,
  code: 'PAT-2026-0031',
  title: 'Recorrida',
  kind: 'patrullaje',
  status,
  people: 2,
  count: 18,
  p75_seconds: 3_600,
  created_at: '2026-11-20T15:00:00Z',
  answered_at: status === 'offered' ? null : '2026-11-20T15:01:00Z',
  answered_by: status === 'offered' ? null : 'Elena Duarte',
});
const SUGGESTIONS = [
  suggestion(3, 'offered', 102),
  suggestion(2, 'accepted', 102),
  suggestion(1, 'rejected', 102),
];

export const numberRoutes = (mock: Mock): Route[] => [
  ['GET', /^\/stats\/overview$/, ({ query }) => ok({ ...mock.world.overview(), work: workOf(mock, query) })],
  [
    'GET',
    /^\/availability\/preview$/,
    ({ query }) => {
      const unit = Number(query.get('unit_id'));
      const of = mock.world.agents.filter(({ units }) => !unit || units.some(({ id }) => id === unit));
      const free = of.filter(({ availability }) => availability === 'available');
      const counts = Object.fromEntries(
        AVAILABILITIES.map((word) => [word, of.filter(({ availability }) => availability === word).length]),
      );
      const recipients = free.map(({ id, name }) => ({ agent_id: id, name, distance_m: null, linked: true }));
      return ok({ recipients, counts, unlinked: 0 });
    },
  ],
  ['GET', /^\/stats\/units\/(\d+)$/, ({ id, query }) => ok(workOf(mock, query, id))],
  [
    'GET',
    /^\/stats\/tasks$/,
    ({ query }) => {
      const figures: Record<string, Task[]> = ended(mock, query);
      return ok(paged(figures[query.get('figure') ?? 'completed'] ?? [], query));
    },
  ],
  ['GET', /^\/stats\/answers$/, ({ query }) => ok(paged(answersOf(ended(mock, query).completed), query))],
  ['GET', /^\/estimates$/, () => ok({ items: ESTIMATES, next_cursor: null })],
  [
    'GET',
    /^\/suggestions\/counts$/,
    () => ok({ items: [{ kind: 'patrullaje', offered: 1, accepted: 1, rejected: 1 }], next_cursor: null }),
  ],
  [
    'GET',
    /^\/suggestions$/,
    ({ query }) => {
      const [status, task] = [query.get('status'), Number(query.get('task_id'))];
      const wanted = (one: Suggestion) =>
        (status === null || one.status === status) && (!task || one.task_id === task);
      return ok(paged([...mock.world.suggested, ...SUGGESTIONS].filter(wanted), query));
    },
  ],
  [
    'POST',
    /^\/suggestions\/(\d+)\/(accept|reject)$/,
    ({ id, action }) => {
      const asked = mock.world.suggested.find((one) => one.id === id);
      if (!asked) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
      const accepted = action === 'accept';
      asked.status = accepted ? 'accepted' : 'rejected';
      return ok(accepted ? { outcome: 'added', added: ['Ana Sosa'] } : { outcome: 'kept', added: [] });
    },
  ],
  [
    'GET',
    /^\/reports\/(\w+)\.(csv|xlsx|pdf)$/,
    ({ word, action, query }) => {
      if (query.get('unit_id') === '3')
        throw new Refusal({ status: 503, code: 'unavailable', title: 'Tarda demasiado' });
      return {
        status: 200,
        body: 'codigo;titulo\r\n',
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Disposition': `attachment; filename="gad-${word}.${action}"`,
        },
      };
    },
  ],
];
