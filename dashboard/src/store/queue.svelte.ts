// The "no answer" queue: open tasks with an unanswered offer, kept up to date by their events.
import { SvelteMap } from 'svelte/reactivity';
import * as api from '../api/tasks';
import { asApiError, type ApiError } from '../api/problem';
import type { Task } from '../api/types';
import { link } from '../live/link.svelte';
import { Refresher } from '../live/refresher';
import { Retry } from '../live/retry';
import { merge } from './merge';
import { taskIdOf } from './tasks.svelte';
import { silences } from './unanswered';

const PAGE = 200;

export class Queue {
  readonly #tasks = new SvelteMap<number, Task>();
  readonly silences = $derived(silences(this.#tasks.values()));
  cursor = $state<string | null>(null);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  readonly #refresher = new Refresher((ids) => this.#refetch(ids));
  readonly #retry = new Retry();

  /** Listens until the returned function is called. */
  follow(): () => void {
    const leave = link.listen({
      event: (event) => {
        const id = taskIdOf(event);
        if (id !== null) this.#refresher.touch(id);
      },
      resync: () => void this.load(),
    });
    return () => (leave(), this.#retry.end(), this.#refresher.forget());
  }

  async load(from?: string) {
    this.#retry.stop();
    this.loading = true;
    this.error = null;
    try {
      const query = { unacknowledged: true, sort: 'urgency', limit: PAGE, cursor: from };
      const { items, next_cursor: next } = await api.list(query);
      if (from === undefined) this.#tasks.clear();
      for (const task of items) merge(this.#tasks, task);
      this.cursor = next ?? null;
    } catch (raised) {
      this.error = asApiError(raised);
      if (from === undefined) this.#retry.after(this.error, () => this.load());
    }
    this.loading = false;
  }

  /** Fetches one again, after somebody was put on it or a newer one was found. */
  async renew(id: number) {
    await this.#refetch([id]);
  }

  async #refetch(ids: number[]): Promise<number | null> {
    try {
      for (const task of (await api.list({ ids: ids.join(','), limit: PAGE })).items)
        merge(this.#tasks, task);
      return null;
    } catch (raised) {
      const refused = asApiError(raised);
      return refused.status === 401 ? null : (refused.retryAfter ?? 3) * 1000;
    }
  }
}
