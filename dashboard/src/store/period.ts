// The days and the unit that figures are about: to and from the address, and what is wrong with them.
import { addDays, isDay } from './week';

export type Period = { from: string; until: string; unit: number | null };
export type PeriodFault = 'order' | 'long';

/** As the server has it. */
export const MOST_DAYS = 366;
const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;

/** Lengths to choose from, in days that end today. */
export const LENGTHS = [7, 30, 90, MOST_DAYS] as const;

export const lastDays = (days: number, today: string) => ({ from: addDays(today, 1 - days), until: today });

const daysOf = ({ from, until }: Period) => (Date.parse(until) - Date.parse(from)) / DAY_MS + 1;

/** Of a length, today included; null for days that were chosen one by one. */
export const lengthOf = (period: Period, today: string): number | null =>
  period.until === today ? (LENGTHS.find((days) => days === daysOf(period)) ?? null) : null;

export function parsePeriod(query: URLSearchParams, today: string): Period {
  const [from, until, unit] = [query.get('from'), query.get('until'), query.get('unit')];
  const last = isDay(until) ? until : today;
  return {
    from: isDay(from) ? from : addDays(last, 1 - USUAL_DAYS),
    until: last,
    unit: unit !== null && /^[1-9]\d*$/.test(unit) ? Number(unit) : null,
  };
}

/** For an address: with its days, so that it shows the same tomorrow. */
export const periodQuery = ({ from, until, unit }: Period): string =>
  `from=${from}&until=${until}${unit === null ? '' : `&unit=${unit}`}`;

/** For the server. */
export const asked = ({ from, until, unit }: Period) => ({ from, until, unit_id: unit ?? undefined });

export function faultOf(period: Period): PeriodFault | null {
  if (period.until < period.from) return 'order';
  return daysOf(period) > MOST_DAYS ? 'long' : null;
}
