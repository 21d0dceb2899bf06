// A task being written: its draft, what is wrong with it, and its way to the server.
import * as api from '../api/tasks';
import { asApiError, type ApiError } from '../api/problem';
import type { NewTask, Task, TaskPatch } from '../api/types';
import { Write } from '../api/write.svelte';
import { beside } from '../i18n/explain';
import { t } from '../i18n/words.svelte';
import { drop, keep, kept } from '../store/kept';
import { session } from '../store/session.svelte';
import { tasks } from '../store/tasks.svelte';
import { clock } from '../time/clock.svelte';
import { draftOf, emptyDraft, faultsOf, newTask, taskPatch, type Draft, type Faults } from './draft';

const NAME = 'task';

const startingDraft = (): Draft => {
  const units = session.me?.units ?? [];
  return emptyDraft(session.zone, units.length === 1 ? (units[0]?.id ?? null) : null);
};

export class TaskEditor {
  draft = $state(startingDraft());
  /** The task that is changed; null while it is fetched, and for a new one. */
  task = $state.raw<Task | null>(null);
  faults = $state.raw<Faults>({});
  loadError = $state.raw<ApiError | null>(null);
  readonly editing: boolean;

  /** "Now" is the moment of the first try, however often it has to be repeated. */
  readonly #create = new Write(
    (key, body: NewTask) => api.create(body, key),
    (body) => JSON.stringify(this.draft.when === 'now' ? { ...body, planned_start: 'now' } : body),
  );
  readonly #patch = new Write((key, id: number, version: number, body: TaskPatch) =>
    api.patch(id, version, body, key),
  );

  constructor(readonly id?: number) {
    this.editing = id !== undefined;
    if (this.editing) void this.load();
    else Object.assign(this.draft, kept<Draft>(NAME));
  }

  get busy(): boolean {
    return this.#create.busy || this.#patch.busy || (this.editing && this.task === null);
  }

  get error(): ApiError | null {
    return this.#create.error ?? this.#patch.error;
  }

  async load() {
    if (this.id === undefined) return;
    this.loadError = null;
    try {
      this.task = await api.one(this.id);
      tasks.put(this.task);
      this.draft = draftOf(this.task, session.zone);
    } catch (raised) {
      this.loadError = asApiError(raised);
    }
  }

  /** Keeps what is typed for a new task. */
  keep() {
    if (!this.editing) keep(NAME, this.draft);
  }

  /** What stands beside a field: our own objection, else the server's. */
  wrong = (field: keyof Faults): string | undefined => {
    const fault = this.faults[field];
    return fault ? t(fault) : beside(this.error, field);
  };

  /** True when nothing is missing before asking. */
  check(): boolean {
    this.faults = faultsOf(this.draft);
    this.#create.error = null;
    this.#patch.error = null;
    return Object.keys(this.faults).length === 0;
  }

  /** The saved task, or null with `error` set. One that somebody else has changed is fetched again. */
  async send(override_reason?: string): Promise<Task | null> {
    const saved = this.task
      ? await this.#patch.send(this.task.id, this.task.version, taskPatch(this.draft))
      : await this.#create.send({ ...newTask(this.draft, clock.now), override_reason });
    if (saved) {
      drop(NAME);
      tasks.put(saved);
    } else if (this.error?.status === 412) await this.load();
    return saved;
  }
}
