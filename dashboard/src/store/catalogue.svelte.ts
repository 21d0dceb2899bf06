// Task kinds and units: small, slow-changing lists every page names things from.
import * as people from '../api/people';
import type { TaskKind, Unit } from '../api/types';
import { session } from './session.svelte';

class Catalogue {
  kinds = $state.raw<TaskKind[]>([]);
  units = $state.raw<Unit[]>([]);
  #loading: Promise<void> | null = null;

  constructor() {
    session.onLeave(() => this.#forget());
  }

  load(): Promise<void> {
    this.#loading ??= this.#fetch().catch(() => void (this.#loading = null));
    return this.#loading ?? Promise.resolve();
  }

  /** Asks again, after something was founded here. */
  renew(): Promise<void> {
    this.#loading = null;
    return this.load();
  }

  async #fetch() {
    const [kinds, units] = await Promise.all([people.kinds(), people.units()]);
    this.kinds = kinds.items.filter((kind) => kind.active);
    this.units = units.items;
  }

  #forget() {
    this.kinds = [];
    this.units = [];
    this.#loading = null;
  }
}

export const catalogue = new Catalogue();
