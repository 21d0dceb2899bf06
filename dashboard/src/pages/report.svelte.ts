// A report that is being written: it survives closing its form, a lost session and, but for the file, a reload.
import * as api from '../api/tasks';
import type { ApiError } from '../api/problem';
import { Write } from '../api/write.svelte';
import { beside } from '../i18n/explain';
import { t, words, type Key } from '../i18n/words.svelte';
import { parseLatLon } from '../map/projection';
import { drop, keep, kept } from '../store/kept';
import { session } from '../store/session.svelte';
import { bytesText } from '../ui/bytes';

type Typed = { text: string; coordinates: string; placed: boolean };
type Fault = { field: 'text' | 'place' | 'file'; key: Key };

export class ReportDraft {
  text = $state('');
  coordinates = $state('');
  /** The map is open. */
  placed = $state(false);
  file = $state.raw<File | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** How much of it is on its way, 0 to 1; null while nothing is sent. */
  share = $state<number | null>(null);
  #stop: AbortController | null = null;
  readonly #name: string;
  readonly #write: Write<[api.NewReport], { id: number }>;

  constructor(readonly task: number) {
    this.#name = `report-${task}`;
    this.#write = new Write((key, sent) => this.#upload(sent, key), printOf);
    Object.assign(this, kept<Typed>(this.#name));
  }

  get begun(): boolean {
    return this.text !== '' || this.placed || this.file !== null;
  }

  get error(): ApiError | null {
    return this.#write.error;
  }

  get busy(): boolean {
    return this.#write.busy;
  }

  /** What stands beside a field: our own objection, else the server's. */
  wrong(field: Fault['field'], server: string = field): string | undefined {
    if (this.fault?.field !== field) return beside(this.error, server);
    const most = bytesText(api.MOST_FILE_BYTES, words.language);
    const { name = '', size = 0 } = this.file ?? {};
    return t(this.fault.key, { name, size: bytesText(size, words.language), most });
  }

  keep() {
    const { text, coordinates, placed } = this;
    if (text || placed) keep(this.#name, { text, coordinates, placed } satisfies Typed);
    else drop(this.#name);
  }

  /** True when it was taken; then the draft is empty again. */
  async send(): Promise<boolean> {
    this.#write.error = null;
    this.fault = this.#faultOf();
    if (this.fault || this.busy) return false;
    const place = this.placed ? (parseLatLon(this.coordinates) ?? undefined) : undefined;
    const text = this.text.trim() || undefined;
    const done = await this.#write.send({ text, place, file: this.file ?? undefined });
    if (done) this.#clear();
    return done !== null;
  }

  stop() {
    this.#stop?.abort();
  }

  async #upload(sent: api.NewReport, key: string) {
    this.#stop = new AbortController();
    this.share = 0;
    const progress = { signal: this.#stop.signal, sent: (share: number) => (this.share = share) };
    try {
      return await api.report(this.task, sent, key, progress);
    } finally {
      this.share = null;
      this.#stop = null;
    }
  }

  #faultOf(): Fault | null {
    const where = this.placed && this.coordinates.trim() !== '';
    if (where && !parseLatLon(this.coordinates)) return { field: 'place', key: 'form.place.wrong' };
    if (this.file && this.file.size > api.MOST_FILE_BYTES) return { field: 'file', key: 'report.tooLarge' };
    if (this.text.trim() === '' && !where && !this.file) return { field: 'text', key: 'report.empty' };
    return null;
  }

  #clear() {
    Object.assign(this, { text: '', coordinates: '', placed: false, file: null });
    drop(this.#name);
  }
}

/** A file says no more of itself to JSON than its name would. */
const printOf = ({ text, place, file }: api.NewReport): string =>
  JSON.stringify([text, place, file && [file.name, file.size, file.lastModified]]);

const drafts = new Map<string, ReportDraft>();
session.onLogout(() => drafts.clear());

/** The draft of the person who is signed in. */
export function draftFor(task: number): ReportDraft {
  const key = `${session.me?.id}/${task}`;
  const draft = drafts.get(key) ?? new ReportDraft(task);
  drafts.set(key, draft);
  return draft;
}
