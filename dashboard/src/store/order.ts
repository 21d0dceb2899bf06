// The order of tasks inside one column: what needs eyes first stands first.
import { PRIORITIES, type Task, type TaskStatus } from '../api/types.ts';

const time = (iso: string | null | undefined) => (iso ? Date.parse(iso) : Number.MAX_SAFE_INTEGER);
const weight = (task: Task) => PRIORITIES.indexOf(task.priority);
const newest = (a: string | null | undefined, b: string | null | undefined) =>
  (b ? Date.parse(b) : 0) - (a ? Date.parse(a) : 0);

const byPlan = (a: Task, b: Task) => time(a.planned_start) - time(b.planned_start);
const byUrgency = (a: Task, b: Task) => weight(b) - weight(a) || time(a.started_at) - time(b.started_at);

const orders: Record<TaskStatus, (a: Task, b: Task) => number> = {
  scheduled: byPlan,
  in_progress: byUrgency,
  paused: byUrgency,
  completed: (a, b) => newest(a.completed_at, b.completed_at),
  cancelled: (a, b) => newest(a.cancelled_at, b.cancelled_at),
};

export const inOrder = (status: TaskStatus, tasks: Task[]): Task[] =>
  tasks.sort((a, b) => orders[status](a, b) || b.id - a.id);
