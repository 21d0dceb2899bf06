// Collects touched ids and fetches them together, within a budget of requests, losing none.
export type RefresherOptions = {
  /** Waits this long for company before the first fetch. */
  delayMs?: number;
  /** Requests it may spend at once, and how many come back per minute. */
  burst?: number;
  perMinute?: number;
  now?: () => number;
  after?: (ms: number, run: () => void) => void;
};

/** Resolves to how long to wait before the next try, or null when the ids are fetched. */
export type FetchIds = (ids: number[]) => Promise<number | null>;

const MOST_PER_FETCH = 100;

export class Refresher {
  #waiting = new Set<number>();
  #busy = false;
  #scheduled = false;
  #tokens: number;
  #filledAt: number;
  readonly #delay: number;
  readonly #burst: number;
  readonly #perMs: number;
  readonly #now: () => number;
  readonly #after: (ms: number, run: () => void) => void;

  constructor(
    private readonly fetchIds: FetchIds,
    options: RefresherOptions = {},
  ) {
    this.#delay = options.delayMs ?? 60;
    this.#burst = options.burst ?? 15;
    this.#perMs = (options.perMinute ?? 40) / 60_000;
    this.#now = options.now ?? Date.now;
    this.#after = options.after ?? ((ms, run) => void setTimeout(run, ms));
    this.#tokens = this.#burst;
    this.#filledAt = this.#now();
  }

  touch(id: number) {
    this.#waiting.add(id);
    this.#schedule(this.#delay);
  }

  forget() {
    this.#waiting.clear();
  }

  #schedule(ms: number) {
    if (this.#scheduled || this.#busy) return;
    this.#scheduled = true;
    this.#after(Math.max(ms, this.#untilToken()), () => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush() {
    const ids = [...this.#waiting].slice(0, MOST_PER_FETCH);
    if (ids.length === 0) return;
    this.#spend();
    this.#busy = true;
    for (const id of ids) this.#waiting.delete(id);
    const pause = await this.fetchIds(ids);
    this.#busy = false;
    if (pause !== null) for (const id of ids) this.#waiting.add(id);
    if (this.#waiting.size > 0) this.#schedule(pause ?? this.#delay);
  }

  #refill() {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }

  #spend() {
    this.#refill();
    this.#tokens -= 1;
  }

  #untilToken(): number {
    this.#refill();
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs);
  }
}
