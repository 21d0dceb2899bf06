// The shifts, leave and tasks of one day; tasks follow the live ones that the board keeps.
import * as duty from '../api/duty';
import * as api from '../api/tasks';
import { asApiError, type ApiError } from '../api/problem';
import type { Leave, Shift, Task } from '../api/types';
import { link } from '../live/link.svelte';
import { allPages } from './allPages';
import type { Span } from './bars';
import { tasks } from './tasks.svelte';

const SOON_MS = 400;
const AGAIN_MS = 4_000;
const DAY_MS = 86_400_000;
const OPEN = 'scheduled,in_progress,paused';
type Wanted = { day: Span; unit: number | null };

export class Day {
  shifts = $state.raw<Shift[]>([]);
  leaves = $state.raw<Leave[]>([]);
  #fetched = $state.raw<Task[]>([]);
  partial = $state(false);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  /** The fetched ones, and every live one that is newer. */
  readonly tasks = $derived.by(() => {
    const all = new Map(this.#fetched.map((task) => [task.id, task]));
    for (const task of tasks.byId.values())
      if ((all.get(task.id)?.version ?? -1) <= task.version) all.set(task.id, task);
    return [...all.values()];
  });
  #wanted: Wanted | null = null;
  #loads = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Listens until the returned function is called. */
  follow(): () => void {
    const leave = link.listen({
      event: ({ event_type: type }) => /^(shifts|leave|swap)_changed$/.test(type) && this.#soon(SOON_MS),
      resync: () => this.#soon(0),
    });
    return () => {
      leave();
      this.#loads.abort();
      clearTimeout(this.#timer);
    };
  }

  async show(wanted: Wanted) {
    this.#wanted = wanted;
    await this.renew();
  }

  renew = async () => {
    if (this.#wanted === null) return;
    this.#loads.abort();
    this.#loads = new AbortController();
    const { signal } = this.#loads;
    const { day, unit } = this.#wanted;
    const [from, before, to] = [day.from, day.from - DAY_MS, day.to].map((at) => new Date(at).toISOString());
    const query = { from, to, unit_id: unit ?? undefined };
    this.loading = true;
    try {
      const [shifts, leaves, open, done] = await Promise.all([
        allPages((page) => duty.shifts({ ...page, ...query }, signal)),
        allPages((page) => duty.leaves({ ...page, ...query, status: 'approved' }, signal)),
        allPages((page) => api.list({ ...page, status: OPEN, to }, signal)),
        allPages((page) => api.list({ ...page, status: 'completed', from: before, to }, signal)),
      ]);
      if (signal.aborted) return;
      Object.assign(this, { shifts: shifts.items, leaves: leaves.items });
      this.#fetched = [...open.items, ...done.items];
      this.partial = shifts.partial || leaves.partial || open.partial || done.partial;
      this.error = null;
    } catch (raised) {
      if (signal.aborted) return;
      this.error = asApiError(raised);
      if (this.error.undecided) this.#soon((this.error.retryAfter ?? 0) * 1000 || AGAIN_MS);
    }
    this.loading = false;
  };

  #soon(ms: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.renew(), ms);
  }
}
