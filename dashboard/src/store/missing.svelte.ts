// Who should have been at work for a quarter of an hour and does not say that he is there.
import * as api from '../api/duty';
import type { Shift } from '../api/types';
import { contacts } from './contacts.svelte';
import { Renewed } from './renewed.svelte';
import { session } from './session.svelte';

const MOST = 50;

/** A quarter of an hour passes without an event. */
const EVERY_MS = 60_000;

export class Missing extends Renewed<true> {
  shifts = $state.raw<Shift[]>([]);

  protected override concerns(type: string): boolean {
    return /^(shifts|leave)_changed$/.test(type);
  }

  protected async read(_: true, signal: AbortSignal) {
    const { items, next_cursor: next } = await api.shifts({ missing: true, limit: MOST }, signal);
    if (items.length > 0) void contacts.load();
    return { take: () => Object.assign(this, { shifts: items }), partial: next != null };
  }

  override follow(): () => void {
    if (session.level < 2) return () => {};
    const leave = super.follow();
    void this.show(true);
    const timer = setInterval(() => void this.renew(), EVERY_MS);
    return () => {
      clearInterval(timer);
      leave();
    };
  }
}
