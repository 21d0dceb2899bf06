// A week of shifts as a table: local days, whose shift begins on which, and units as groups.
import type { Agent, Leave, Shift, UnitRef } from '../api/types.ts';
import { dayRange, formatWall, wallAt } from '../time/zone.ts';

const DAY_MS = 86_400_000;
const utc = (day: string) => Date.parse(`${day}T00:00:00Z`);
const text = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export const addDays = (day: string, n: number): string => text(utc(day) + n * DAY_MS);
/** The local day of an instant, `YYYY-MM-DD`. */
export const dayAt = (instant: number, zone: string): string =>
  formatWall(wallAt(instant, zone)).slice(0, 10);
/** The Monday of the week of a day. */
export const mondayOf = (day: string): string => addDays(day, -((new Date(utc(day)).getUTCDay() + 6) % 7));
export const daysOf = (monday: string): string[] => [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(monday, n));

export function isDay(text: string | null): text is string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text));
}

/** From the first instant of the Monday to the first of the next one. */
export function weekRange(monday: string, zone: string): { from?: string; to?: string } {
  const { from } = dayRange(monday, monday, zone);
  const { from: to } = dayRange(addDays(monday, 7), addDays(monday, 7), zone);
  return { from, to };
}

/** "06:00–14:00" by the wall clock of the shift's own zone. */
export const hoursOf = ({
  starts_local: from,
  ends_local: to,
}: {
  starts_local: string;
  ends_local: string;
}) => `${from.slice(11, 16)}–${to.slice(11, 16)}`;

export type Row = { id: number; name: string; shifts: Map<string, Shift[]>; leave: Set<string> };
export type Group = { unit: UnitRef | null; rows: Row[] };

/** The day of the week under which a shift stands: its own, or the first for one that began before. */
const standsOn = (shift: Shift, days: string[]): string => {
  const day = shift.starts_local.slice(0, 10);
  return days.includes(day) ? day : (days[0] ?? day);
};

const awayOn = (leave: Leave, day: string, zone: string): boolean => {
  const { from, to } = dayRange(day, day, zone);
  return leave.starts_at < (to ?? '') && leave.ends_at > (from ?? '');
};

type Known = { agents: Agent[]; shifts: Shift[]; leaves: Leave[] };

/** Everybody by unit, also those without a shift: a gap has to be seen. Who has several units stands in the first. */
export function groupsOf({ agents, shifts, leaves }: Known, days: string[], zone: string): Group[] {
  const rows = new Map<number, Row>();
  const units = new Map<number, UnitRef | null>();
  const add = (id: number, name: string, unit: UnitRef | null) => {
    const row = rows.get(id) ?? { id, name, shifts: new Map(), leave: new Set() };
    rows.set(id, row);
    if (!units.has(id)) units.set(id, unit);
    return row;
  };
  for (const agent of agents) add(agent.id, agent.name, agent.units[0] ?? null);
  for (const shift of shifts) {
    const row = add(shift.agent_id, shift.name, shift.unit ?? null);
    const day = standsOn(shift, days);
    row.shifts.set(day, [...(row.shifts.get(day) ?? []), shift]);
  }
  for (const leave of leaves) {
    const row = rows.get(leave.agent_id);
    for (const day of days) if (row && awayOn(leave, day, zone)) row.leave.add(day);
  }
  for (const row of rows.values())
    for (const list of row.shifts.values()) list.sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  return grouped([...rows.values()], (row) => units.get(row.id) ?? null);
}

/** Groups by unit name, those without a unit last; people by name. */
export function grouped<T extends { name: string }>(
  people: T[],
  unitOf: (one: T) => UnitRef | null,
): { unit: UnitRef | null; rows: T[] }[] {
  const groups = new Map<number | null, { unit: UnitRef | null; rows: T[] }>();
  for (const one of people) {
    const unit = unitOf(one);
    const group = groups.get(unit?.id ?? null) ?? { unit, rows: [] };
    groups.set(unit?.id ?? null, group);
    group.rows.push(one);
  }
  for (const { rows } of groups.values()) rows.sort((a, b) => a.name.localeCompare(b.name));
  const key = ({ unit }: { unit: UnitRef | null }) => `${unit === null ? 1 : 0}${unit?.name ?? ''}`;
  return [...groups.values()].sort((a, b) => key(a).localeCompare(key(b)));
}
