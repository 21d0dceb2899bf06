// What became of a message with each of its people: the silent first, the counts, the words for its options, and as CSV.
import type { Broadcast, BroadcastStatus, Me, NewBroadcast, Recipient, RecipientState } from '../api/types';

/** In the order in which somebody has to care about them: those who are silent before those who said something. */
export const LEDGER = [
  'sent',
  'queued',
  'unreachable',
  'needs_help',
  'declined',
  'on_the_way',
  'acknowledged',
] as const satisfies readonly RecipientState[];

/** Colour tokens. */
export const LEDGER_TONES: Record<RecipientState, string> = {
  sent: 'warn',
  queued: 'muted',
  unreachable: 'bad',
  needs_help: 'bad',
  declined: 'bad',
  on_the_way: 'ok',
  acknowledged: 'ok',
};

export const RUNNING = 'active,acknowledged';
export const ENDED = 'expired,cancelled,closed';
export const isRunning = (status: BroadcastStatus): boolean =>
  status === 'active' || status === 'acknowledged';

export const mayBroadcast = (me: Me | null): boolean => me?.permissions.includes('broadcast') ?? false;
/** Whoever may send sees all; so do admins. */
export const seesBroadcasts = (me: Me | null): boolean => mayBroadcast(me) || (me?.level ?? 0) >= 3;

const rank = (state: RecipientState) => LEDGER.indexOf(state);
/** Since when somebody is in the present state; the silent since they were told. */
const since = (one: Recipient) => Date.parse(one.sent_at ?? one.at);

/** The silent first, those who have been silent the longest before the others. */
export const silentFirst = (people: Recipient[]): Recipient[] =>
  [...people].sort(
    (a, b) => rank(a.state) - rank(b.state) || since(a) - since(b) || a.name.localeCompare(b.name),
  );

/** The people it is for, everybody once; `escalated` are some of the silent. */
export const peopleOf = ({ counts }: Broadcast): number =>
  LEDGER.reduce((sum, state) => sum + counts[state], 0);

/** Those who answered anything. */
export const answeredOf = ({ counts }: Broadcast): number =>
  counts.acknowledged + counts.on_the_way + counts.needs_help + counts.declined;

/** Whoever may still say something, and so may have to be called. */
export const isSilent = (state: RecipientState): boolean =>
  state === 'sent' || state === 'queued' || state === 'unreachable';

/** When somebody was asked again because what he had answered expired; null for everybody else. */
export const anewAt = ({ state, at, answered_at }: Recipient): string | null =>
  state === 'sent' && answered_at != null ? at : null;

/** When that happened last. */
export const lastAnew = (people: Recipient[]): string | null =>
  people.map(anewAt).reduce((last, at) => (at !== null && (last === null || at > last) ? at : last), null);

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase();

/** The typed word is the wanted one: accents and capitals do not matter. */
export const sameWord = (typed: string, wanted: string): boolean => plain(typed) === plain(wanted);

/** A protocol's template with what was written in its place, as it will leave. */
export function filled(template: string, text: string): string {
  const own = text.trim();
  const whole = template.includes('{text}')
    ? template.replaceAll('{text}', () => own)
    : `${template}\n${own}`;
  return whole.trim();
}

/** `quorum:3` is 3; null for `all` and `first`. */
export const quorumOf = (mode: string): number | null => {
  const [, n] = /^quorum:(\d+)$/.exec(mode) ?? [];
  return n === undefined ? null : Number(n);
};

/** Whether as many are on the way as were wanted: nobody is asked again then. */
export function isUnderWay({ ack_mode: mode, counts }: Broadcast): boolean {
  const wanted = mode === 'first' ? 1 : quorumOf(mode);
  return wanted !== null && counts.on_the_way >= wanted;
}

/** What a preview depends on: with another, it has to be asked again. */
export const reachPrint = ({ audience, protocol }: NewBroadcast): string =>
  JSON.stringify([audience, protocol]);

/** A spreadsheet must not take a name for a formula. */
const safe = (text: string) => (/^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const cell = (text: string) => `"${safe(text).replaceAll('"', '""')}"`;

/** Rows of text as CSV with a byte order mark, so that every spreadsheet reads its accents. */
export const csvOf = (rows: string[][]): string =>
  `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
