// Which requests wait for a busy or absent server right now, so that the page can say so.
import type { Why } from './patience';

class Waits {
  #reasons = $state<Why[]>([]);

  /** The server being away weighs more than its asking for patience. */
  get why(): Why | null {
    return this.#reasons.includes('away') ? 'away' : (this.#reasons[0] ?? null);
  }

  /** Counts one wait; the returned function ends it. */
  begin(why: Why): () => void {
    this.#reasons.push(why);
    return () => {
      const at = this.#reasons.indexOf(why);
      if (at >= 0) this.#reasons.splice(at, 1);
    };
  }
}

export const waits = new Waits();
