// Phones and Telegram names of the people one may see, fetched when somebody has to be called.
import { directory } from '../api/emergencies';
import { asApiError, type ApiError } from '../api/problem';
import type { User } from '../api/types';
import { session } from './session.svelte';

/** Of 200 accounts each. */
const MOST_PAGES = 5;

class Contacts {
  users = $state.raw<User[]>([]);
  error = $state.raw<ApiError | null>(null);
  /** There are more accounts than were fetched. */
  partial = $state(false);
  #loading: Promise<void> | null = null;
  readonly byAgent = $derived(
    new Map(this.users.flatMap((user) => (user.agent_id == null ? [] : [[user.agent_id, user] as const]))),
  );
  readonly byUser = $derived(new Map(this.users.map((user) => [user.id, user])));

  constructor() {
    session.onLeave(() => this.#forget());
  }

  load(): Promise<void> {
    if (session.level < 2) return Promise.resolve();
    this.#loading ??= this.#fetch().catch((raised: unknown) => {
      this.#loading = null;
      this.error = asApiError(raised);
    });
    return this.#loading;
  }

  async #fetch() {
    this.error = null;
    const found: User[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items, next_cursor: next } = await directory(cursor);
      found.push(...items);
      cursor = next ?? undefined;
      if (cursor === undefined) break;
    }
    this.users = found;
    this.partial = cursor !== undefined;
  }

  #forget() {
    this.users = [];
    this.partial = false;
    this.error = null;
    this.#loading = null;
  }
}

export const contacts = new Contacts();
