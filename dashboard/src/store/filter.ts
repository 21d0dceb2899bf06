// The board's filters: to and from the address, to the server's query, and judged here for live changes.
import { PRIORITIES, STATUSES, isOpen, type Priority, type Task, type TaskStatus } from '../api/types.ts';
import type { TaskQuery } from '../api/tasks.ts';
import { dayRange, formatWall, wallAt } from '../time/zone.ts';

export type Filter = {
  status: TaskStatus[];
  kind: string;
  priority: Priority | '';
  unit: number | null;
  agent: number | null;
  from: string;
  to: string;
  q: string;
  late: boolean;
  /** Only what was completed since midnight. */
  today: boolean;
  unacknowledged: boolean;
};

export const NO_FILTER: Filter = {
  status: [],
  kind: '',
  priority: '',
  unit: null,
  agent: null,
  from: '',
  to: '',
  q: '',
  late: false,
  today: false,
  unacknowledged: false,
};

const some = <T extends string>(all: readonly T[], text: string | null): T[] => {
  const wanted = (text ?? '').split(',');
  return all.filter((value) => wanted.includes(value));
};
const id = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : null);
const day = (text: string | null) => (text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : '');

export const parseFilter = (query: URLSearchParams): Filter => ({
  status: some(STATUSES, query.get('status')),
  kind: query.get('kind') ?? '',
  priority: some(PRIORITIES, query.get('priority'))[0] ?? '',
  unit: id(query.get('unit')),
  agent: id(query.get('agent')),
  from: day(query.get('from')),
  to: day(query.get('to')),
  q: query.get('q') ?? '',
  late: query.get('late') === '1',
  today: query.get('today') === '1',
  unacknowledged: query.get('unacknowledged') === '1',
});

/** Writes the filter into a query, leaving what is not its own (the view) alone. */
export function writeFilter(filter: Filter, query: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams(query);
  const values: Record<keyof Filter, string> = {
    status: filter.status.join(','),
    kind: filter.kind,
    priority: filter.priority,
    unit: filter.unit === null ? '' : String(filter.unit),
    agent: filter.agent === null ? '' : String(filter.agent),
    from: filter.from,
    to: filter.to,
    q: filter.q,
    late: filter.late ? '1' : '',
    today: filter.today ? '1' : '',
    unacknowledged: filter.unacknowledged ? '1' : '',
  };
  for (const [key, value] of Object.entries(values)) {
    if (value === '') out.delete(key);
    else out.set(key, value);
  }
  return out;
}

export const isFiltered = (filter: Filter): boolean => writeFilter(filter, new URLSearchParams()).size > 0;

/** When this day began on the walls of the zone, as the server counts it. */
const midnight = (now: number, zone: string) => {
  const today = formatWall(wallAt(now, zone)).slice(0, 10);
  return dayRange(today, '', zone).from;
};

function isToday(task: Task, now: number, zone: string): boolean {
  const since = midnight(now, zone);
  return (
    task.status === 'completed' &&
    since !== undefined &&
    Date.parse(task.completed_at ?? '') >= Date.parse(since)
  );
}

/** The server's query for one column. */
export function toQuery(filter: Filter, status: TaskStatus, zone: string, now: number): TaskQuery {
  return {
    status,
    kind: filter.kind || undefined,
    priority: filter.priority || undefined,
    unit_id: filter.unit ?? undefined,
    agent_id: filter.agent ?? undefined,
    q: filter.q.trim() || undefined,
    late: filter.late || undefined,
    completed_from: filter.today ? midnight(now, zone) : undefined,
    unacknowledged: filter.unacknowledged || undefined,
    ...dayRange(filter.from, filter.to, zone),
    sort: isOpen(status) ? 'urgency' : undefined,
  };
}

/** How long a task is behind its plan, in ms; 0 when it is not late: the server says from when on it is. */
export function lateBy(task: Task, now: number): number {
  if (!isOpen(task.status) || !task.late_from || now < Date.parse(task.late_from)) return 0;
  const due = (task.status === 'scheduled' && task.planned_start) || task.late_from;
  return Math.max(now - Date.parse(due), 1);
}

/** As the server has it: what will be late when so much has passed. */
const NEARLY_MS = 10 * 60_000;

/** Not late yet, but soon, unless somebody acts. */
export const isNearlyLate = (task: Task, now: number): boolean =>
  lateBy(task, now) === 0 && lateBy(task, now + NEARLY_MS) > 0;

export const unanswered = (task: Task): number =>
  isOpen(task.status) ? task.assignments.filter((a) => a.state === 'offered').length : 0;

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// The same fields as the server's search: a task must not leave the list when it is read anew.
function hasWords(task: Task, q: string): boolean {
  const text = plain([task.code, task.title, task.place?.label ?? ''].join(' '));
  return plain(q)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function inDays(task: Task, filter: Filter, zone: string): boolean {
  const range = dayRange(filter.from, filter.to, zone);
  const at = Date.parse(task.planned_start ?? task.created_at);
  return (
    (range.from === undefined || at >= Date.parse(range.from)) &&
    (range.to === undefined || at <= Date.parse(range.to))
  );
}

const concerns = (task: Task, agent: number) =>
  task.lead?.agent_id === agent || task.assignments.some((a) => a.agent_id === agent);

/** Whether a task that changed belongs into the shown lists; `found` says the server's search had it. */
export function matches(task: Task, filter: Filter, now: number, zone: string, found = false): boolean {
  return (
    (filter.kind === '' || task.kind === filter.kind) &&
    (filter.priority === '' || task.priority === filter.priority) &&
    (filter.unit === null || task.unit?.id === filter.unit) &&
    (filter.agent === null || concerns(task, filter.agent)) &&
    (!filter.late || lateBy(task, now) > 0) &&
    (!filter.today || isToday(task, now, zone)) &&
    (!filter.unacknowledged || unanswered(task) > 0) &&
    inDays(task, filter, zone) &&
    (found || filter.q.trim() === '' || hasWords(task, filter.q))
  );
}
