// The map's arithmetic: there and back, fitting, scale, grid, distances, marks.
import { describe, expect, it } from 'vitest';
import { named, place, strengthOf, type Mark } from '../src/map/marks';
import {
  distance,
  fit,
  fromScreen,
  graticule,
  metresText,
  moved,
  parseLatLon,
  scaleBar,
  toScreen,
  zoomed,
  type View,
} from '../src/map/projection';

const view: View = { lat: -34.6, lon: -58.4, zoom: 12 };
const size = { width: 800, height: 600 };
const obelisk = { lat: -34.6037, lon: -58.3816 };

describe('projection', () => {
  it('goes to the screen and back', () => {
    const back = fromScreen(toScreen(obelisk, view, size), view, size);
    expect(back.lat).toBeCloseTo(obelisk.lat, 9);
    expect(back.lon).toBeCloseTo(obelisk.lon, 9);
    expect(toScreen(view, view, size)).toEqual({ x: 400, y: 300 });
  });

  it('moves with the finger and zooms around it', () => {
    const before = toScreen(obelisk, view, size);
    const after = toScreen(obelisk, moved(view, 30, -20, size), size);
    expect([after.x - before.x, after.y - before.y]).toEqual([expect.closeTo(30, 6), expect.closeTo(-20, 6)]);
    const closer = toScreen(obelisk, zoomed(view, 14, before, size), size);
    expect([closer.x, closer.y]).toEqual([expect.closeTo(before.x, 6), expect.closeTo(before.y, 6)]);
  });

  it('fits every place inside the frame', () => {
    const places = [obelisk, { lat: -34.7, lon: -58.6 }, { lat: -34.5, lon: -58.35 }];
    const fitted = fit(places, size) as View;
    for (const p of places) {
      const { x, y } = toScreen(p, fitted, size);
      expect(x >= 59 && x <= 741 && y >= 59 && y <= 541).toBe(true);
    }
    expect(fit([], size)).toBeNull();
    expect(fit([obelisk], size)?.zoom).toBe(16);
  });

  it('draws a round scale and a grid that is not crowded', () => {
    const bar = scaleBar(view, 110);
    expect([bar.metres, bar.px <= 110, bar.px > 40]).toEqual([2000, true, true]);
    const { lats, lons } = graticule(view, size);
    expect(lats.length).toBeLessThan(10);
    expect(lons.every((line) => line.px >= 0 && line.px <= 800)).toBe(true);
  });

  it('measures metres', () => {
    expect(distance(obelisk, { lat: -34.6037, lon: -58.3706 })).toBeCloseTo(1006.8, 0);
    expect([metresText(347.2, 'es'), metresText(2430, 'es'), metresText(23_700, 'en')]).toEqual([
      '347 m',
      '2,4 km',
      '24 km',
    ]);
  });

  it('reads pasted coordinates and refuses the rest', () => {
    expect(parseLatLon('-34.6037, -58.3816')).toEqual(obelisk);
    expect(parseLatLon(' -34.6037 -58.3816 ')).toEqual(obelisk);
    for (const wrong of ['', '91, 0', '0, 181', 'Corrientes 1200', '34'])
      expect(parseLatLon(wrong)).toBeNull();
  });
});

describe('marks', () => {
  const mark = (key: string, lat: number, lon: number): Mark => ({
    key,
    lat,
    lon,
    shape: 'agent',
    tone: 'ok',
    strength: 1,
    name: key,
    label: key,
    lines: [],
  });
  const near = [mark('a', -34.6, -58.4), mark('b', -34.60001, -58.40001), mark('c', -34.61, -58.38)];

  it('stand together when they would cover each other, alone when closer', () => {
    expect(place(near, view, size, true).map((one) => one.marks.length)).toEqual([2, 1]);
    expect(place(near, view, size, false)).toHaveLength(3);
    expect(place([mark('far', 10, 10)], view, size, true)).toEqual([]);
  });

  it('show names only where they fit', () => {
    const placed = place([mark('a', -34.6, -58.4), mark('b', -34.6, -58.397)], view, size, false);
    expect([...named(placed, null)]).toEqual(['b']);
  });

  it('leave out names that would be cut off at the edge, but for the chosen one', () => {
    const placed = place([mark('a', -34.6, -58.4)], view, size, true);
    const edge = (placed[0]?.x ?? 0) + 15;
    expect([...named(placed, null, edge)]).toEqual([]);
    expect([...named(placed, 'a', edge)]).toEqual(['a']);
  });

  it('fade with age and never vanish', () => {
    expect([strengthOf(0), strengthOf(null), strengthOf(86_400)]).toEqual([1, 1, 0.25]);
    expect(strengthOf(1800)).toBeLessThan(strengthOf(600));
  });
});
