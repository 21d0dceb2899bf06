// What a page shows whole, fetched anew a little after what it is about has changed: shifts, leave or exchanges.
import { asApiError, type ApiError } from '../api/problem';
import { link } from '../live/link.svelte';
import { againAfter } from '../live/retry';

const SOON_MS = 300;

export abstract class Renewed<Wanted> {
  /** There is more than was read. */
  partial = $state(false);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  protected wanted: Wanted | null = null;
  protected readonly soonMs: number = SOON_MS;
  #loads = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;

  /** Whether an event changes what is shown. */
  protected concerns(type: string): boolean {
    return /^(shifts|leave|swap)_changed$/.test(type);
  }

  /** Fetches what is wanted; answers with how to take it, and whether there is more. */
  protected abstract read(
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<{ take: () => void; partial: boolean }>;

  /** Listens until the returned function is called. */
  follow(): () => void {
    const leave = link.listen({
      event: ({ event_type: type }) => this.concerns(type) && this.#soon(this.soonMs),
      resync: () => this.#soon(0),
    });
    return () => {
      leave();
      this.#loads.abort();
      clearTimeout(this.#timer);
      this.#due = Infinity;
    };
  }

  async show(wanted: Wanted) {
    this.wanted = wanted;
    await this.renew();
  }

  renew = async () => {
    if (this.wanted === null) return;
    this.#loads.abort();
    this.#loads = new AbortController();
    const { signal } = this.#loads;
    this.loading = true;
    try {
      const { take, partial } = await this.read(this.wanted, signal);
      if (signal.aborted) return;
      take();
      this.partial = partial;
      this.error = null;
    } catch (raised) {
      if (signal.aborted) return;
      this.error = asApiError(raised);
      const again = againAfter(this.error);
      if (again !== null) this.#soon(again);
    }
    this.loading = false;
  };

  /** A stream of events does not put it off: what is due sooner stays due. */
  #soon(ms: number) {
    const due = Date.now() + ms;
    if (this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      void this.renew();
    }, ms);
  }
}
