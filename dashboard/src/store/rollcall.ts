// Who was asked for help and what became of it: the silent first, the counts, and whom to call.
import type { Emergency, EmergencyStatus, Offer, User } from '../api/types';

/** In the order in which somebody has to care about them. */
export const ASKED = ['offered', 'unreachable', 'heard', 'taken', 'there', 'declined', 'stood_down'] as const;
export type Asked = (typeof ASKED)[number];

/** Colour tokens. */
export const ASKED_TONES: Record<Asked, string> = {
  offered: 'warn',
  unreachable: 'bad',
  heard: 'warn',
  taken: 'ok',
  there: 'ok',
  declined: 'bad',
  stood_down: 'muted',
};

export const isRunning = (status: EmergencyStatus): boolean =>
  status === 'waiting' || status === 'active' || status === 'answered';

/** Whether he said himself that he goes or is there: whom somebody sent may only have said that he got it. */
export const goes = ({ en_route_at: going, on_site_at: there }: Offer): boolean => (going ?? there) != null;

/** Those who come, and said so themselves. */
export const coming = ({ takers }: Emergency): Offer[] => takers.filter(goes);

/** How many are still needed: nobody knows of those whom Telegram tells nothing any more whether they come, and who calls for help himself does not. */
export const lacking = (emergency: Emergency): number =>
  emergency.crew - coming(emergency).filter(({ blocked, own_call: own }) => !blocked && own == null).length;

/** How somebody who was asked stands; who comes is told from who is there and who only got the order. */
export function askedOf(offer: Offer): Asked {
  if (offer.state === 'passed') return 'stood_down';
  if (offer.state !== 'taken') return offer.state;
  if (offer.on_site_at) return 'there';
  return goes(offer) ? 'taken' : 'heard';
}

const rank = (offer: Offer) => ASKED.indexOf(askedOf(offer));
const asked = (offer: Offer) => Date.parse(offer.offered_at ?? offer.at);

/** The silent first, those who have been silent the longest before the others. */
export const rollCall = (offers: Offer[]): Offer[] =>
  [...offers].sort((a, b) => rank(a) - rank(b) || asked(a) - asked(b) || a.name.localeCompare(b.name));

export function countsOf(emergency: Emergency): Record<Asked, number> {
  const counts = { offered: 0, unreachable: 0, heard: 0, taken: 0, there: 0, declined: 0, stood_down: 0 };
  for (const offer of emergency.offers) if (offer.state !== 'passed') counts[askedOf(offer)] += 1;
  return counts;
}

/** The last ring in which anybody was asked: the search goes on counting where there is nobody left. Whom somebody sent is in none. */
export const ringOf = ({ offers }: Emergency): number => Math.max(0, ...offers.map(({ ring }) => ring ?? 0));

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

const ORDER: Step[] = ['there', 'going', 'heard'];
const due = (one: Offer) => expectedAt(one) ?? Number.MAX_SAFE_INTEGER;
const sooner = (a: Offer, b: Offer) => ORDER.indexOf(stepOf(a)) - ORDER.indexOf(stepOf(b)) || due(a) - due(b);

/** Who is there already, then the first to arrive first; last whoever has not said that he goes. */
export const arrivals = (takers: Offer[]): Offer[] => [...takers].sort(sooner);

/** Running ones before ended ones, those for which nobody comes first, then the oldest. */
export const byNeed = (emergencies: Emergency[]): Emergency[] =>
  [...emergencies].sort(
    (a, b) =>
      Number(a.drill) - Number(b.drill) ||
      Number(coming(a).length > 0) - Number(coming(b).length > 0) ||
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
