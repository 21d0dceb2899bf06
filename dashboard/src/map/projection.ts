// Web Mercator without a library: places to pixels and back, fitting, scale bar, graticule.
export type LatLon = { lat: number; lon: number };
export type View = LatLon & { zoom: number };
export type Size = { width: number; height: number };
export type Point = { x: number; y: number };

const TILE = 256;
const EARTH_M = 40_075_016.686;
const MAX_LAT = 85.05;
export const MIN_ZOOM = 2;
export const MAX_ZOOM = 19;

const clamp = (n: number, low: number, high: number) => Math.min(high, Math.max(low, n));
const worldSize = (zoom: number) => TILE * 2 ** zoom;

export function project({ lat, lon }: LatLon, zoom: number): Point {
  const size = worldSize(zoom);
  const sin = Math.sin((clamp(lat, -MAX_LAT, MAX_LAT) * Math.PI) / 180);
  return { x: ((lon + 180) / 360) * size, y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size };
}

export function unproject({ x, y }: Point, zoom: number): LatLon {
  const size = worldSize(zoom);
  const n = Math.PI - (2 * Math.PI * y) / size;
  return { lat: (180 / Math.PI) * Math.atan(Math.sinh(n)), lon: (x / size) * 360 - 180 };
}

export function toScreen(place: LatLon, view: View, size: Size): Point {
  const p = project(place, view.zoom);
  const c = project(view, view.zoom);
  return { x: p.x - c.x + size.width / 2, y: p.y - c.y + size.height / 2 };
}

export function fromScreen(point: Point, view: View, size: Size): LatLon {
  const c = project(view, view.zoom);
  return unproject({ x: c.x + point.x - size.width / 2, y: c.y + point.y - size.height / 2 }, view.zoom);
}

export const moved = (view: View, dx: number, dy: number, size: Size): View => ({
  ...fromScreen({ x: size.width / 2 - dx, y: size.height / 2 - dy }, view, size),
  zoom: view.zoom,
});

/** Zooms so that the place under `at` stays under it. */
export function zoomed(view: View, zoom: number, at: Point, size: Size): View {
  const next = clamp(zoom, MIN_ZOOM, MAX_ZOOM);
  const anchor = project(fromScreen(at, view, size), next);
  const center = { x: anchor.x - (at.x - size.width / 2), y: anchor.y - (at.y - size.height / 2) };
  return { ...unproject(center, next), zoom: next };
}

/** The closest view that shows every place with room around it; null without places. */
export function fit(places: LatLon[], size: Size, padding = 60, closest = 16): View | null {
  if (places.length === 0 || size.width === 0) return null;
  const points = places.map((place) => project(place, 0));
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = (full: number) => Math.max(40, full - 2 * padding);
  const zoom = Math.min(
    Math.log2(room(size.width) / Math.max(right - left, 1e-9)),
    Math.log2(room(size.height) / Math.max(bottom - top, 1e-9)),
    closest,
  );
  const center = unproject({ x: (left + right) / 2, y: (top + bottom) / 2 }, 0);
  return { ...center, zoom: clamp(zoom, MIN_ZOOM, MAX_ZOOM) };
}

export const metresPerPixel = ({ lat, zoom }: View): number =>
  (EARTH_M * Math.cos((lat * Math.PI) / 180)) / worldSize(zoom);

/** A round length that fits into `maxPx`. */
export function scaleBar(view: View, maxPx: number): { metres: number; px: number } {
  const perPx = metresPerPixel(view);
  const most = perPx * maxPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = ([5, 2, 1].find((m) => m * power <= most) ?? 1) * power;
  return { metres, px: metres / perPx };
}

const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005];
export type GridLine = { at: number; px: number; label: string };

/** Meridians and parallels about 120 px apart. */
export function graticule(view: View, size: Size): { lats: GridLine[]; lons: GridLine[] } {
  const degreesPerPx = 360 / worldSize(view.zoom);
  const step = STEPS.findLast((s) => s / degreesPerPx >= 110) ?? 30;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const nw = fromScreen({ x: 0, y: 0 }, view, size);
  const se = fromScreen({ x: size.width, y: size.height }, view, size);
  const ticks = (low: number, high: number) => {
    const first = Math.ceil(low / step);
    const count = Math.min(60, Math.floor(high / step) - first + 1);
    return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
  };
  const line = (at: number, px: number): GridLine => ({ at, px, label: `${at.toFixed(digits)}°` });
  return {
    lats: ticks(se.lat, nw.lat).map((lat) => line(lat, toScreen({ lat, lon: view.lon }, view, size).y)),
    lons: ticks(nw.lon, se.lon).map((lon) => line(lon, toScreen({ lat: view.lat, lon }, view, size).x)),
  };
}

/** Metres between two places (haversine). */
export function distance(a: LatLon, b: LatLon): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}

/** The rim of a circle on the ground, as corners. */
export function circle(centre: LatLon, metres: number, corners = 48): LatLon[] {
  const up = (metres / EARTH_M) * 360;
  const across = up / Math.max(0.01, Math.cos((centre.lat * Math.PI) / 180));
  return Array.from({ length: corners }, (_, i) => {
    const turn = (i / corners) * 2 * Math.PI;
    return { lat: centre.lat + up * Math.cos(turn), lon: centre.lon + across * Math.sin(turn) };
  });
}

/** "350 m", "2,4 km". */
export function metresText(metres: number, language: string): string {
  const format = (n: number, digits: number) => n.toLocaleString(language, { maximumFractionDigits: digits });
  return metres < 1000 ? `${format(metres, 0)} m` : `${format(metres / 1000, metres < 10_000 ? 1 : 0)} km`;
}

/** "hace 4 min (±20 m)": an age with how exactly the place is known, as far as it is. */
export const within = (age: string, accuracy: number | null | undefined, language: string): string =>
  accuracy == null ? age : `${age} (±${metresText(Math.ceil(accuracy), language)})`;

/** "-34.6037, -58.3816" as people paste it; null when it is no place on Earth. */
export function parseLatLon(text: string): LatLon | null {
  const m = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!m) return null;
  const [lat, lon] = [Number(m[1]), Number(m[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}
