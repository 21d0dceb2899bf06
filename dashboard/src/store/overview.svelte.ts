// The figures at the top of the board, renewed a little after anything they count has changed.
import { overview as fetchOverview } from '../api/people';
import type { Overview } from '../api/types';
import { link } from '../live/link.svelte';
import { session } from './session.svelte';

const GAP_MS = 4_000;
const FIRST_MS = 250;
/** Events keep the figures up to date; what changes by the clock alone is looked for when somebody comes back after this. */
const FRESH_MS = 30_000;

class Figures {
  value = $state.raw<Overview | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastAt = 0;

  constructor() {
    link.listen({
      event: ({ event_type }) =>
        /^(task|assignment|agent_availability|kpis)_/.test(event_type) && this.#soon(),
      resync: () => void this.load(),
    });
    session.onLeave(() => (this.value = null));
  }

  /** For whoever comes to look: nothing is asked for where it is known how it stands. */
  async look() {
    if (this.value === null || Date.now() - this.#lastAt >= FRESH_MS) await this.load();
  }

  async load() {
    this.#lastAt = Date.now();
    this.value = await fetchOverview().catch(() => this.value);
  }

  #soon() {
    if (this.#timer !== null) return;
    const wait = Math.max(FIRST_MS, this.#lastAt + GAP_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (session.state === 'in') void this.load();
    }, wait);
  }
}

export const figures = new Figures();
