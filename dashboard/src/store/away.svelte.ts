// When people said that they could not on a day. Read anew seldom: availability changes with every task.
import * as duty from '../api/duty';
import type { Unavailability } from '../api/types';
import { allPages } from './allPages';
import type { Span } from './bars';
import { Renewed } from './renewed.svelte';

type Wanted = { day: Span; unit: number | null };

export class Away extends Renewed<Wanted> {
  items = $state.raw<Unavailability[]>([]);
  protected override readonly soonMs = 5_000;

  protected override concerns(type: string): boolean {
    return type === 'agent_availability_changed';
  }

  protected async read({ day, unit }: Wanted, signal: AbortSignal) {
    const [from, to] = [day.from, day.to].map((at) => new Date(at).toISOString());
    const query = { from, to, unit_id: unit ?? undefined };
    const { items, partial } = await allPages((page) => duty.unavailabilities({ ...page, ...query }, signal));
    const take = () => {
      this.items = items;
    };
    return { take, partial };
  }
}
