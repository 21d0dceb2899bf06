// What was done in a period, fetched anew now and then while tasks go on.
import * as api from '../api/numbers';
import type { Work } from '../api/types';
import { asked, type Period } from './period';
import { Renewed } from './renewed.svelte';

/** Sums over many days change slowly, and events come fast. */
const RENEW_MS = 5_000;

export class WorkDone extends Renewed<Period> {
  value = $state.raw<Work | null>(null);
  protected override readonly soonMs = RENEW_MS;

  override async show(wanted: Period) {
    this.value = null;
    await super.show(wanted);
  }

  protected override concerns(type: string): boolean {
    return /^(task|assignment)_/.test(type);
  }

  protected async read(wanted: Period, signal: AbortSignal) {
    const value = await api.work(asked(wanted), signal);
    return { take: () => void (this.value = value), partial: false };
  }
}
