// What was done in a period, in words, and the addresses of the lists that its figures count.
import type { Work, WorkDay } from '../api/types';
import { lasted } from './drills';
import { periodQuery, type Period } from './period';
import { addDays } from './week';

export const COUNTED = ['completed', 'cancelled', 'timed', 'on_time', 'overdue'] as const;
export type CountedTasks = (typeof COUNTED)[number];
export const STRETCHES = [
  'offered_to_acknowledged',
  'acknowledged_to_on_site',
  'on_site_to_completed',
] as const;
export type Stretch = (typeof STRETCHES)[number];

export const tasksHref = (figure: CountedTasks, period: Period): string =>
  `/numbers/tasks?figure=${figure}&${periodQuery(period)}`;
export const answersHref = (stretch: Stretch, period: Period): string =>
  `/numbers/answers?stretch=${stretch}&${periodQuery(period)}`;

export const percent = (share: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share);

/** "40 s", "3 min", "1 h 05". */
export const took = (seconds: number): string => lasted(Math.round(seconds)) ?? '';

const anything = (day: WorkDay) =>
  day.completed > 0 || day.cancelled > 0 || STRETCHES.some((stretch) => day[stretch] != null);

export type WorkPart = { sums: WorkDay; period: Period };

/** The days, or weeks, on which something was done, the last first, each with the days it stands for. */
export const partsOf = ({ days }: Work, period: Period): WorkPart[] =>
  days
    .map((sums, place) => {
      const next = days[place + 1];
      const until = next === undefined ? period.until : addDays(next.day, -1);
      return { sums, period: { ...period, from: sums.day, until } };
    })
    .filter(({ sums }) => anything(sums))
    .reverse();

/** Whether days are shown together. */
export const isByWeek = ({ days }: Work): boolean =>
  days.length > 1 && days[1]?.day !== addDays(days[0]?.day ?? '', 1);
