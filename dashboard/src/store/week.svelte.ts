// The shifts, people and approved leave of one week and unit.
import { agents as fetchAgents } from '../api/people';
import * as api from '../api/duty';
import type { Agent, Leave, Shift } from '../api/types';
import { allPages } from './allPages';
import { Renewed } from './renewed.svelte';
import { session } from './session.svelte';
import { weekRange } from './week';

type Wanted = { monday: string; unit: number | null };

export class Week extends Renewed<Wanted> {
  agents = $state.raw<Agent[]>([]);
  shifts = $state.raw<Shift[]>([]);
  leaves = $state.raw<Leave[]>([]);

  override async show(wanted: Wanted) {
    if (wanted.monday !== this.wanted?.monday || wanted.unit !== this.wanted.unit)
      Object.assign(this, { shifts: [], leaves: [] });
    await super.show(wanted);
  }

  protected async read({ monday, unit }: Wanted, signal: AbortSignal) {
    const unit_id = unit ?? undefined;
    const query = { ...weekRange(monday, session.zone), unit_id };
    const [people, shifts, leaves] = await Promise.all([
      allPages((page) => fetchAgents({ ...page, unit_id }, signal)),
      allPages((page) => api.shifts({ ...page, ...query }, signal)),
      allPages((page) => api.leaves({ ...page, ...query, status: 'approved' }, signal)),
    ]);
    const take = () =>
      Object.assign(this, { agents: people.items, shifts: shifts.items, leaves: leaves.items });
    return { take, partial: people.partial || shifts.partial || leaves.partial };
  }
}
