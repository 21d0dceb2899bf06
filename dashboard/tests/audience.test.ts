// Whom a message is for: what is missing, what is sent, and what it covers on a map.
import { describe, expect, it } from 'vitest';
import { distance } from '../src/map/projection';
import type { Protocol } from '../src/api/types';
import { audienceOf, cornersOf, cornerText, noAudience, outlineOf, usualFor } from '../src/pages/audience';

const area = (corners: string) => audienceOf({ ...noAudience(), kind: 'area', corners });
const [A, B, C] = ['-34.6, -58.4', '-34.61, -58.39', '-34.62; -58.41'];

describe('an area', () => {
  it('has at least three corners and at most two hundred, each a place', () => {
    expect(area('')).toEqual({ fault: 'audience.area.missing' });
    expect(area(`${A}\n${B}`)).toEqual({ fault: 'audience.area.missing' });
    expect(area(`${A}\nesquina\n${B}`)).toEqual({ fault: 'audience.area.wrong' });
    expect(area(Array.from({ length: 201 }, () => A).join('\n'))).toEqual({ fault: 'audience.area.missing' });
    expect(area(`${A}\n\n${B}\n ${C} \n`)).toEqual({
      audience: {
        kind: 'area',
        points: [
          { lat: -34.6, lon: -58.4 },
          { lat: -34.61, lon: -58.39 },
          { lat: -34.62, lon: -58.41 },
        ],
      },
    });
  });

  it('is read as it is written', () => {
    const at = { lat: -34.603722, lon: -58.381592 };
    expect(cornersOf(cornerText(at))).toEqual([at]);
  });
});

describe('the outline on a map', () => {
  it('of a circle keeps its distance on the ground', () => {
    const centre = { lat: -34.6, lon: -58.4 };
    const rim = outlineOf({ kind: 'radius', ...centre, radius_m: 500 });
    expect(rim).toHaveLength(48);
    for (const corner of rim) expect(Math.abs(distance(centre, corner) - 500)).toBeLessThan(2);
  });

  it('of everybody is none', () => {
    expect(outlineOf({ kind: 'all' })).toEqual([]);
  });
});

describe('whom a protocol is usually for', () => {
  const of = (audience: Protocol['audience']): Protocol => ({
    code: 'codigo',
    label: 'Código',
    template: '{text}',
    audience,
  });
  const [all, duty, free] = [of({ kind: 'all' }), of({ kind: 'on_duty' }), of(null)];
  const chosen = { ...noAudience(), kind: 'unit', unit: 3 } as const;

  it('is chosen with it, and follows it', () => {
    const first = usualFor(noAudience(), undefined, all);
    expect(audienceOf(first)).toEqual({ audience: { kind: 'all' } });
    const second = usualFor(first, all, duty);
    expect(audienceOf(second)).toEqual({ audience: { kind: 'on_duty' } });
    expect(usualFor(second, duty, free)).toEqual(noAudience());
  });

  it('never takes the place of what somebody chose', () => {
    expect(usualFor(chosen, undefined, all)).toEqual(chosen);
    expect(usualFor(chosen, all, duty)).toEqual(chosen);
  });

  it('fills in every sort of audience', () => {
    const place = { lat: -34.6, lon: -58.4 };
    for (const audience of [
      { kind: 'unit', unit_id: 3 },
      { kind: 'specialty', specialty: 'K9' },
      { kind: 'radius', ...place, radius_m: 500 },
      { kind: 'area', points: [place, { lat: -34.7, lon: -58.4 }, { lat: -34.7, lon: -58.5 }] },
    ] as const) {
      const wanted = audience as NonNullable<Protocol['audience']>;
      expect(audienceOf(usualFor(noAudience(), undefined, of(wanted)))).toEqual({ audience });
    }
  });
});
