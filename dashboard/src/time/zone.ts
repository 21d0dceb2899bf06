// Wall time in an IANA zone to and from instants, with the edges of daylight saving.
export const DEFAULT_ZONE = 'America/Argentina/Buenos_Aires';

export type Wall = { year: number; month: number; day: number; hour: number; minute: number };

/** Parses the value of a `datetime-local` field; null when it is not a real date. */
export function parseWall(text: string): Wall | null {
  const m = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::\d{2})?$/.exec(text.trim());
  if (!m) return null;
  const [year, month, day, hour, minute] = m.slice(1).map(Number) as [number, number, number, number, number];
  const check = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const real = check.getUTCMonth() === month - 1 && check.getUTCDate() === day && hour < 24 && minute < 60;
  return real ? { year, month, day, hour, minute } : null;
}

const two = (n: number) => String(n).padStart(2, '0');
export const formatWall = (w: Wall) =>
  `${String(w.year).padStart(4, '0')}-${two(w.month)}-${two(w.day)}T${two(w.hour)}:${two(w.minute)}`;

const formats = new Map<string, Intl.DateTimeFormat>();
function partsFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks on the wall of the zone show at an instant. */
export function wallAt(instant: number, zone: string): Wall {
  const part = Object.fromEntries(
    partsFormat(zone)
      .formatToParts(instant)
      .map((p) => [p.type, Number(p.value)]),
  );
  return {
    year: part.year ?? 0,
    month: part.month ?? 1,
    day: part.day ?? 1,
    hour: part.hour ?? 0,
    minute: part.minute ?? 0,
  };
}

const asUtc = (w: Wall) => Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute);
const offsetAt = (instant: number, zone: string) =>
  asUtc(wallAt(instant, zone)) - Math.floor(instant / 60_000) * 60_000;

/** The instant of a wall time: the earlier one when it happens twice, null when the clocks skip it. */
export function instantOf(wall: Wall, zone: string): number | null {
  const guess = asUtc(wall);
  const offsets = [offsetAt(guess - 86_400_000, zone), offsetAt(guess + 86_400_000, zone)];
  const found = [...new Set(offsets)]
    .map((offset) => guess - offset)
    .filter((instant) => asUtc(wallAt(instant, zone)) === guess);
  return found.length ? Math.min(...found) : null;
}

/** RFC 3339 with the zone's own offset, so that the plan reads as it was meant. */
export function rfc3339(instant: number, zone: string): string {
  const minutes = Math.round(offsetAt(instant, zone) / 60_000);
  const sign = minutes < 0 ? '-' : '+';
  const abs = Math.abs(minutes);
  return `${formatWall(wallAt(instant, zone))}:00${sign}${two(Math.floor(abs / 60))}:${two(abs % 60)}`;
}

/** First and last instant of days `YYYY-MM-DD` in the zone; where midnight is skipped the day begins at one. */
export function dayRange(from: string, to: string, zone: string): { from?: string; to?: string } {
  const start = parseWall(`${from}T00:00`);
  const end = parseWall(`${to}T23:59`);
  const iso = (w: Wall | null, extra: number) => {
    const instant = w && (instantOf(w, zone) ?? instantOf({ ...w, hour: w.hour + 1 }, zone));
    return instant === null ? undefined : new Date(instant + extra).toISOString();
  };
  return { from: iso(start, 0), to: iso(end, 59_000) };
}

export function isZone(zone: string): boolean {
  try {
    return zone !== '' && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}
