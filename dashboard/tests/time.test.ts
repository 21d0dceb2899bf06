// Wall times, zones, daylight saving, and times in words.
import { describe, expect, it } from 'vitest';
import {
  dayRange,
  formatWall,
  instantOf,
  isZone,
  parseWall,
  rfc3339,
  wallAt,
  type Wall,
} from '../src/time/zone';
import { clockTime, countdown, relative, span } from '../src/time/words';

const BA = 'America/Argentina/Buenos_Aires';
const at = (text: string) => parseWall(text) as Wall;
const utc = (text: string, zone: string) => {
  const instant = instantOf(at(text), zone);
  return instant === null ? null : new Date(instant).toISOString();
};

describe('wall times', () => {
  it('are read from the field and written back', () => {
    expect(formatWall(at('2026-11-22T09:05'))).toBe('2026-11-22T09:05');
    for (const wrong of [
      '',
      '2026-02-30T10:00',
      '2026-13-01T10:00',
      '2026-01-01T24:00',
      '2026-01-01',
      'mañana',
    ])
      expect(parseWall(wrong)).toBeNull();
  });

  it('are instants of their zone', () => {
    expect(utc('2026-11-22T14:00', BA)).toBe('2026-11-22T17:00:00.000Z');
    expect(utc('2026-07-01T14:00', 'Europe/Madrid')).toBe('2026-07-01T12:00:00.000Z');
    expect(formatWall(wallAt(Date.parse('2026-11-22T02:30:00Z'), BA))).toBe('2026-11-21T23:30');
  });

  it('do not exist in the hour the clocks skip', () => {
    expect(utc('2026-03-29T02:30', 'Europe/Madrid')).toBeNull();
    expect(utc('2026-03-29T03:00', 'Europe/Madrid')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('are the first of two in the hour that comes twice', () => {
    expect(utc('2026-10-25T02:30', 'Europe/Madrid')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('go out with the offset they were meant in', () => {
    expect(rfc3339(Date.parse('2026-11-22T17:00:00Z'), BA)).toBe('2026-11-22T14:00:00-03:00');
    expect(rfc3339(Date.parse('2026-11-22T17:00:00Z'), 'Asia/Kolkata')).toBe('2026-11-22T22:30:00+05:30');
  });

  it('make whole days, also where midnight is skipped', () => {
    expect(dayRange('2026-11-22', '2026-11-23', BA)).toEqual({
      from: '2026-11-22T03:00:00.000Z',
      to: '2026-11-24T02:59:59.000Z',
    });
    expect(dayRange('2024-09-08', '', 'America/Santiago').from).toBe('2024-09-08T04:00:00.000Z');
    expect(dayRange('', '', BA)).toEqual({ from: undefined, to: undefined });
  });

  it('need a zone that exists', () => {
    expect([isZone(BA), isZone('Marte/Base'), isZone('')]).toEqual([true, false, false]);
  });
});

describe('words', () => {
  const now = Date.parse('2026-11-22T15:00:00Z');
  it('say ages and distances', () => {
    const say = (minutes: number) => relative(now + minutes * 60_000, now, 'es', 'ahora');
    expect(say(0.5)).toBe('ahora');
    expect(say(-4)).toBe('hace 4 min');
    expect(say(-180)).toBe('hace 3 h');
    expect(relative(now + 20 * 60_000, now, 'en', 'now')).toBe('in 20 min.');
  });

  it('say lengths', () => {
    expect([span(59_000), span(12 * 60_000), span(65 * 60_000), span(75 * 3_600_000)]).toEqual([
      '0 min',
      '12 min',
      '1 h 05',
      '3 d',
    ]);
  });

  it('count down to nothing and not below', () => {
    expect([12_000, 11_001, 200, 0, -5_000, 75_000].map(countdown)).toEqual([
      '0:12',
      '0:12',
      '0:01',
      '0:00',
      '0:00',
      '1:15',
    ]);
  });

  it('show the day only when it is another', () => {
    expect(clockTime(Date.parse('2026-11-22T17:32:00Z'), now, BA, 'es')).toBe('14:32');
    expect(clockTime(Date.parse('2026-11-22T01:00:00Z'), now, BA, 'es')).toMatch(/21.* 22:00$/);
  });
});
