// A week as a table: its days, whose shift begins on which, and units as groups.
import { describe, expect, it } from 'vitest';
import { aLeave, anAgent, aShift, aUnit } from '../mock/samples';
import { spanFaults } from '../src/pages/spanFaults';
import { addDays, dayAt, daysOf, groupsOf, hoursOf, isDay, mondayOf, weekRange } from '../src/store/week';

const ZONE = 'America/Argentina/Buenos_Aires';
const shift = (id: number, agent_id: number, starts_local: string, ends_local: string) =>
  aShift({
    id,
    agent_id,
    name: `A${agent_id}`,
    starts_at: `${starts_local}:00-03:00`,
    ends_at: `${ends_local}:00-03:00`,
    starts_local: `${starts_local}:00`,
    ends_local: `${ends_local}:00`,
  });

describe('days', () => {
  it.each([
    ['2026-11-22', '2026-11-16'],
    ['2026-11-23', '2026-11-23'],
    ['2027-01-01', '2026-12-28'],
  ])('%s belongs to the week of %s', (day, monday) => expect(mondayOf(day)).toBe(monday));

  it('go over the ends of months', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysOf('2026-11-30').at(-1)).toBe('2026-12-06');
  });

  it('are those of the wall clock', () => {
    expect(dayAt(Date.parse('2026-11-22T02:59:00Z'), ZONE)).toBe('2026-11-21');
    expect(dayAt(Date.parse('2026-11-22T03:00:00Z'), ZONE)).toBe('2026-11-22');
    expect([isDay('2026-11-22'), isDay('ayer'), isDay('2026-13-40'), isDay(null)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('of a week end where the next begins, also when the clocks change', () => {
    expect(weekRange('2026-11-16', ZONE)).toEqual({
      from: '2026-11-16T03:00:00.000Z',
      to: '2026-11-23T03:00:00.000Z',
    });
    expect(weekRange('2026-10-19', 'Europe/Madrid')).toEqual({
      from: '2026-10-18T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    });
  });
});

describe('the table', () => {
  const days = daysOf('2026-11-16');
  const [norte, centro] = [aUnit(1, 'Norte'), aUnit(2, 'Centro')];

  it('has everybody by unit, also those without a shift, and those without a unit last', () => {
    const agents = [
      anAgent({ id: 1, name: 'Zoe', units: [norte] }),
      anAgent({ id: 2, name: 'Ana', units: [norte, centro] }),
      anAgent({ id: 3, name: 'Luis', units: [centro] }),
      anAgent({ id: 4, name: 'Eva' }),
    ];
    const groups = groupsOf({ agents, shifts: [], leaves: [] }, days, ZONE);
    expect(groups.map(({ unit, rows }) => [unit?.name, rows.map(({ name }) => name)])).toEqual([
      ['Centro', ['Luis']],
      ['Norte', ['Ana', 'Zoe']],
      [undefined, ['Eva']],
    ]);
  });

  it('puts a shift under the day on which it begins, in the order of the day', () => {
    const shifts = [
      shift(1, 1, '2026-11-18T22:00', '2026-11-19T06:00'),
      shift(2, 1, '2026-11-18T06:00', '2026-11-18T14:00'),
      shift(3, 1, '2026-11-15T22:00', '2026-11-16T06:00'),
    ];
    const [group] = groupsOf({ agents: [], shifts, leaves: [] }, days, ZONE);
    const row = group?.rows[0];
    expect(row?.shifts.get('2026-11-18')?.map(hoursOf)).toEqual(['06:00–14:00', '22:00–06:00']);
    expect(row?.shifts.get('2026-11-16')?.map(({ id }) => id)).toEqual([3]);
  });

  it('marks the days of a leave, and not the next one', () => {
    const agents = [anAgent({ id: 1, name: 'Ana' })];
    const leave = aLeave({
      id: 1,
      agent_id: 1,
      name: 'Ana',
      status: 'approved',
      starts_at: '2026-11-17T12:00:00.000Z',
      ends_at: '2026-11-19T03:00:00.000Z',
    });
    const [group] = groupsOf({ agents, shifts: [], leaves: [leave] }, days, ZONE);
    expect([...(group?.rows[0]?.leave ?? [])]).toEqual(['2026-11-17', '2026-11-18']);
  });
});

it('says what is wrong with hours before they are sent', () => {
  expect(spanFaults('2026-11-22T06:00', '2026-11-22T14:00', ZONE)).toEqual({});
  expect(spanFaults('2026-11-22T06:00', '2026-11-22T06:00', ZONE)).toEqual({ ends: 'form.end.before' });
  expect(spanFaults('', '2026-11-22T06:00', ZONE)).toEqual({ starts: 'form.time.wrong' });
  expect(spanFaults('2026-03-29T02:30', '2026-03-29T09:00', 'Europe/Madrid')).toEqual({
    starts: 'form.time.skipped',
  });
});
