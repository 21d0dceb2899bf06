// Who was asked for help and what became of it: the silent first, the counts, and whom to call.
import type { Emergency, EmergencyStatus, Offer, User } from '../api/types';

/** In the order in which somebody has to care about them. */
export const ASKED = ['offered', 'unreachable', 'taken', 'there', 'declined', 'stood_down'] as const;
export type Asked = (typeof ASKED)[number];

/** Colour tokens. */
export const ASKED_TONES: Record<Asked, string> = {
  offered: 'warn',
  unreachable: 'bad',
  taken: 'ok',
  there: 'ok',
  declined: 'bad',
  stood_down: 'muted',
};

export const isRunning = (status: EmergencyStatus): boolean =>
  status === 'waiting' || status === 'active' || status === 'answered';

/** How somebody who was asked stands; whoever comes is told from who is there. */
export function askedOf({ state, on_site_at: there }: Offer): Asked {
  if (state === 'taken' && there) return 'there';
  return state === 'passed' ? 'stood_down' : state;
}

const rank = (offer: Offer) => ASKED.indexOf(askedOf(offer));
const asked = (offer: Offer) => Date.parse(offer.offered_at ?? offer.at);

/** The silent first, those who have been silent the longest before the others. */
export const rollCall = (offers: Offer[]): Offer[] =>
  [...offers].sort((a, b) => rank(a) - rank(b) || asked(a) - asked(b) || a.name.localeCompare(b.name));

export function countsOf(emergency: Emergency): Record<Asked, number> {
  const counts = { offered: 0, unreachable: 0, taken: 0, there: 0, declined: 0, stood_down: 0 };
  for (const offer of emergency.offers) if (offer.state !== 'passed') counts[askedOf(offer)] += 1;
  return counts;
}

/** The last ring in which anybody was asked: the search goes on counting where there is nobody left. */
export const ringOf = ({ offers }: Emergency): number => Math.max(0, ...offers.map(({ ring }) => ring));

/** Whether somebody new was asked in the ring the search is in. */
export const isWidening = ({ offers, ring }: Emergency): boolean =>
  offers.some((offer) => offer.ring === ring);

/** How far somebody who comes is, by what was said: on the spot, on the way, or only that the order came. */
export type Step = 'there' | 'going' | 'heard';
export function stepOf({ on_site_at: there, en_route_at: going }: Offer): Step {
  if (there) return 'there';
  return going ? 'going' : 'heard';
}

/** When somebody who comes is expected: the estimate counted from the answer; null without a distance. */
export const expectedAt = ({ eta_minutes: eta, answered_at: at }: Offer): number | null =>
  eta == null || !at ? null : Date.parse(at) + eta * 60_000;

const due = (one: Offer) => (one.on_site_at ? 0 : (expectedAt(one) ?? Infinity));

/** Those who come: who is there already, then the first to arrive first. */
export const arrivals = (takers: Offer[]): Offer[] => [...takers].sort((a, b) => due(a) - due(b));

/** Running ones before ended ones, those for which nobody comes first, then the oldest. */
export const byNeed = (emergencies: Emergency[]): Emergency[] =>
  [...emergencies].sort(
    (a, b) =>
      Number(a.drill) - Number(b.drill) ||
      Number(a.takers.length > 0) - Number(b.takers.length > 0) ||
      a.id - b.id,
  );

/** A link that dials; null when there is nothing to dial. */
export function dialOf(phone: string | null | undefined): string | null {
  const number = (phone ?? '').replace(/[^\d+]/g, '');
  return /^\+?\d{3,}$/.test(number) ? `tel:${number}` : null;
}

/** A link that opens the chat with somebody; null without a Telegram name. */
export const chatOf = (username: string | null | undefined): string | null =>
  /^\w{4,32}$/.test(username ?? '') ? `https://t.me/${username}` : null;

/** Whom to call when nobody comes: of the unit, or everybody in command without one; those in command first. */
export const phoneList = (users: User[], unitId: number | null): User[] =>
  users
    .filter((user) => user.active && dialOf(user.phone) !== null)
    .filter((user) => (unitId === null ? user.level >= 2 : user.units.some(({ id }) => id === unitId)))
    .sort((a, b) => b.level - a.level || a.name.localeCompare(b.name));
