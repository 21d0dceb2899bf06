// The shifts, people and approved leave of one week and unit, fetched anew a little after any of them changes.
import { agents as fetchAgents } from '../api/people';
import * as api from '../api/duty';
import { asApiError, type ApiError } from '../api/problem';
import type { Agent, Leave, Shift } from '../api/types';
import { link } from '../live/link.svelte';
import { allPages } from './allPages';
import { weekRange } from './week';
import { session } from './session.svelte';

const SOON_MS = 300;
const AGAIN_MS = 4_000;
type Wanted = { monday: string; unit: number | null };

export class Week {
  agents = $state.raw<Agent[]>([]);
  shifts = $state.raw<Shift[]>([]);
  leaves = $state.raw<Leave[]>([]);
  partial = $state(false);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
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
    if (wanted.monday !== this.#wanted?.monday || wanted.unit !== this.#wanted.unit)
      Object.assign(this, { shifts: [], leaves: [] });
    this.#wanted = wanted;
    await this.renew();
  }

  renew = async () => {
    if (this.#wanted === null) return;
    this.#loads.abort();
    this.#loads = new AbortController();
    const { signal } = this.#loads;
    const { monday, unit } = this.#wanted;
    const query = { ...weekRange(monday, session.zone), unit_id: unit ?? undefined };
    this.loading = true;
    try {
      const [people, shifts, leaves] = await Promise.all([
        allPages((page) => fetchAgents({ ...page, unit_id: unit ?? undefined }, signal)),
        allPages((page) => api.shifts({ ...page, ...query }, signal)),
        allPages((page) => api.leaves({ ...page, ...query, status: 'approved' }, signal)),
      ]);
      if (signal.aborted) return;
      Object.assign(this, { agents: people.items, shifts: shifts.items, leaves: leaves.items });
      this.partial = people.partial || shifts.partial || leaves.partial;
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
