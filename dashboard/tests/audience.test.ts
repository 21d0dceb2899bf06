// Whom a message is for: what is missing, what is sent, and what it covers on a map.
import { describe, expect, it } from 'vitest';
import { distance } from '../src/map/projection';
import { audienceOf, cornersOf, cornerText, noAudience, outlineOf } from '../src/pages/audience';

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
