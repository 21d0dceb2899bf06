// How much waits for a decision of whoever is signed in: leave asked for, exchanges agreed on. Fetched where it is shown.
import * as api from '../api/duty';
import { link } from '../live/link.svelte';
import { session } from './session.svelte';

const MOST = 100;
const SOON_MS = 400;

/** So many, or more than were counted. */
export type Count = { n: number; more: boolean };
export const countText = ({ n, more }: Count): string => `${n}${more ? '+' : ''}`;

const counted = ({ items, next_cursor: next }: { items: unknown[]; next_cursor?: string | null }): Count => ({
  n: items.length,
  more: next != null,
});

class Pending {
  leaves = $state.raw<Count | null>(null);
  swaps = $state.raw<Count | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lookers = 0;
  #asked = 0;
  /** Something changed while nobody looked. */
  #stale = true;

  constructor() {
    link.listen({
      event: ({ event_type: type }) => /^(leave|swap)_changed$/.test(type) && this.#soon(),
      resync: () => this.#soon(),
    });
    session.onLeave(() => this.#forget());
  }

  /** Counts as long as somebody looks, until the returned function is called. */
  look(): () => void {
    this.#lookers += 1;
    if (this.#stale) void link.whenLive(500).then(() => this.load());
    return () => (this.#lookers -= 1);
  }

  async load() {
    if (session.level < 2 || this.#lookers === 0) return;
    this.#stale = false;
    const asked = ++this.#asked;
    const failed = () => ((this.#stale = true), null);
    const [leaves, swaps] = await Promise.all([
      api.leaves({ status: 'requested', limit: MOST }).then(counted, failed),
      api.swaps({ status: 'accepted', limit: MOST }).then(counted, failed),
    ]);
    if (asked !== this.#asked) return;
    this.leaves = leaves ?? this.leaves;
    this.swaps = swaps ?? this.swaps;
  }

  #soon() {
    this.#stale = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), SOON_MS);
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#stale = true;
    this.leaves = null;
    this.swaps = null;
  }
}

export const pending = new Pending();
