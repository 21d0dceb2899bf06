// Comes back by itself to what failed only for now: as late as the server asks, else after a moment.
import type { ApiError } from '../api/problem';

const AGAIN_MS = 4_000;

/** How long until another try, in ms; null when the answer was final. */
export const againAfter = (error: ApiError): number | null =>
  error.undecided ? (error.retryAfter ?? 0) * 1000 || AGAIN_MS : null;

export class Retry {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  after(error: ApiError, run: () => unknown) {
    this.stop();
    const ms = againAfter(error);
    if (ms !== null && !this.#over) this.#timer = setTimeout(run, ms);
  }

  /** What is asked for now needs no other try. */
  stop() {
    clearTimeout(this.#timer);
  }

  /** Nobody waits any more, not even for what is under way. */
  end() {
    this.#over = true;
    this.stop();
  }
}
