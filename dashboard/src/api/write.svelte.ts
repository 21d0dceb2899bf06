// One write of a page: never twice at once, and repeated under its own key until its fate is known.
import { newKey } from './client';
import { asApiError, type ApiError } from './problem';

type Pending<Args> = { print: string; key: string; args: Args };

export class Write<Args extends unknown[], Got> {
  /** True while it is under way; the button that sends it is off. */
  busy = $state(false);
  error = $state.raw<ApiError | null>(null);
  #pending: Pending<Args> | null = null;

  /** `print` tells a repetition from another request; what is repeated is sent exactly as the first time. */
  constructor(
    private readonly call: (key: string, ...args: Args) => Promise<Got>,
    private readonly print: (...args: Args) => string = (...args) => JSON.stringify(args),
  ) {}

  /** The answer; null when it was refused (`error` says why), called off, or one is under way already. */
  async send(...args: Args): Promise<Got | null> {
    if (this.busy) return null;
    this.busy = true;
    this.error = null;
    const print = this.print(...args);
    if (this.#pending?.print !== print) this.#pending = { print, key: newKey(), args };
    try {
      const got = await this.call(this.#pending.key, ...this.#pending.args);
      this.#pending = null;
      return got;
    } catch (raised) {
      if (raised instanceof DOMException && raised.name === 'AbortError') return null;
      this.error = asApiError(raised);
      if (!this.error.undecided) this.#pending = null;
      return null;
    } finally {
      this.busy = false;
    }
  }
}
