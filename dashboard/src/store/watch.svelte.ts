// Who works alone, and everybody who does not say that he is well: always here and live for whoever is responsible.
import * as api from '../api/checkIns';
import { asApiError, type ApiError } from '../api/problem';
import type { Watched } from '../api/types';
import { t } from '../i18n/words.svelte';
import { link } from '../live/link.svelte';
import { router } from '../router.svelte';
import { contacts } from './contacts.svelte';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

const MOST = 200;
const SOON_MS = 300;
/** A whole crew that answers at once is not fetched for each of them. */
const GAP_MS = 3_000;
const TOAST_MS = 30_000;

const keyOf = ({ id, person }: Watched) => `${id}:${person.agent_id}`;

/** One look at everybody who is asked, as long as that is no more than a page; else at the two kinds that are shown. */
async function read() {
  const all = await api.watched({ limit: MOST });
  if (all.next_cursor == null)
    return {
      silent: all.items.filter((one) => one.silent),
      alone: all.items.filter(({ task }) => task == null),
      partial: false,
    };
  const [silent, alone] = await Promise.all([
    api.watched({ silent: true, limit: MOST }),
    api.watched({ alone: true, limit: MOST }),
  ]);
  const partial = silent.next_cursor != null || alone.next_cursor != null;
  return { silent: silent.items, alone: alone.items, partial };
}

class Watch {
  silent = $state.raw<Watched[]>([]);
  alone = $state.raw<Watched[]>([]);
  /** There are more than were fetched. */
  partial = $state(false);
  error = $state.raw<ApiError | null>(null);
  #loaded = false;
  #last = 0;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    link.listen({
      event: ({ event_type: type }) => type === 'check_in_updated' && this.#soon(SOON_MS),
      resync: () => this.#soon(0),
    });
    session.onLeave(() => this.#forget());
  }

  async start() {
    await link.whenLive(500);
    await this.load();
  }

  load = async () => {
    if (session.level < 2) return;
    const asked = ++this.#asked;
    this.#last = Date.now();
    try {
      const { silent, alone, partial } = await read();
      if (asked !== this.#asked || session.state !== 'in') return;
      this.#tell(silent);
      Object.assign(this, { silent, alone, partial, error: null });
      this.#loaded = true;
      if (silent.length > 0) void contacts.load();
    } catch (raised) {
      if (asked !== this.#asked) return;
      this.error = asApiError(raised);
      if (this.error.undecided) this.#soon((this.error.retryAfter ?? 0) * 1000 || GAP_MS);
    }
  };

  /** Whoever is silent since the last look is told of on every page. */
  #tell(now: Watched[]) {
    const known = new Set(this.silent.map(keyOf));
    const fresh = this.#loaded ? now.filter((one) => !known.has(keyOf(one))) : [];
    for (const { person, task } of fresh.slice(0, 3)) {
      const run = () => void router.go(task ? `/tasks/${task.id}` : '/');
      const see = { label: t('well.see'), run };
      toasts.show(t('well.silentNow', { name: person.name }), 'bad', see, TOAST_MS);
    }
  }

  #soon(ms: number) {
    if (this.#timer !== undefined) return;
    const wait = Math.max(ms, this.#last + GAP_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, wait);
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asked++;
    this.silent = [];
    this.alone = [];
    this.partial = false;
    this.error = null;
    this.#loaded = false;
  }
}

export const watch = new Watch();
