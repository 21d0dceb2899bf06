// Positions that come with the socket, gathered so that a busy map is redrawn twice a second at most.
import type { LiveEvent } from './socket';

export type Move = { lat: number; lon: number; accuracy_m: number | null; at: number };

/** The agent and the place of a position event; null when the event carries none. */
export function moveOf({ event_type, data, timestamp }: LiveEvent): [number, Move] | null {
  if (event_type !== 'agent_position_changed') return null;
  const { agent_id: id, lat, lon, accuracy_m: accuracy, at } = data;
  if (typeof id !== 'number' || typeof lat !== 'number' || typeof lon !== 'number') return null;
  const moment = Date.parse(typeof at === 'string' ? at : (timestamp ?? ''));
  if (Number.isNaN(moment)) return null;
  return [id, { lat, lon, accuracy_m: typeof accuracy === 'number' ? accuracy : null, at: moment }];
}

const GATHER_MS = 500;

export class Moves {
  #waiting = new Map<number, Move>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly apply: (moves: Map<number, Move>) => void) {}

  /** True when the event was a position and is taken care of. */
  take(event: LiveEvent): boolean {
    const move = moveOf(event);
    if (!move) return false;
    this.#waiting.set(...move);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
    return true;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #flush() {
    this.#timer = undefined;
    const moves = this.#waiting;
    this.#waiting = new Map();
    this.apply(moves);
  }
}
