// Which requests wait for a busy or absent server right now, so that the page can say so.
import type { Why } from './patience';

/** Why nothing comes, and when it is asked for again. */
type Wait = { why: Why; until: number };

class Waits {
  #all = $state.raw<Wait[]>([]);

  /** The one that is over first; the server being away weighs more than its asking for patience. */
  readonly next = $derived.by(() => {
    const away = this.#all.filter(({ why }) => why === 'away');
    const some = away.length > 0 ? away : this.#all;
    return [...some].sort((a, b) => a.until - b.until)[0] ?? null;
  });

  /** Counts one wait; the returned function ends it. */
  begin(why: Why, ms: number): () => void {
    const wait = { why, until: Date.now() + ms };
    this.#all = [...this.#all, wait];
    return () => {
      this.#all = this.#all.filter((one) => one !== wait);
    };
  }
}

export const waits = new Waits();
