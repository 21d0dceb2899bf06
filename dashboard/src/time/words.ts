// Instants in words: "14:32", "ayer 14:32", "hace 4 min".
import { formatWall, wallAt } from './zone';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "hace 4 min", "en 2 h"; under a minute is `justNow`. */
export function relative(from: number, now: number, language: string, justNow: string): string {
  const delta = from - now;
  const size = Math.abs(delta);
  if (size < MINUTE) return justNow;
  const format = new Intl.RelativeTimeFormat(language, { style: 'short', numeric: 'always' });
  if (size < 90 * MINUTE) return format.format(Math.trunc(delta / MINUTE), 'minute');
  if (size < 2 * DAY) return format.format(Math.round(delta / HOUR), 'hour');
  return format.format(Math.round(delta / DAY), 'day');
}

/** "12 min", "1 h 05", "3 d": a length of time without direction. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  return `${Math.floor(hours / 24)} d`;
}

/** "0:12": what is left of some minutes, never less than nothing. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const dayNumber = (instant: number, zone: string) => {
  const w = wallAt(instant, zone);
  return Math.floor(Date.UTC(w.year, w.month - 1, w.day) / DAY);
};

/** The hour alone today, with the day before it otherwise. */
export function clockTime(instant: number, now: number, zone: string, language: string): string {
  const hour = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(instant);
  const days = dayNumber(instant, zone) - dayNumber(now, zone);
  if (days === 0) return hour;
  const near = Math.abs(days) < 7;
  const day = new Intl.DateTimeFormat(
    language,
    near
      ? { timeZone: zone, weekday: 'short', day: 'numeric' }
      : { timeZone: zone, day: 'numeric', month: 'short' },
  ).format(instant);
  return `${day} ${hour}`;
}

/** Everything, for titles and for the task page. */
export const fullTime = (instant: number, zone: string, language: string): string =>
  new Intl.DateTimeFormat(language, {
    timeZone: zone,
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  }).format(instant);

/** "2026-11-22 12:00": what every spreadsheet reads as a time; empty without one. */
export const sheetTime = (at: string | null | undefined, zone: string): string =>
  at ? formatWall(wallAt(Date.parse(at), zone)).replace('T', ' ') : '';
