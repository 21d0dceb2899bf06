// Whether Telegram takes our messages: asked of the server every other second while somebody looks at the page.
import { ready } from '../api/broadcasts';
import type { Readiness } from '../api/types';
import { session } from './session.svelte';

/** `away`: Telegram does not answer; `late`: messages wait for minutes. */
export type Trouble = 'away' | 'late';
/** The server knows of an outage after six seconds at most: with the time a look may take, it is on the screen within ten. */
const EVERY_MS = 2_500;

const bad = (state: string | undefined) => state === 'degraded' || state === 'error';

export function troubleOf({ checks }: Readiness): Trouble | null {
  if (bad(checks.telegram)) return 'away';
  return bad(checks.outbox) ? 'late' : null;
}

class Outage {
  trouble = $state<Trouble | null>(null);
  /** When this page saw it first. */
  since = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor() {
    session.onLeave(() => this.#stop());
    document.addEventListener('visibilitychange', () => {
      if (this.#running && !document.hidden) void this.#look();
    });
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    void this.#look();
  }

  async #look() {
    clearTimeout(this.#timer);
    const said = document.hidden ? null : await ready();
    if (!this.#running) return;
    // A server that says nothing says nothing about Telegram: the connection's own sign tells of that.
    if (said) this.#take(troubleOf(said));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), EVERY_MS);
  }

  #take(trouble: Trouble | null) {
    this.since = trouble === null ? null : (this.since ?? new Date().toISOString());
    this.trouble = trouble;
  }

  #stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#take(null);
  }
}

export const outage = new Outage();
