// The order of tasks inside one column: what needs eyes first stands first, as the server's `sort=urgency` has it.
import { isOpen, PRIORITIES, type Task, type TaskStatus } from '../api/types.ts';
import { isNearlyLate, lateBy, unanswered } from './filter.ts';

/** The code of the kind of task that an emergency is. */
export const EMERGENCY = 'emergencia';

const weight = (task: Task) => PRIORITIES.indexOf(task.priority);
const start = (task: Task) => Date.parse(task.planned_start ?? task.created_at);
const newest = (a: string | null | undefined, b: string | null | undefined) =>
  (b ? Date.parse(b) : 0) - (a ? Date.parse(a) : 0);

/** Emergencies, then what is late, nearly late, without an answer, and the others. */
function band(task: Task, now: number): number {
  if (task.kind === EMERGENCY) return 0;
  if (lateBy(task, now) > 0) return 1;
  if (isNearlyLate(task, now)) return 2;
  return unanswered(task) > 0 ? 3 : 4;
}

const byUrgency = (now: number) => (a: Task, b: Task) =>
  band(a, now) - band(b, now) || weight(b) - weight(a) || start(a) - start(b) || a.id - b.id;
const byEnd = (a: Task, b: Task) =>
  newest(a.completed_at ?? a.cancelled_at, b.completed_at ?? b.cancelled_at) || b.id - a.id;

export const inOrder = (status: TaskStatus, tasks: Task[], now: number): Task[] =>
  tasks.sort(isOpen(status) ? byUrgency(now) : byEnd);
