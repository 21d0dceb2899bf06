// Periods, the addresses of the lists that figures count, estimates without data, and files on their way.
import { describe, expect, it } from 'vitest';
import { fileName, gathered } from '../src/api/download';
import { reportUrl } from '../src/api/numbers';
import { offlineError } from '../src/api/problem';
import type { TaskKind, Work, WorkDay } from '../src/api/types';
import { Download, type Means } from '../src/store/download.svelte';
import { measuredHref, rowsOf, suggestionsHref, totalOf } from '../src/store/estimates';
import { asked, faultOf, lastDays, lengthOf, parsePeriod, periodQuery } from '../src/store/period';
import { answersHref, isByWeek, partsOf, percent, tasksHref, took } from '../src/store/work';

const TODAY = '2026-11-22';
const MONTH = { from: '2026-10-24', until: TODAY, unit: null };

describe('a period', () => {
  const parsed = (query: string) => parsePeriod(new URLSearchParams(query), TODAY);

  it('is the last 30 days when nothing is said, and comes back from its address', () => {
    expect(parsed('')).toEqual(MONTH);
    const chosen = { from: '2026-01-01', until: '2026-03-31', unit: 7 };
    expect(parsed(periodQuery(chosen))).toEqual(chosen);
    expect(parsed('until=2026-03-31').from).toBe('2026-03-02');
    expect(parsed('from=ayer&until=2026-99-99&unit=0')).toEqual(MONTH);
    expect(asked(chosen)).toEqual({ from: '2026-01-01', until: '2026-03-31', unit_id: 7 });
  });

  it('knows its usual lengths while it ends today', () => {
    expect(lastDays(7, TODAY)).toEqual({ from: '2026-11-16', until: TODAY });
    expect(lengthOf(MONTH, TODAY)).toBe(30);
    expect(lengthOf(MONTH, '2026-11-23')).toBe(null);
    expect(lengthOf({ ...MONTH, from: '2026-10-25' }, TODAY)).toBe(null);
  });

  it('says what is wrong before the server does', () => {
    expect(faultOf(MONTH)).toBe(null);
    expect(faultOf({ ...MONTH, from: '2026-11-23' })).toBe('order');
    expect(faultOf({ ...MONTH, ...lastDays(366, TODAY) })).toBe(null);
    expect(faultOf({ ...MONTH, ...lastDays(367, TODAY) })).toBe('long');
  });
});

describe('figures of work', () => {
  const day = (day: string, more: Partial<WorkDay> = {}): WorkDay => ({
    day,
    completed: 0,
    cancelled: 0,
    reports: 0,
    ...more,
  });
  const work = (days: WorkDay[]): Work => ({ ...MONTH, completed: 0, cancelled: 0, reports: 0, days });

  it('open the lists they count', () => {
    const unit = { ...MONTH, unit: 3 };
    expect(tasksHref('on_time', unit)).toBe(
      '/numbers/tasks?figure=on_time&from=2026-10-24&until=2026-11-22&unit=3',
    );
    const href = answersHref('acknowledged_to_on_site', MONTH);
    expect(href).toBe('/numbers/answers?stretch=acknowledged_to_on_site&from=2026-10-24&until=2026-11-22');
  });

  it('are told by day, the last first, and days without anything are left out', () => {
    const days = [day('2026-11-20', { completed: 2 }), day('2026-11-21'), day(TODAY, { cancelled: 1 })];
    const parts = partsOf(work(days), { ...MONTH, from: '2026-11-20' });
    expect(parts.map(({ period }) => [period.from, period.until])).toEqual([
      [TODAY, TODAY],
      ['2026-11-20', '2026-11-20'],
    ]);
    expect(isByWeek(work(days))).toBe(false);
  });

  it('are told by week in long periods, each week with its days', () => {
    const days = [day('2026-11-08', { completed: 1 }), day('2026-11-15', { completed: 1 })];
    const parts = partsOf(work(days), { ...MONTH, from: '2026-11-08', until: '2026-11-18' });
    expect(isByWeek(work(days))).toBe(true);
    expect(parts.map(({ period }) => [period.from, period.until])).toEqual([
      ['2026-11-15', '2026-11-18'],
      ['2026-11-08', '2026-11-14'],
    ]);
  });

  it('are said in words', () => {
    expect([took(39.6), took(180.2), took(3_905)]).toEqual(['40 s', '3 min', '1 h 05']);
    expect(percent(0.905, 'en')).toBe('91%');
  });
});

describe('estimates', () => {
  const kind = (code: string, label: string) => ({ code, label }) as TaskKind;

  it('have a place for every kind and band, empty where nothing is known', () => {
    const known = { band: 'day' as const, count: 7, p50_seconds: 1800, p75_seconds: 3600 };
    const rows = rowsOf(
      [kind('patrullaje', 'Patrullaje'), kind('otra', 'Otra')],
      [
        { kind: 'patrullaje', ...known },
        { kind: 'vieja', ...known },
      ],
    );
    expect(rows.map(({ label }) => label)).toEqual(['Patrullaje', 'Otra', 'vieja']);
    expect(rows[0]?.bands.day?.count).toBe(7);
    expect([rows[0]?.bands.night, rows[1]?.bands.all]).toEqual([null, null]);
    expect(measuredHref('a b', 'night')).toBe('/numbers/tasks?kind=a%20b&measured=night');
  });

  it('count the answers to suggestions over all kinds, each with its list', () => {
    const counts = [
      { kind: 'a', offered: 1, accepted: 2, rejected: 3 },
      { kind: 'b', offered: 0, accepted: 5, rejected: 0 },
    ];
    expect(totalOf(counts)).toEqual({ offered: 1, accepted: 7, rejected: 3 });
    expect(suggestionsHref('accepted', '', MONTH)).toBe(
      '/numbers/suggestions?status=accepted&from=2026-10-24&until=2026-11-22',
    );
    expect(suggestionsHref('rejected', 'a', MONTH)).toContain('status=rejected&kind=a&from=');
  });
});

describe('a report', () => {
  const body = (parts: string[], failing = false) =>
    new Response(
      new ReadableStream({
        start(stream) {
          for (const part of parts) stream.enqueue(new TextEncoder().encode(part));
          if (failing) stream.error(new TypeError('cut'));
          else stream.close();
        },
      }),
      { headers: { 'Content-Type': 'text/csv' } },
    );

  it('is addressed with its days and its unit', () => {
    const days = { from: '2026-11-01', until: TODAY };
    expect(reportUrl('response', 'pdf', days)).toBe(
      '/api/v1/reports/response.pdf?from=2026-11-01&until=2026-11-22',
    );
    expect(reportUrl('tasks', 'csv', { ...days, unit_id: 3 })).toContain('&unit_id=3');
    expect(fileName('attachment; filename="tareas.csv"', 'x.csv')).toBe('tareas.csv');
    expect([fileName(null, 'x.csv'), fileName('filename="../a"', 'x.csv')]).toEqual(['x.csv', 'x.csv']);
  });

  it('tells how much of it has come, and is nothing when it is cut off', async () => {
    const seen: number[] = [];
    const whole = await gathered(body(['uno', 'dos!']), (bytes) => seen.push(bytes));
    expect([await whole.text(), whole.type, seen]).toEqual(['unodos!', 'text/csv', [0, 3, 7]]);
    await expect(gathered(body(['uno'], true), () => {})).rejects.toThrow('cut');
  });

  const means = (ask: Means['ask']) => {
    const saved: string[] = [];
    return { saved, ask, save: (_: Blob, name: string) => void saved.push(name) };
  };

  it('is saved when all of it is there', async () => {
    const how = means((_, name, { received }) => {
      received(3);
      return Promise.resolve({ file: new Blob(['uno']), name });
    });
    const download = new Download(how);
    await download.start('/x', 'a.csv');
    expect([download.state, download.bytes, download.name]).toEqual(['saved', 3, 'a.csv']);
    expect(how.saved).toEqual(['a.csv']);
  });

  it('is not saved when it fails, is cut off or is stopped, and says which', async () => {
    const refused = new Download(means(() => Promise.reject(offlineError())));
    await refused.start('/x', 'a.csv');
    expect([refused.state, refused.cut, refused.error?.offline]).toEqual(['failed', false, true]);

    const how = means((_, __, { received }) => {
      received(3);
      return Promise.reject(offlineError());
    });
    const cut = new Download(how);
    await cut.start('/x', 'a.csv');
    expect([cut.state, cut.cut, how.saved]).toEqual(['failed', true, []]);

    let give = (_: { file: Blob; name: string }) => {};
    const late = means(() => new Promise((done) => (give = done)));
    const stopped = new Download(late);
    const waiting = stopped.start('/x', 'a.csv');
    expect(stopped.busy).toBe(true);
    stopped.stop();
    give({ file: new Blob(['uno']), name: 'a.csv' });
    await waiting;
    expect([stopped.state, stopped.busy, late.saved]).toEqual(['stopped', false, []]);
  });
});
