// One person's day as bars: shift, leave, absence and tasks, cut to the day, with their places on the line.
import type { Agent, Leave, Shift, Task, Unavailability, UnitRef } from '../api/types.ts';
import { dayRange, instantOf, parseWall } from '../time/zone.ts';
import { addDays } from './week.ts';

export type Span = { from: number; to: number };
export type Bar = Span & {
  key: string;
  kind: 'shift' | 'leave' | 'away' | 'task';
  /** When it really begins and ends, also outside of the day; no end is known when null. */
  starts: number;
  ends: number | null;
  task?: Task;
  reason?: string | null;
};
export type DayOf = {
  shifts: Shift[];
  leaves: Leave[];
  away: Unavailability[];
  tasks: Iterable<Task>;
};

/** From midnight to midnight by the wall clock; 23 or 25 hours when the clocks change. */
export function spanOf(day: string, zone: string): Span {
  const first = (one: string) => Date.parse(dayRange(one, one, zone).from ?? `${one}T00:00:00Z`);
  return { from: first(day), to: first(addDays(day, 1)) };
}

function cut(bar: Omit<Bar, 'from' | 'to'>, day: Span): Bar[] {
  const ends = bar.ends ?? bar.starts;
  const outside =
    bar.starts >= day.to || (ends <= day.from && !(bar.ends === null && bar.starts >= day.from));
  if (outside) return [];
  return [{ ...bar, from: Math.max(bar.starts, day.from), to: Math.min(Math.max(ends, bar.starts), day.to) }];
}

/** Until when a task holds somebody: as it was, as planned, or for one that runs over, until now. */
function endOf(task: Task, now: number): number | null {
  if (task.completed_at) return Date.parse(task.completed_at);
  const planned = task.planned_end ? Date.parse(task.planned_end) : null;
  const runs = task.status === 'in_progress' || task.status === 'paused';
  return runs ? Math.max(planned ?? now, now) : planned;
}

function taskBar(task: Task, agent: number, now: number): Omit<Bar, 'from' | 'to'> | null {
  const held = task.assignments.find((one) => one.agent_id === agent && one.state !== 'declined');
  if (!held || task.status === 'cancelled') return null;
  const starts = Date.parse(task.started_at ?? task.planned_start ?? task.created_at);
  const ends = held.state === 'released' ? Date.parse(held.at) : endOf(task, now);
  if (held.state === 'released' && (ends ?? 0) <= starts) return null;
  return { key: `task-${task.id}`, kind: 'task', starts, ends, task };
}

/** What has no end yet lasts until now. */
function awayBars({ id, starts_at, ends_at, reason }: Unavailability, day: Span, now: number): Bar[] {
  const starts = Date.parse(starts_at);
  const ends = ends_at ? Date.parse(ends_at) : null;
  const lasts = ends ?? Math.max(now, starts);
  const bars = cut({ key: `away-${id}`, kind: 'away', starts, ends: lasts, reason }, day);
  return bars.map((bar) => ({ ...bar, ends }));
}

/** Shifts below, leave and when he could not over them, tasks on top; each in the order of the day. */
export function barsOf(agent: number, { shifts, leaves, away, tasks }: DayOf, day: Span, now: number): Bar[] {
  const plain = (kind: 'shift' | 'leave') => (one: Shift | Leave) =>
    cut(
      {
        key: `${kind}-${one.id}`,
        kind,
        starts: Date.parse(one.starts_at),
        ends: Date.parse(one.ends_at),
      },
      day,
    );
  const mine = <T extends { agent_id: number }>(list: T[]) => list.filter((one) => one.agent_id === agent);
  const work = [...tasks].flatMap((task) => {
    const bar = taskBar(task, agent, now);
    return bar ? cut(bar, day) : [];
  });
  const order = (a: Bar, b: Bar) => a.from - b.from;
  return [
    ...mine(shifts).flatMap(plain('shift')).sort(order),
    ...mine(leaves).flatMap(plain('leave')).sort(order),
    ...mine(away)
      .flatMap((one) => awayBars(one, day, now))
      .sort(order),
    ...work.sort(order),
  ];
}

/** Percent of the line. */
export function placeOf({ from, to }: Span, day: Span): { left: number; width: number } {
  const whole = day.to - day.from;
  return { left: ((from - day.from) / whole) * 100, width: ((to - from) / whole) * 100 };
}

/** The hours that are written under the line, where the wall clock shows them. */
export function ticksOf(day: string, zone: string): { hour: string; left: number }[] {
  const span = spanOf(day, zone);
  return ['00', '06', '12', '18'].flatMap((hour) => {
    const wall = parseWall(`${day}T${hour}:00`);
    const at = wall && instantOf(wall, zone);
    return at === null ? [] : [{ hour, left: placeOf({ from: at, to: at }, span).left }];
  });
}

/** Everybody under each of his units, or under the one that is looked at; those without a unit last. */
export function byUnits<T extends { agent: Agent }>(
  seen: T[],
  only: number | null,
): { unit: UnitRef | null; rows: T[] }[] {
  const groups = new Map<number, { unit: UnitRef | null; rows: T[] }>();
  for (const one of seen) {
    const units = one.agent.units.filter(({ id }) => only === null || id === only);
    for (const unit of units.length > 0 ? units : [null]) {
      const group = groups.get(unit?.id ?? 0) ?? { unit, rows: [] };
      groups.set(unit?.id ?? 0, group);
      group.rows.push(one);
    }
  }
  return [...groups.values()].sort(
    (a, b) =>
      Number(a.unit === null) - Number(b.unit === null) ||
      (a.unit?.name ?? '').localeCompare(b.unit?.name ?? ''),
  );
}
