// What the board shows: versions, filters, order, lateness.
import { aMe, anAssignment, aTask as task } from '../mock/samples';
import { describe, expect, it } from 'vitest';
import type { Task } from '../src/api/types';
import {
  isFiltered,
  isNearlyLate,
  lateBy,
  matches,
  NO_FILTER,
  parseFilter,
  toQuery,
  unanswered,
  writeFilter,
} from '../src/store/filter';
import { merge } from '../src/store/merge';
import { inOrder } from '../src/store/order';
import { asksReason, mayAskWell, mayEdit, offered } from '../src/store/rights';

const ZONE = 'America/Argentina/Buenos_Aires';
const NOW = Date.parse('2026-11-22T15:00:00Z');
describe('merging', () => {
  it('takes newer versions and the same again, never older ones', () => {
    const map = new Map<number, Task>();
    expect(merge(map, task({ version: 2, title: 'dos' }))).toBe(true);
    expect(merge(map, task({ version: 1, title: 'uno' }))).toBe(false);
    expect(map.get(1)?.title).toBe('dos');
    expect(merge(map, task({ version: 3, title: 'tres' }))).toBe(true);
    expect(map.get(1)?.title).toBe('tres');
  });
});

describe('filters', () => {
  it('come back from the address as they went in', () => {
    const address =
      'status=in_progress%2Cpaused&kind=patrullaje&priority=high&unit=3&agent=12&from=2026-11-01&to=2026-11-30&q=plaza&late=1&today=1&unacknowledged=1';
    const filter = parseFilter(new URLSearchParams(address));
    expect(writeFilter(filter, new URLSearchParams()).toString()).toBe(address);
    expect(isFiltered(filter)).toBe(true);
  });

  it('ignore nonsense and leave the view alone', () => {
    const filter = parseFilter(new URLSearchParams('status=x&unit=abc&from=ayer&view=list'));
    expect(filter).toEqual(NO_FILTER);
    expect(writeFilter({ ...NO_FILTER, q: 'a' }, new URLSearchParams('view=list')).toString()).toBe(
      'view=list&q=a',
    );
  });

  it('become the query of one column', () => {
    const filter = {
      ...NO_FILTER,
      q: ' plaza ',
      from: '2026-11-22',
      to: '2026-11-22',
      priority: 'high' as const,
    };
    expect(toQuery(filter, 'paused', ZONE, NOW)).toMatchObject({
      status: 'paused',
      q: 'plaza',
      priority: 'high',
      from: '2026-11-22T03:00:00.000Z',
      to: '2026-11-23T02:59:59.000Z',
    });
  });

  it('show of today what the figure counts', () => {
    const query = toQuery({ ...NO_FILTER, today: true }, 'completed', ZONE, NOW);
    expect(query.completed_from).toBe('2026-11-22T03:00:00.000Z');
    const done = (completed_at: string) => task({ status: 'completed', completed_at });
    expect(fits(done('2026-11-22T03:00:00Z'), { today: true })).toBe(true);
    expect(fits(done('2026-11-22T02:59:59Z'), { today: true })).toBe(false);
    expect(fits(task(), { today: true })).toBe(false);
  });

  const fits = (t: Task, change: Partial<typeof NO_FILTER>, found = false) =>
    matches(t, { ...NO_FILTER, ...change }, NOW, ZONE, found);

  it('combine', () => {
    const one = task({ priority: 'high', unit: { id: 3, name: 'Norte' } });
    expect(fits(one, { priority: 'high', unit: 3 })).toBe(true);
    expect(fits(one, { priority: 'high', unit: 4 })).toBe(false);
  });

  it('find words without accents, in any field', () => {
    const one = task({ title: 'Vigilancia depósito', place: { label: 'Plaza Constitución' } });
    expect(fits(one, { q: 'deposito constitucion' })).toBe(true);
    expect(fits(one, { q: 'pat-2026' })).toBe(true);
    expect(fits(one, { q: 'otra' })).toBe(false);
    expect(fits(one, { q: 'otra' }, true)).toBe(true);
  });

  it('know the person as lead or as assigned', () => {
    const one = task({
      lead: { agent_id: 4, name: 'A' },
      assignments: [anAssignment({ agent_id: 5, name: 'B' })],
    });
    expect([4, 5, 6].map((agent) => fits(one, { agent }))).toEqual([true, true, false]);
    expect(unanswered(one)).toBe(1);
  });
});

describe('lateness', () => {
  it('counts from the planned start before starting and from the planned end after it', () => {
    const plan = { planned_start: '2026-11-22T14:30:00Z', planned_end: '2026-11-22T14:50:00Z' };
    expect(lateBy(task(plan), NOW)).toBe(30 * 60_000);
    expect(lateBy(task({ ...plan, status: 'in_progress' }), NOW)).toBe(10 * 60_000);
    expect(lateBy(task({ ...plan, status: 'completed' }), NOW)).toBe(0);
    expect(lateBy(task({ planned_start: '2026-11-22T14:51:00Z' }), NOW)).toBe(0);
    expect(lateBy(task(), NOW)).toBe(0);
  });

  it('takes the word of the server for what has no named end, and for pauses', () => {
    const running = { status: 'in_progress' as const, started_at: '2026-11-22T12:00:00Z' };
    expect(lateBy(task({ ...running, late_from: '2026-11-22T14:30:00Z' }), NOW)).toBe(30 * 60_000);
    expect(lateBy(task({ ...running, late_from: '2026-11-22T15:30:00Z' }), NOW)).toBe(0);
    expect(lateBy(task({ ...running, status: 'paused', late_from: null }), NOW)).toBe(0);
  });
});

describe('order', () => {
  const ids = (tasks: Task[]) => tasks.map((t) => t.id);
  it('puts what starts first at the top of the planned ones', () => {
    const tasks = [
      task({ id: 1, planned_start: '2026-11-23T10:00:00Z' }),
      task({ id: 2, created_at: '2026-11-24T10:00:00Z' }),
      task({ id: 3, planned_start: '2026-11-22T16:00:00Z' }),
    ];
    expect(ids(inOrder('scheduled', tasks, NOW))).toEqual([3, 1, 2]);
  });

  it('has emergencies before what is late, nearly late, unanswered, and the rest', () => {
    const running = (id: number, minutesLeft: number) =>
      task({
        id,
        status: 'in_progress',
        planned_end: new Date(NOW + minutesLeft * 60_000).toISOString(),
      });
    const tasks = [
      { ...running(1, 90), priority: 'critical' as const },
      { ...running(2, 90), assignments: [anAssignment({ agent_id: 1, name: 'A' })] },
      running(3, 5),
      running(4, -20),
      { ...running(5, 90), kind: 'emergencia' },
    ];
    expect(ids(inOrder('in_progress', tasks, NOW))).toEqual([5, 4, 3, 2, 1]);
    expect(tasks.map((one) => isNearlyLate(one, NOW))).toEqual([false, false, true, false, false]);
  });

  it('puts the most urgent running one first', () => {
    const tasks = [
      task({ id: 1, priority: 'low' }),
      task({ id: 2, priority: 'critical' }),
      task({ id: 3, priority: 'high' }),
    ];
    expect(ids(inOrder('in_progress', tasks, NOW))).toEqual([2, 3, 1]);
  });

  it('puts the newest finished one first', () => {
    const tasks = [
      task({ id: 1, completed_at: '2026-11-20T10:00:00Z' }),
      task({ id: 2, completed_at: '2026-11-21T10:00:00Z' }),
    ];
    expect(ids(inOrder('completed', tasks, NOW))).toEqual([2, 1]);
  });
});

describe('rights', () => {
  const unit = { id: 3, name: 'Norte' };
  const me = (level: number, agent_id?: number) =>
    aMe({ id: 9, level, units: level === 2 ? [unit] : [], agent_id });
  const running = task({
    status: 'in_progress',
    unit,
    lead: { agent_id: 4, name: 'A' },
    created_by: { id: 9, name: 'U' },
  });

  it('offer an agent only what concerns them', () => {
    expect(offered(running, me(1, 4))).toEqual(['complete', 'pause', 'cancel']);
    expect(offered(running, me(1, 5))).toEqual(['cancel']);
    expect(offered({ ...running, created_by: null }, me(1, 5))).toEqual([]);
  });

  it('offer a supervisor what the state allows', () => {
    expect(offered(running, me(2))).toEqual(['complete', 'pause', 'cancel']);
    expect(offered(task({ status: 'completed', unit }), me(2))).toEqual(['reopen']);
    expect(offered(task({ status: 'cancelled' }), me(3))).toEqual([]);
    expect([
      mayEdit(running, me(2)),
      mayEdit(running, me(1)),
      mayEdit(task({ status: 'completed' }), me(3)),
    ]).toEqual([true, false, false]);
  });

  it('let lead and command ask whether people are well while it is under way', () => {
    expect([
      mayAskWell(running, me(2)),
      mayAskWell(running, me(1, 4)),
      mayAskWell(running, me(1, 5)),
      mayAskWell({ ...running, status: 'completed' }, me(3)),
    ]).toEqual([true, true, false, false]);
  });

  it('offer a supervisor of another unit nothing', () => {
    expect(offered({ ...running, unit: { id: 4, name: 'Sur' }, created_by: null }, me(2))).toEqual([]);
  });

  it('ask why whoever completes in place of the lead', () => {
    expect([
      asksReason('complete', running, me(2)),
      asksReason('complete', running, me(1, 4)),
      asksReason('start', running, me(2)),
    ]).toEqual([true, false, false]);
  });
});
