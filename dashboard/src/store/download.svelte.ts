// One file on its way to the person: how long it has been made, how much of it has come, and what went wrong.
import { askFile } from '../api/client';
import { asApiError, type ApiError } from '../api/problem';

export type DownloadState = 'idle' | 'preparing' | 'receiving' | 'saved' | 'stopped' | 'failed';

/** What is asked for, and how it is handed over; both can be others in tests. */
export type Means = {
  ask: typeof askFile;
  save(file: Blob, name: string): void;
};

const TICK_MS = 1_000;

export class Download {
  state = $state<DownloadState>('idle');
  /** Whole seconds since it was asked for. */
  seconds = $state(0);
  bytes = $state(0);
  name = $state('');
  error = $state.raw<ApiError | null>(null);
  /** It had begun to come and broke off. */
  cut = $state(false);
  readonly busy = $derived(this.state === 'preparing' || this.state === 'receiving');
  #loads = new AbortController();

  constructor(private readonly means: Means = { ask: askFile, save }) {}

  async start(url: string, otherwise: string) {
    this.stop();
    const loads = (this.#loads = new AbortController());
    const { signal } = loads;
    Object.assign(this, { state: 'preparing', seconds: 0, bytes: 0, error: null, cut: false });
    const timer = setInterval(() => this.seconds++, TICK_MS);
    const received = (bytes: number) => {
      if (signal.aborted) return;
      this.bytes = bytes;
      this.state = 'receiving';
    };
    try {
      const { file, name } = await this.means.ask(url, otherwise, { received, signal });
      if (signal.aborted) return;
      this.name = name;
      this.bytes = file.size;
      this.means.save(file, name);
      this.state = 'saved';
    } catch (raised) {
      if (signal.aborted) return;
      this.cut = this.state === 'receiving';
      this.error = asApiError(raised);
      this.state = 'failed';
    } finally {
      clearInterval(timer);
    }
  }

  /** Nothing of it is kept. */
  stop() {
    this.#loads.abort();
    if (this.busy) this.state = 'stopped';
  }
}

const FORGET_MS = 60_000;

/** Hands a file to the browser. */
export function save(file: Blob, name: string) {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), FORGET_MS);
}
