// The agents page's list: one page cursor, availability and positions renewed as events name them.
import { SvelteMap } from 'svelte/reactivity';
import { agents as fetchAgents, type AgentQuery } from '../api/people';
import { asApiError, type ApiError } from '../api/problem';
import type { Agent } from '../api/types';
import { Moves } from '../live/moves';
import { Refresher } from '../live/refresher';
import type { LiveEvent } from '../live/socket';
import { link } from '../live/link.svelte';
import { Retry } from '../live/retry';
import { clock } from '../time/clock.svelte';

const PAGE = 100;
export type Seen = { agent: Agent; fetchedAt: number };

export class AgentList {
  readonly byId = new SvelteMap<number, Seen>();
  cursor = $state<string | null>(null);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  #query: AgentQuery = {};
  #loads = new AbortController();
  readonly #retry = new Retry();
  readonly #refresher = new Refresher((ids) => this.#refetch(ids), { delayMs: 300, burst: 6, perMinute: 12 });

  readonly #moves = new Moves((latest) => {
    clock.tick();
    for (const [id, { lat, lon, accuracy_m, at }] of latest) {
      const agent = this.byId.get(id)?.agent;
      const age_s = Math.max(0, (clock.now - at) / 1000);
      if (agent)
        this.put({ ...agent, position: { lat, lon, accuracy_m, age_s, at: new Date(at).toISOString() } });
    }
  });

  /** Listens until the returned function is called. */
  follow(): () => void {
    const unwatch = link.watch('positions');
    const leave = link.listen({
      event: (event) => this.#heard(event),
      resync: () => void this.show(this.#query),
    });
    return () => {
      unwatch();
      leave();
      this.#loads.abort();
      this.#retry.stop();
      this.#refresher.forget();
      this.#moves.stop();
    };
  }

  async show(query: AgentQuery) {
    this.#loads.abort();
    this.#loads = new AbortController();
    this.#query = query;
    await this.#load(null);
  }

  async more() {
    if (this.cursor !== null && !this.loading) await this.#load(this.cursor);
  }

  put(agent: Agent) {
    this.byId.set(agent.id, { agent, fetchedAt: clock.now });
  }

  async #load(cursor: string | null) {
    const { signal } = this.#loads;
    this.#retry.stop();
    this.loading = true;
    this.error = null;
    try {
      const page = await fetchAgents({ ...this.#query, limit: PAGE, cursor: cursor ?? undefined }, signal);
      if (signal.aborted) return;
      if (cursor === null) this.byId.clear();
      clock.tick();
      for (const agent of page.items) this.put(agent);
      this.cursor = page.next_cursor ?? null;
    } catch (raised) {
      if (signal.aborted) return;
      this.error = asApiError(raised);
      if (cursor === null) this.#retry.after(this.error, () => this.#load(null));
    }
    this.loading = false;
  }

  #heard(event: LiveEvent) {
    if (this.#moves.take(event)) return;
    const id = event.data.agent_id ?? event.data.id;
    if (event.event_type.startsWith('agent_') && typeof id === 'number') this.#refresher.touch(id);
  }

  /** Asks with the page's own filters, so that who no longer fits leaves and who now fits comes. */
  async #refetch(ids: number[]): Promise<number | null> {
    try {
      const { items } = await fetchAgents({ ...this.#query, ids: ids.join(','), limit: 200 });
      const still = new Set(items.map((agent) => agent.id));
      clock.tick();
      for (const agent of items) this.put(agent);
      for (const id of ids) if (!still.has(id)) this.byId.delete(id);
      return null;
    } catch (raised) {
      const refused = asApiError(raised);
      return refused.status === 401 ? null : (refused.retryAfter ?? 5) * 1000;
    }
  }
}
