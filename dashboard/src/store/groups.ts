// The Telegram groups of units: in which order they are listed, and what has to be said about each.
import type { BroadcastReach, Group, Unit } from '../api/types';

export type UnitGroup = { unit: Unit; group: Group };

/** By unit and title; those somebody has to look after first. */
export function groupsOf(units: Unit[]): UnitGroup[] {
  const all = units.flatMap((unit) => unit.groups.map((group) => ({ unit, group })));
  const order = (one: UnitGroup) => [needsCare(one.group) ? 0 : 1, one.unit.name, one.group.title] as const;
  return all.sort((a, b) => {
    const [careA, unitA, titleA] = order(a);
    const [careB, unitB, titleB] = order(b);
    return careA - careB || unitA.localeCompare(unitB) || titleA.localeCompare(titleB);
  });
}

/** Whoever registered it no longer decides about the unit, and nobody has taken it over. */
export const ownerless = (group: Group): string | null =>
  group.registered_by && !group.registered_by.answers ? group.registered_by.name : null;

export const needsCare = (group: Group): boolean =>
  ownerless(group) !== null || Boolean(group.trouble) || group.topics_refused;

/** One topic of a forum, a forum that gets a topic for each emergency, or a plain group. */
export const modeOf = (group: Group): 'topic' | 'forum' | 'group' =>
  group.topic ? 'topic' : group.forum ? 'forum' : 'group';

const NAMED = 5;

/** The names of these groups, as many as one reads. */
export function titlesOf(groups: { title: string }[]): string {
  const named = groups.slice(0, NAMED).map(({ title }) => title);
  return groups.length > NAMED ? `${named.join(', ')}…` : named.join(', ');
}

/** The groups of a preview that may not hear it: the last one did not arrive there. */
export const failing = (reach: BroadcastReach) => reach.groups.filter(({ trouble }) => Boolean(trouble));
