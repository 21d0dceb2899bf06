// A list by pages that is fetched anew, as far as it was read, a little after an event that concerns it.
import { asApiError, type ApiError } from '../api/problem';
import { link } from '../live/link.svelte';
import { againAfter } from '../live/retry';
import type { LiveEvent } from '../live/socket';

type Page<T> = { items: T[]; next_cursor?: string | null };
export type Wanted = { limit: number; cursor?: string };
/** Fetches one page; the signal says that nobody waits for it any more. */
export type FetchPage<T> = (wanted: Wanted, signal: AbortSignal) => Promise<Page<T>>;

const PAGE = 20;
const MOST = 200;
const RENEW_MS = 250;

export class LiveList<T> {
  items = $state.raw<T[]>([]);
  cursor = $state<string | null>(null);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  #fetch: FetchPage<T> | null = null;
  /** So many rows were asked for, whether or not they came before the list was fetched anew. */
  #rows = 0;
  #loads = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  constructor(
    private readonly concerns: (event: LiveEvent) => boolean,
    private readonly renewMs = RENEW_MS,
  ) {}

  /** Listens until the returned function is called. */
  follow(): () => void {
    const leave = link.listen({
      event: (event) => this.concerns(event) && this.#soon(this.renewMs),
      resync: () => this.#soon(0),
    });
    return () => {
      leave();
      this.#loads.abort();
      clearTimeout(this.#timer);
      this.#due = Infinity;
    };
  }

  /** Shows another selection from its beginning. */
  async show(fetch: FetchPage<T>) {
    this.#fetch = fetch;
    this.#rows = 0;
    this.items = [];
    await this.#load({ limit: PAGE });
  }

  async more() {
    if (this.cursor === null || this.loading) return;
    this.#rows = this.items.length + PAGE;
    await this.#load({ limit: PAGE, cursor: this.cursor });
  }

  renew = () => this.#load({ limit: Math.min(MOST, Math.max(PAGE, this.items.length, this.#rows)) });

  /** A stream of events does not put it off: what is due sooner stays due. */
  #soon(ms: number) {
    const due = Date.now() + ms;
    if (this.#fetch === null || this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      void this.renew();
    }, ms);
  }

  async #load(wanted: Wanted) {
    if (this.#fetch === null) return;
    this.#loads.abort();
    this.#loads = new AbortController();
    const { signal } = this.#loads;
    this.loading = true;
    try {
      const page = await this.#fetch(wanted, signal);
      if (signal.aborted) return;
      this.items = wanted.cursor === undefined ? page.items : [...this.items, ...page.items];
      this.cursor = page.next_cursor ?? null;
      this.error = null;
    } catch (raised) {
      if (signal.aborted) return;
      this.error = asApiError(raised);
      const again = againAfter(this.error);
      if (again !== null) this.#soon(again);
    }
    this.loading = false;
  }
}
