// What a page shows of who works when, fetched anew a little after shifts, leave or exchanges change.
import { asApiError, type ApiError } from '../api/problem';
import { link } from '../live/link.svelte';

const SOON_MS = 300;
const AGAIN_MS = 4_000;

export abstract class Renewed<Wanted> {
  /** There is more than was read. */
  partial = $state(false);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  protected wanted: Wanted | null = null;
  #loads = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Fetches what is wanted; answers with how to take it, and whether there is more. */
  protected abstract read(
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<{ take: () => void; partial: boolean }>;

  /** Listens until the returned function is called. */
  follow(): () => void {
    const leave = link.listen({
      event: ({ event_type: type }) => /^(shifts|leave|swap)_changed$/.test(type) && this.#soon(SOON_MS),
      resync: () => this.#soon(0),
    });
    return () => {
      leave();
      this.#loads.abort();
      clearTimeout(this.#timer);
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
      if (this.error.undecided) this.#soon((this.error.retryAfter ?? 0) * 1000 || AGAIN_MS);
    }
    this.loading = false;
  };

  #soon(ms: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.renew(), ms);
  }
}
