// Leave being written: whole days by the calendar of the installation, what is wrong with them, and what is sent.
import type { NewLeave } from '../api/types';
import type { Key } from '../i18n/words.svelte';
import { addDays, isDay } from '../store/week';
import { dayRange } from '../time/zone';

export type LeaveDraft = { agent: number | null; from: string; to: string; sick: boolean; reason: string };
export type LeaveFaults = { agent?: Key; from?: Key; to?: Key };

/** Who falls ill tells it afterwards; as the server has it. */
const SICK_DAYS_BACK = 30;

export function leaveFaults({ agent, from, to, sick }: LeaveDraft, today: string): LeaveFaults {
  const faults: LeaveFaults = {};
  if (agent === null) faults.agent = 'leaves.who.missing';
  if (!isDay(from)) faults.from = 'leaves.day.missing';
  else if (from < addDays(today, sick ? -SICK_DAYS_BACK : 0))
    faults.from = sick ? 'leaves.from.past.sick' : 'leaves.from.past';
  if (!isDay(to)) faults.to = 'leaves.day.missing';
  else if (to < from) faults.to = 'leaves.to.before';
  return faults;
}

/** From the first midnight to the one after the last day; null while something is missing. */
export function newLeave({ agent, from, to, sick, reason }: LeaveDraft, zone: string): NewLeave | null {
  if (agent === null || !isDay(from) || !isDay(to)) return null;
  const after = addDays(to, 1);
  const { from: starts_at } = dayRange(from, from, zone);
  const { from: ends_at } = dayRange(after, after, zone);
  if (starts_at === undefined || ends_at === undefined) return null;
  return { agent_id: agent, starts_at, ends_at, sick, reason: reason.trim() || undefined };
}
