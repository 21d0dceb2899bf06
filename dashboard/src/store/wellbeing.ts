// How people stand who are asked whether they are well, and what of it is read out.
import type { CheckInPerson } from '../api/types';

export type Standing = CheckInPerson['state'] | 'silent';

/** Silent is whoever was asked again in vain, also when a new round asks anew; until then an answer is only awaited. */
export const isSilent = ({ state, step, escalated_at }: CheckInPerson): boolean =>
  state === 'unreachable' || (state === 'waiting' && (step > 0 || escalated_at != null));

export const standing = (one: CheckInPerson): Standing =>
  one.state === 'waiting' && isSilent(one) ? 'silent' : one.state;

/** So many names are read out; the list has all. */
const NAMED = 5;

export type Spoken = { names: { name: string; standing: Standing }[]; well: number; all: number };

/** Whom one has to care about, and how many are well. */
export const spoken = (people: CheckInPerson[]): Spoken => ({
  names: people
    .filter((one) => one.state === 'help' || isSilent(one))
    .slice(0, NAMED)
    .map((one) => ({ name: one.name, standing: standing(one) })),
  well: people.filter(({ state }) => state === 'well').length,
  all: people.length,
});
