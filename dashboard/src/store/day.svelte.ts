// The shifts, leave and tasks of one day; tasks follow the live ones that the board keeps.
import * as duty from '../api/duty';
import * as api from '../api/tasks';
import type { Leave, Shift, Task } from '../api/types';
import { allPages } from './allPages';
import type { Span } from './bars';
import { Renewed } from './renewed.svelte';
import { tasks } from './tasks.svelte';

const DAY_MS = 86_400_000;
const OPEN = 'scheduled,in_progress,paused';
type Wanted = { day: Span; unit: number | null };

export class Day extends Renewed<Wanted> {
  shifts = $state.raw<Shift[]>([]);
  leaves = $state.raw<Leave[]>([]);
  #fetched = $state.raw<Task[]>([]);
  /** The fetched ones, and every live one that is newer. */
  readonly tasks = $derived.by(() => {
    const all = new Map(this.#fetched.map((task) => [task.id, task]));
    for (const task of tasks.byId.values())
      if ((all.get(task.id)?.version ?? -1) <= task.version) all.set(task.id, task);
    return [...all.values()];
  });

  protected async read({ day, unit }: Wanted, signal: AbortSignal) {
    const [from, before, to] = [day.from, day.from - DAY_MS, day.to].map((at) => new Date(at).toISOString());
    const query = { from, to, unit_id: unit ?? undefined };
    const [shifts, leaves, open, done] = await Promise.all([
      allPages((page) => duty.shifts({ ...page, ...query }, signal)),
      allPages((page) => duty.leaves({ ...page, ...query, status: 'approved' }, signal)),
      allPages((page) => api.list({ ...page, status: OPEN, to }, signal)),
      allPages((page) => api.list({ ...page, status: 'completed', from: before, to }, signal)),
    ]);
    const take = () => {
      Object.assign(this, { shifts: shifts.items, leaves: leaves.items });
      this.#fetched = [...open.items, ...done.items];
    };
    return { take, partial: shifts.partial || leaves.partial || open.partial || done.partial };
  }
}
