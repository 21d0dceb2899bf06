// The emergencies one may see: the running ones always here and live, others when somebody looks at them.
import { SvelteMap } from 'svelte/reactivity';
import * as api from '../api/emergencies';
import { asApiError, type ApiError } from '../api/problem';
import type { Emergency } from '../api/types';
import { t } from '../i18n/words.svelte';
import { link } from '../live/link.svelte';
import { Refresher } from '../live/refresher';
import type { LiveEvent } from '../live/socket';
import { router } from '../router.svelte';
import { calledText } from './calledText';
import { byNeed, isRunning } from './rollcall';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

const RUNNING = 'active,answered';
/** So many are fetched one by one; more by the list. */
const FEW = 2;

class Emergencies {
  readonly byId = new SvelteMap<number, Emergency>();
  /** Until when this tab may take back what it raised, by its own clock. */
  readonly withdrawable = new SvelteMap<number, number>();
  error = $state.raw<ApiError | null>(null);
  loaded = $state(false);
  readonly running = $derived(byNeed([...this.byId.values()].filter(({ status }) => isRunning(status))));
  #asked = 0;
  readonly #answered = new Map<number, number>();
  /** Codes of those that were raised and that nobody here was told of yet. */
  readonly #untold = new Map<number, string>();
  readonly #refresher = new Refresher((ids) => this.#refetch(ids), { burst: 20, perMinute: 40 });

  constructor() {
    link.listen({ event: (event) => this.#heard(event), resync: () => void this.#renew() });
    session.onLeave(() => this.clear());
  }

  /** After signing in; what happens before the connection is there is asked for again then. */
  async start() {
    await link.whenLive(500);
    await this.load();
  }

  /** Those that run now, whatever was known before. */
  async load() {
    const asked = this.#ask();
    try {
      const { items } = await api.list(RUNNING);
      const now = new Set(items.map(({ id }) => id));
      // Whatever ran and does not any more is told about by itself, not by its absence.
      for (const one of this.running) if (!now.has(one.id)) this.#refresher.touch(one.id);
      for (const one of items) this.#take(one, asked);
      this.error = null;
      this.loaded = true;
    } catch (raised) {
      if (session.state === 'in') this.error = asApiError(raised);
    }
  }

  /** Throws the ApiError of an emergency that cannot be had. */
  async look(id: number) {
    const asked = this.#ask();
    this.#take(await api.one(id), asked);
  }

  /** Takes what a write has just answered with. */
  put(emergency: Emergency) {
    this.#take(emergency, this.#ask());
  }

  /** One that this tab has raised; `sentAt` is when it asked, so that the time to withdraw is never too long. */
  raised(emergency: Emergency, sentAt: number) {
    this.#untold.delete(emergency.id);
    this.put(emergency);
    const { raised_at: from, withdrawable_until: until } = emergency;
    if (from && until) this.withdrawable.set(emergency.id, sentAt + Date.parse(until) - Date.parse(from));
  }

  /** Whether a task is a call for help that stands on top of the board. */
  isRunningTask(taskId: number): boolean {
    return this.running.some(({ task_id: id }) => id === taskId);
  }

  ofTask(taskId: number): Emergency | undefined {
    for (const one of this.byId.values()) if (one.task_id === taskId) return one;
    return undefined;
  }

  clear() {
    this.#refresher.forget();
    this.byId.clear();
    this.#answered.clear();
    this.#untold.clear();
    this.withdrawable.clear();
    this.loaded = false;
    this.error = null;
  }

  #heard({ event_type, data }: LiveEvent) {
    if (!event_type.startsWith('emergency_') || typeof data.id !== 'number') return;
    this.#refresher.touch(data.id);
    if (event_type === 'emergency_raised' || this.#isNews(data)) {
      this.#untold.set(data.id, String(data.code ?? ''));
    }
  }

  /** One that runs and was not this person's business until now: his people are asked in a later ring, or he is told. */
  #isNews({ id, status }: LiveEvent['data']): boolean {
    return this.loaded && RUNNING.split(',').includes(String(status)) && !this.byId.has(Number(id));
  }

  /** Once: who calls and where, or the code alone where nothing else can be had now. */
  #alert(id: number) {
    const code = this.#untold.get(id);
    if (code === undefined) return;
    this.#untold.delete(id);
    if (this.withdrawable.has(id)) return;
    const emergency = this.byId.get(id);
    const text = emergency ? calledText(emergency) : t('emergency.new', { code });
    const run = () => void router.go(`/emergencies/${id}`);
    toasts.show(text, 'bad', { label: t('emergency.open'), run }, 30_000);
  }

  async #renew() {
    if (session.state !== 'in') return;
    for (const { id, status } of this.byId.values()) if (!isRunning(status)) this.#refresher.touch(id);
    await this.load();
  }

  async #refetch(ids: number[]): Promise<number | null> {
    try {
      const unknown = ids.length > FEW ? await this.#fromList(ids) : ids;
      for (const id of unknown) await this.#fetch(id);
      return null;
    } catch (raised) {
      const refused = asApiError(raised);
      if (refused.status === 401) return null;
      for (const id of ids) this.#alert(id);
      return (refused.retryAfter ?? 2) * 1000;
    }
  }

  /** Takes what the list of the running ones has; the others are left to be asked for. */
  async #fromList(ids: number[]): Promise<number[]> {
    const asked = this.#ask();
    for (const one of (await api.list(RUNNING)).items) {
      this.#take(one, asked);
      ids = ids.filter((id) => id !== one.id);
    }
    return ids;
  }

  /** Numbers what is asked for, so that a late answer does not replace that of a later question. */
  #ask = () => ++this.#asked;

  #take(emergency: Emergency, asked: number) {
    if ((this.#answered.get(emergency.id) ?? 0) > asked) return;
    this.#answered.set(emergency.id, asked);
    this.byId.set(emergency.id, emergency);
    this.#alert(emergency.id);
  }

  async #fetch(id: number) {
    try {
      await this.look(id);
    } catch (raised) {
      if (asApiError(raised).status !== 404) throw raised;
      this.byId.delete(id);
      this.#untold.delete(id);
    }
  }
}

export const emergencies = new Emergencies();
