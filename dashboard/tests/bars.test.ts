// One person's day as bars.
import { describe, expect, it } from 'vitest';
import { aLeave, anAgent, anAssignment, aShift, aTask, aUnit } from '../mock/samples';
import { barsOf, byUnits, placeOf, spanOf, ticksOf } from '../src/store/bars';

const ZONE = 'America/Argentina/Buenos_Aires';
const DAY = spanOf('2026-11-22', ZONE);
const at = (hour: number, day = 22) => new Date(Date.UTC(2026, 10, day, hour + 3)).toISOString();
const NOW = Date.parse(at(12));
const on = (state: 'acknowledged' | 'declined' | 'released' = 'acknowledged', when = at(9)) => [
  anAssignment({ agent_id: 1, name: 'A', state, at: when }),
];
const none = { shifts: [], leaves: [], away: [], tasks: [] };
const hours = (bars: ReturnType<typeof barsOf>) =>
  bars.map(({ kind, from, to }) => [kind, (from - DAY.from) / 3_600_000, (to - DAY.from) / 3_600_000]);

describe('the bars of a day', () => {
  it('are shift, leave and tasks, cut to the day, nobody else’s', () => {
    const shifts = [
      aShift({ id: 1, agent_id: 1, starts_at: at(22), ends_at: at(6, 23) }),
      aShift({ id: 2, agent_id: 1, starts_at: at(22, 21), ends_at: at(6) }),
      aShift({ id: 3, agent_id: 2, starts_at: at(6), ends_at: at(14) }),
      aShift({ id: 4, agent_id: 1, starts_at: at(6, 23), ends_at: at(14, 23) }),
    ];
    const leaves = [aLeave({ id: 1, agent_id: 1, name: 'A', starts_at: at(18), ends_at: at(18, 25) })];
    const tasks = [
      aTask({ id: 7, status: 'scheduled', planned_start: at(8), planned_end: at(10), assignments: on() }),
    ];
    expect(hours(barsOf(1, { ...none, shifts, leaves, tasks }, DAY, NOW))).toEqual([
      ['shift', 0, 6],
      ['shift', 22, 24],
      ['leave', 18, 24],
      ['task', 8, 10],
    ]);
  });

  it.each([
    ['runs to its planned end', { status: 'in_progress', started_at: at(9), planned_end: at(15) }, [9, 15]],
    ['runs over until now', { status: 'in_progress', started_at: at(9), planned_end: at(10) }, [9, 12]],
    ['was finished when it was', { status: 'completed', started_at: at(7), completed_at: at(8) }, [7, 8]],
  ] as const)('a task %s', (_, given, [from, to]) => {
    const tasks = [aTask({ ...given, assignments: on() })];
    expect(hours(barsOf(1, { ...none, tasks }, DAY, NOW))).toEqual([['task', from, to]]);
  });

  it('let a task without a known end be a point, and invent none', () => {
    const tasks = [aTask({ status: 'scheduled', planned_start: at(15), assignments: on() })];
    const [bar] = barsOf(1, { ...none, tasks }, DAY, NOW);
    expect([bar?.ends, hours([bar!])]).toEqual([null, [['task', 15, 15]]]);
  });

  it('are when somebody could not, until its end or else until now', () => {
    const away = [
      { id: 1, agent_id: 1, name: 'A', starts_at: at(22, 21), ends_at: at(2), reason: 'Comida' },
      { id: 2, agent_id: 1, name: 'A', starts_at: at(9), ends_at: null, reason: null },
      { id: 3, agent_id: 2, name: 'B', starts_at: at(9), ends_at: at(10), reason: null },
    ];
    const bars = barsOf(1, { ...none, away }, DAY, NOW);
    expect(hours(bars)).toEqual([
      ['away', 0, 2],
      ['away', 9, 12],
    ]);
    expect(bars.map(({ ends, reason }) => [ends, reason])).toEqual([
      [Date.parse(at(2)), 'Comida'],
      [null, null],
    ]);
  });

  it('leave out whoever declined, was released before, and what was called off', () => {
    const running = { status: 'in_progress' as const, started_at: at(9) };
    const tasks = [
      aTask({ id: 1, ...running, assignments: on('declined') }),
      aTask({ id: 2, ...running, assignments: on('released', at(8)) }),
      aTask({ id: 3, status: 'cancelled', planned_start: at(9), assignments: on() }),
      aTask({ id: 4, ...running, assignments: on('released', at(11)) }),
    ];
    expect(hours(barsOf(1, { ...none, tasks }, DAY, NOW))).toEqual([['task', 9, 11]]);
  });
});

it('stand where the wall clock shows them, also on a day of 25 hours', () => {
  const long = spanOf('2026-10-25', 'Europe/Madrid');
  expect((long.to - long.from) / 3_600_000).toBe(25);
  const ticks = ticksOf('2026-10-25', 'Europe/Madrid');
  expect(ticks.map(({ hour, left }) => ({ hour, left: Math.round(left) }))).toEqual([
    { hour: '00', left: 0 },
    { hour: '06', left: 28 },
    { hour: '12', left: 52 },
    { hour: '18', left: 76 },
  ]);
  expect(placeOf({ from: DAY.from, to: (DAY.from + DAY.to) / 2 }, DAY)).toEqual({ left: 0, width: 50 });
});

it('groups people under each of their units, or under the one looked at', () => {
  const [norte, centro] = [aUnit(1, 'Norte'), aUnit(2, 'Centro')];
  const seen = [
    { agent: anAgent({ id: 1, name: 'Ana', units: [norte, centro] }) },
    { agent: anAgent({ id: 2, name: 'Eva' }) },
  ];
  const names = (only: number | null) =>
    byUnits(seen.slice(0, only === null ? 2 : 1), only).map(({ unit }) => unit?.name);
  expect(names(null)).toEqual(['Centro', 'Norte', undefined]);
  expect(names(1)).toEqual(['Norte']);
});
