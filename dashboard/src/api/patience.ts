// Waits and asks again where that is harmless, so that a busy or absent server is not the person's problem.
import { retryAfterSeconds } from './problem';

/** What is repeated: reads always; writes only with a key, under which they happen once. */
export type Wanted = { read: boolean; keyed: boolean; signal: AbortSignal };
export type Why = 'busy' | 'away';
export type Surroundings = {
  /** Resolves after the time; rejects when the signal says that nobody waits any more. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  random(): number;
  /** Told when a wait begins and how long it is; the answer is called when it is over. */
  waiting(why: Why, ms: number): () => void;
};

const BUSY = 429;
const AWAY = [502, 503, 504];
const MOST_TRIES = 5;
const FIRST_MS = 500;
const LONGEST_MS = 8_000;
/** A longer wait is for the person to decide. */
const LONGEST_BUSY_MS = 65_000;

/** How long before the next try; null when the answer is final. */
export function pauseAfter(
  status: number,
  retryAfter: number | null,
  tries: number,
  wanted: Wanted,
  random: number,
): number | null {
  if (tries >= MOST_TRIES) return null;
  if (status === BUSY) {
    const ms = (retryAfter ?? 1) * 1000;
    return (wanted.read || wanted.keyed) && ms <= LONGEST_BUSY_MS ? ms + random * FIRST_MS : null;
  }
  if (!AWAY.includes(status) || !wanted.read) return null;
  const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
  return Math.max((retryAfter ?? 0) * 1000, backoff / 2 + (backoff / 2) * random);
}

export async function patiently(
  send: () => Promise<Response>,
  wanted: Wanted,
  around: Surroundings,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await send();
    const retryAfter = retryAfterSeconds(response.headers.get('Retry-After'));
    const ms = pauseAfter(response.status, retryAfter, tries, wanted, around.random());
    if (ms === null) return response;
    const over = around.waiting(response.status === BUSY ? 'busy' : 'away', ms);
    try {
      await around.wait(ms, wanted.signal);
    } finally {
      over();
    }
  }
}
