// One broadcast and its people, followed live: fetched anew after its events, at most every second and a half.
import * as api from '../api/broadcasts';
import { asApiError, type ApiError } from '../api/problem';
import type { Broadcast, Recipient, RecipientState } from '../api/types';
import { link } from '../live/link.svelte';
import { Refresher } from '../live/refresher';
import { Retry } from '../live/retry';
import { LEDGER, peopleOf, silentFirst } from './ledger';

const PAGE = 200;
/** Of one broadcast to ten thousand, for a file. */
const MOST_PAGES = 60;

export class Roll {
  broadcast = $state.raw<Broadcast | null>(null);
  people = $state.raw<Recipient[]>([]);
  /** There are more people than are shown. */
  more = $state(false);
  loading = $state(true);
  error = $state.raw<ApiError | null>(null);
  #wanted: RecipientState | null = null;
  #rows = PAGE;
  #asked = 0;
  readonly #refresher = new Refresher(() => this.#refresh(), { burst: 20, perMinute: 40 });
  readonly #retry = new Retry();

  constructor(private readonly id: number) {}

  /** Listens until the returned function is called. */
  follow(): () => void {
    const leave = link.listen({
      event: ({ event_type, data }) =>
        event_type.startsWith('broadcast_') && data.id === this.id && this.#refresher.touch(this.id),
      resync: () => this.#refresher.touch(this.id),
    });
    return () => {
      leave();
      this.#refresher.forget();
      this.#retry.stop();
      this.#asked = Infinity;
    };
  }

  /** Shows those in one state, or all. */
  async show(state: RecipientState | null) {
    this.#wanted = state;
    this.#rows = PAGE;
    await this.load();
  }

  async further() {
    this.#rows += PAGE;
    await this.load();
  }

  /** Takes what a write has answered with; its people are asked for again. */
  put(broadcast: Broadcast) {
    this.broadcast = broadcast;
    void this.load();
  }

  load = async () => {
    this.#retry.stop();
    const failed = await this.#fetch();
    if (failed) this.#retry.after(failed, this.load);
  };

  /** Why it failed; null when it is here, or something was asked for later. */
  async #fetch(): Promise<ApiError | null> {
    const asked = ++this.#asked;
    this.loading = true;
    try {
      const [broadcast, people] = await this.#read(this.#wanted, this.#rows);
      // What was asked for later is shown, whatever comes first.
      if (asked < this.#asked) return null;
      this.broadcast = broadcast;
      this.people = silentFirst(people).slice(0, this.#rows);
      const all = this.#wanted === null ? peopleOf(broadcast) : broadcast.counts[this.#wanted];
      this.more = all > this.people.length;
      this.error = null;
    } catch (raised) {
      if (asked < this.#asked) return null;
      this.error = asApiError(raised);
    }
    this.loading = false;
    return this.error;
  }

  /** Everybody, for a file. */
  async everybody(): Promise<Recipient[]> {
    return silentFirst(await this.#pages({}, PAGE * MOST_PAGES));
  }

  async #refresh(): Promise<number | null> {
    const failed = await this.#fetch();
    return failed?.undecided ? (failed.retryAfter ?? 2) * 1000 : null;
  }

  /** The server lists by number: of many people the silent are asked for first, state by state. */
  async #read(wanted: RecipientState | null, rows: number): Promise<[Broadcast, Recipient[]]> {
    const first = await api.one(this.id, { state: wanted ?? undefined, limit: PAGE });
    const { items = [], next_cursor: next } = first.recipients ?? {};
    if (next == null) return [first, items];
    const people: Recipient[] = [];
    for (const state of wanted === null ? LEDGER : [wanted]) {
      if (people.length >= rows) break;
      if (first.counts[state] > 0) people.push(...(await this.#pages({ state }, rows - people.length)));
    }
    return [first, people];
  }

  async #pages(query: { state?: RecipientState }, most: number): Promise<Recipient[]> {
    const found: Recipient[] = [];
    let cursor: string | undefined;
    do {
      const page = (await api.one(this.id, { ...query, limit: PAGE, cursor })).recipients;
      found.push(...(page?.items ?? []));
      cursor = page?.next_cursor ?? undefined;
    } while (cursor !== undefined && found.length < most);
    return found;
  }
}
