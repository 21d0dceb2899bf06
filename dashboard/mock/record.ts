// The mock's record of who did what, its proof, and the kinds of tasks that admins change.
import type { Entry, NewTaskKind, TaskKind } from '../src/api/types.ts';
import { ok, Refusal, type Route } from './answer.ts';
import { paged } from './routes.ts';
import { aKind, anAuditEntry } from './samples.ts';
import type { Mock } from './server.ts';

const ELENA = { id: 1, name: 'Elena Duarte' };
const MARTA = { id: 2, name: 'Marta Ruiz' };

/** Newest first; the newest is in no chain yet. */
const ENTRIES: Entry[] = [
  anAuditEntry({ id: 5, action: 'user.changed', subject_kind: 'user', subject_id: 2, user: ELENA }),
  anAuditEntry({
    id: 4,
    action: 'task.assign',
    subject_kind: 'task',
    subject_id: 101,
    user: MARTA,
    reason: 'Cubre a un compañero',
    number: 4,
  }),
  anAuditEntry({
    id: 3,
    action: 'task.create',
    subject_kind: 'task',
    subject_id: 101,
    user: MARTA,
    number: 3,
  }),
  anAuditEntry({ id: 2, action: 'login.failed', subject_kind: 'login', number: 2 }),
  anAuditEntry({ id: 1, action: 'catalogue.seeded', subject_kind: 'catalogue', channel: 'cli', number: 1 }),
];

function wanted(query: URLSearchParams): Entry[] {
  const [action, user] = [query.get('action') ?? '', Number(query.get('user_id'))];
  const [kind, id] = [query.get('subject_kind'), Number(query.get('subject_id'))];
  return ENTRIES.filter(
    (one) =>
      one.action.startsWith(action) &&
      (!user || one.user?.id === user) &&
      (!kind || one.subject_kind === kind) &&
      (!id || one.subject_id === id) &&
      one.at >= (query.get('from') ?? '') &&
      one.at <= (query.get('to') ?? '9'),
  );
}

function added(mock: Mock, body: NewTaskKind): TaskKind {
  if (body.label === '')
    throw new Refusal({
      status: 422,
      code: 'invalid',
      errors: [{ field: 'label', message: 'falta', code: 'required' }],
    });
  const place = mock.world.kinds.length + 1;
  const { code, label, prefix, emoji, default_priority: priority } = body;
  const kind = aKind({ code, label, prefix, emoji, id: place, sort: 1000 });
  if (priority) kind.default_priority = priority;
  mock.world.kinds = [...mock.world.kinds, kind];
  return kind;
}

function changed(mock: Mock, id: number, patch: Partial<TaskKind>): TaskKind {
  const old = mock.world.kinds.find((one) => one.id === id);
  if (!old) throw new Refusal({ status: 404, code: 'not_found' });
  const kind = { ...old, ...patch };
  mock.world.kinds = mock.world.kinds.map((one) => (one.id === id ? kind : one));
  return kind;
}

export const recordRoutes = (mock: Mock): Route[] => [
  ['GET', /^\/audit$/, ({ query }) => ok(paged(wanted(query), query))],
  [
    'GET',
    /^\/audit\/verify$/,
    () => ok({ whole: true, sealed: 4, unsealed: 1, head: '4:8f14e45fceea167a', broken: null }),
  ],
  ['GET', /^\/task-kinds$/, () => ok({ items: mock.world.kinds, next_cursor: null })],
  ['POST', /^\/task-kinds$/, ({ body }) => ok(added(mock, body), 201)],
  ['PATCH', /^\/task-kinds\/(\d+)$/, ({ id, body }) => ok(changed(mock, id, body))],
];
