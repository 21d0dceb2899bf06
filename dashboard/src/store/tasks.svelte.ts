// The board's tasks: one map by id, a page cursor per column, live changes merged in place.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import * as api from '../api/tasks';
import { ApiError, asApiError } from '../api/problem';
import { isOpen, STATUSES, type Task, type TaskStatus } from '../api/types';
import { Refresher } from '../live/refresher';
import { Retry } from '../live/retry';
import type { LiveEvent } from '../live/socket';
import { link } from '../live/link.svelte';
import { clock } from '../time/clock.svelte';
import { session } from './session.svelte';
import { matches, NO_FILTER, toQuery, type Filter } from './filter';
import { inOrder } from './order';
import { merge } from './merge';

const PAGE = 50;
/** So much of what is open is asked for in one request instead of one for each state. */
const TOGETHER = 200;
const OPEN = STATUSES.filter(isOpen);
const ENDED = STATUSES.filter((status) => !isOpen(status));
const FLASH_MS = 2_500;

class Column {
  cursor = $state<string | null>(null);
  loading = $state(true);
  /** The first page is here, and changes are merged into it. */
  fetched = false;
  error = $state.raw<ApiError | null>(null);
  readonly retry = new Retry();
  constructor(readonly status: TaskStatus) {}
}

class Tasks {
  readonly byId = new SvelteMap<number, Task>();
  /** Ids that belong to what the filters show. */
  readonly shown = new SvelteSet<number>();
  /** Ids changed a moment ago, to catch the eye. */
  readonly fresh = new SvelteSet<number>();
  readonly columns = Object.fromEntries(STATUSES.map((s) => [s, new Column(s)])) as Record<
    TaskStatus,
    Column
  >;
  filter: Filter = NO_FILTER;
  #loads = new AbortController();
  /** More is open than comes together. */
  #many = false;
  readonly #refresher = new Refresher((ids) => this.#refetch(ids));

  readonly lists = $derived.by(() => {
    const lists = Object.fromEntries(STATUSES.map((s) => [s, [] as Task[]])) as Record<TaskStatus, Task[]>;
    for (const id of this.shown) {
      const task = this.byId.get(id);
      if (task) lists[task.status].push(task);
    }
    for (const status of STATUSES) inOrder(status, lists[status], clock.now);
    return lists;
  });

  constructor() {
    link.listen({ event: (event) => this.#heard(event), resync: () => void this.reload() });
    session.onLeave(() => this.clear());
  }

  /** Shows a selection; one that is shown already has been kept up to date and is not fetched again. */
  async show(filter: Filter) {
    const same = JSON.stringify(filter) === JSON.stringify(this.filter);
    if (same && STATUSES.every((status) => this.columns[status].fetched)) return;
    this.filter = filter;
    await this.reload();
  }

  async reload() {
    this.#loads.abort();
    this.#loads = new AbortController();
    const { signal } = this.#loads;
    await Promise.all([this.#loadOpen(signal), ...ENDED.map((status) => this.#loadFirst(status, signal))]);
  }

  async loadMore(status: TaskStatus) {
    const column = this.columns[status];
    if (column.loading || column.cursor === null) return;
    await this.#load(column, column.cursor, this.#loads.signal);
  }

  /** Takes a task a call has just answered with. */
  put(task: Task) {
    const before = this.byId.get(task.id);
    if (!merge(this.byId, task)) return;
    this.#judge(task);
    if (JSON.stringify(before) !== JSON.stringify(task)) this.#flash(task.id);
  }

  clear() {
    this.#loads.abort();
    this.#refresher.forget();
    this.byId.clear();
    this.shown.clear();
    this.filter = NO_FILTER;
    this.#many = false;
    for (const status of STATUSES) {
      this.columns[status].retry.stop();
      Object.assign(this.columns[status], { cursor: null, loading: true, error: null, fetched: false });
    }
  }

  #isWanted = (status: TaskStatus) => this.filter.status.length === 0 || this.filter.status.includes(status);

  async #loadOpen(signal: AbortSignal): Promise<void> {
    const wanted = OPEN.filter(this.#isWanted);
    const [first] = wanted;
    const apart = OPEN.filter((status) => this.#many || wanted.length < 2 || !wanted.includes(status));
    const rest = Promise.all(apart.map((status) => this.#loadFirst(status, signal)));
    if (first !== undefined && !apart.includes(first)) await this.#loadTogether(first, wanted, signal);
    await rest;
  }

  async #loadTogether(first: TaskStatus, wanted: TaskStatus[], signal: AbortSignal) {
    const columns = wanted.map((status) => this.columns[status]);
    for (const column of columns) {
      column.retry.stop();
      Object.assign(column, { loading: true, error: null, fetched: false });
    }
    try {
      const query = toQuery(this.filter, first, session.zone, clock.now);
      const page = await api.list({ ...query, status: wanted.join(','), limit: TOGETHER }, signal);
      if (signal.aborted) return;
      this.#many = page.next_cursor != null;
      if (this.#many) return await this.#loadOpen(signal);
      for (const column of columns) {
        const { status } = column;
        this.#replace(
          status,
          page.items.filter((task) => task.status === status),
        );
        Object.assign(column, { cursor: null, loading: false, fetched: true });
      }
    } catch (raised) {
      if (signal.aborted) return;
      const error = asApiError(raised);
      for (const column of columns) Object.assign(column, { error, loading: false });
      this.columns[first].retry.after(error, () => this.#loadOpen(signal));
    }
  }

  async #loadFirst(status: TaskStatus, signal: AbortSignal) {
    const column = this.columns[status];
    column.retry.stop();
    if (!this.#isWanted(status)) {
      column.cursor = null;
      column.loading = false;
      column.fetched = true;
      return this.#replace(status, []);
    }
    await this.#load(column, null, signal);
  }

  async #load(column: Column, cursor: string | null, signal: AbortSignal) {
    column.loading = true;
    column.error = null;
    if (cursor === null) column.fetched = false;
    try {
      const query = { ...toQuery(this.filter, column.status, session.zone, clock.now), limit: PAGE };
      const page = await api.list({ ...query, cursor: cursor ?? undefined }, signal);
      if (signal.aborted) return;
      if (cursor === null) this.#replace(column.status, page.items);
      else this.#add(page.items);
      column.cursor = page.next_cursor ?? null;
      column.fetched = true;
    } catch (error) {
      if (signal.aborted) return;
      column.error = asApiError(error);
      // More of what is here is asked for by hand.
      if (cursor === null) column.retry.after(column.error, () => this.#loadFirst(column.status, signal));
    }
    column.loading = false;
  }

  #replace(status: TaskStatus, items: Task[]) {
    const ids = new Set(items.map((task) => task.id));
    for (const id of this.shown) {
      if (this.byId.get(id)?.status === status && !ids.has(id)) this.shown.delete(id);
    }
    this.#add(items);
  }

  #add(items: Task[]) {
    for (const task of items) {
      merge(this.byId, task);
      this.shown.add(task.id);
    }
  }

  #heard(event: LiveEvent) {
    const id = taskIdOf(event);
    if (id !== null) this.#refresher.touch(id);
  }

  async #refetch(ids: number[]): Promise<number | null> {
    try {
      const found = ids.length === 1 ? await this.#fetchOne(ids[0] as number) : await this.#fetchSome(ids);
      for (const task of found) this.put(task);
      const gone = new Set(ids);
      for (const task of found) gone.delete(task.id);
      for (const id of gone) this.#remove(id);
      return null;
    } catch (error) {
      const refused = asApiError(error);
      return refused.status === 401 ? null : (refused.retryAfter ?? 3) * 1000;
    }
  }

  async #fetchOne(id: number): Promise<Task[]> {
    try {
      return [await api.one(id)];
    } catch (error) {
      if (asApiError(error).status === 404) return [];
      throw error;
    }
  }

  async #fetchSome(ids: number[]): Promise<Task[]> {
    return (await api.list({ ids: ids.join(','), limit: 200 })).items;
  }

  #judge(task: Task) {
    const filter = this.filter;
    const inColumn = filter.status.length === 0 || filter.status.includes(task.status);
    if (inColumn && matches(task, filter, clock.now, session.zone, this.shown.has(task.id))) {
      this.shown.add(task.id);
    } else this.shown.delete(task.id);
  }

  #flash(id: number) {
    this.fresh.add(id);
    setTimeout(() => this.fresh.delete(id), FLASH_MS);
  }

  #remove(id: number) {
    this.shown.delete(id);
    this.byId.delete(id);
  }
}

/** The task an event is about: `task_…` and `assignment_…` events carry its id. */
export function taskIdOf(event: LiveEvent): number | null {
  if (!/^(task|assignment)_/.test(event.event_type)) return null;
  const id = event.data.task_id ?? event.data.id;
  return typeof id === 'number' ? id : null;
}

export const tasks = new Tasks();
