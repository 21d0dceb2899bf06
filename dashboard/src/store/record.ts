// Which entries of the record are wanted: to and from the address, and as the server takes it.
import type { RecordQuery } from '../api/record';
import type { Entry, Me } from '../api/types';
import { dayRange } from '../time/zone';
import { isDay } from './week';

/** What the words of actions begin with. */
export const ABOUT = [
  'task',
  'assignment',
  'emergency',
  'check_in',
  'broadcast',
  'drill',
  'agent',
  'position',
  'shift',
  'leave',
  'swap',
  'calendar',
  'user',
  'login',
  'session',
  'unit',
  'kind',
  'catalogue',
  'export',
] as const;
export type About = (typeof ABOUT)[number];

export type RecordFilter = {
  about: About | '';
  user: number | null;
  subject: string;
  id: number | null;
  from: string;
  to: string;
};
export const ANY: RecordFilter = { about: '', user: null, subject: '', id: null, from: '', to: '' };

export const mayRead = (me: Me | null): boolean => me?.permissions.includes('audit') ?? false;

const number = (text: string | null) => (text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : null);
const day = (text: string | null) => (isDay(text) ? text : '');

export function parseRecord(query: URLSearchParams): RecordFilter {
  const subject = query.get('subject') ?? '';
  return {
    about: ABOUT.find((one) => one === query.get('about')) ?? '',
    user: number(query.get('user')),
    subject: /^[a-z_]+$/.test(subject) ? subject : '',
    id: number(query.get('id')),
    from: day(query.get('from')),
    to: day(query.get('to')),
  };
}

export function recordHref(filter: RecordFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    if (value !== null && value !== '') query.set(name, String(value));
  return query.size > 0 ? `/audit?${query}` : '/audit';
}

/** For the server; days are those of the force. */
export const recordQuery = (
  { about, user, subject, id, from, to }: RecordFilter,
  zone: string,
): RecordQuery => ({
  action: about === '' ? undefined : `${about}.`,
  user_id: user ?? undefined,
  subject_kind: subject || undefined,
  subject_id: id ?? undefined,
  ...dayRange(from, to, zone),
});

const PAGES: Record<string, string> = { task: '/tasks', user: '/users', broadcast: '/broadcasts' };

/** Where that is which an entry is about; null for what has no page of its own. */
export function subjectHref({ subject_kind: kind, subject_id: id }: Entry): string | null {
  const page = PAGES[kind];
  return page === undefined || id == null ? null : `${page}/${id}`;
}

/** What else is recorded, in one line. */
export function dataText({ data }: Entry): string {
  const all: [string, unknown][] = Object.entries(data);
  return all
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
