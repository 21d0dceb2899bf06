// Task kinds and units: small, slow-changing lists every page names things from.
import * as people from '../api/people';
import type { TaskKind, Unit } from '../api/types';
import { session } from './session.svelte';
import { shelf } from './shelf';

/** So long a page that is loaded anew takes what the one before it had: whoever reloads wants the tasks, not these. */
const FRESH_MS = 60_000;
const kept = shelf(() => sessionStorage, 'gad.catalogue');
type Lists = { kinds: TaskKind[]; units: Unit[] };

/** What this tab had of the same person a moment ago, and how long ago; an older page may have left another form. */
function justKept(): { lists: Lists; age: number } | null {
  try {
    const { of, at, kinds, units } = JSON.parse(kept.read() ?? 'null') as Lists & { of: number; at: number };
    const age = Date.now() - at;
    const good = Array.isArray(kinds) && Array.isArray(units) && age >= 0 && age < FRESH_MS;
    return good && of === session.me?.id ? { lists: { kinds, units }, age } : null;
  } catch {
    return null;
  }
}

class Catalogue {
  kinds = $state.raw<TaskKind[]>([]);
  units = $state.raw<Unit[]>([]);
  #loading: Promise<void> | null = null;
  #older: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    session.onLeave(() => this.#forget());
  }

  load(): Promise<void> {
    if (this.#loading !== null) return this.#loading;
    const had = justKept();
    if (had === null) return this.renew();
    this.#take(had.lists);
    this.#older = setTimeout(() => void this.renew(), FRESH_MS - had.age);
    this.#loading = Promise.resolve();
    return this.#loading;
  }

  /** Asks again, after something was founded here. */
  renew(): Promise<void> {
    clearTimeout(this.#older);
    this.#loading = this.#fetch().catch(() => void (this.#loading = null));
    return this.#loading;
  }

  async #fetch() {
    const of = session.me?.id;
    const [kinds, units] = await Promise.all([people.kinds(), people.units()]);
    const lists = { kinds: kinds.items.filter((kind) => kind.active), units: units.items };
    this.#take(lists);
    kept.put(JSON.stringify({ of, at: Date.now(), ...lists }));
  }

  #take({ kinds, units }: Lists) {
    this.kinds = kinds;
    this.units = units;
  }

  #forget() {
    clearTimeout(this.#older);
    kept.put(null);
    this.kinds = [];
    this.units = [];
    this.#loading = null;
  }
}

export const catalogue = new Catalogue();
