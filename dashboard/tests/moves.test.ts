// Positions from the socket: read with care, gathered, the latest of each person kept.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { moveOf, Moves, type Move } from '../src/live/moves';

const event = (agent_id: unknown, lat: unknown, at = '2026-11-22T15:00:00Z') => ({
  event_type: 'agent_position_changed',
  data: { agent_id, lat, lon: -58.4, accuracy_m: 9, at },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('reads what is whole and leaves the rest to a fetch', () => {
  const at = Date.parse('2026-11-22T15:00:00Z');
  expect(moveOf(event(7, -34.6))).toEqual([7, { lat: -34.6, lon: -58.4, accuracy_m: 9, at }]);
  expect(moveOf(event(7, undefined))).toBeNull();
  expect(moveOf(event('7', -34.6))).toBeNull();
  expect(moveOf(event(7, -34.6, 'ayer'))).toBeNull();
  expect(moveOf({ event_type: 'agent_availability_changed', data: { agent_id: 7 } })).toBeNull();
});

it('gathers many moves into one change', () => {
  const seen: Map<number, Move>[] = [];
  const moves = new Moves((latest) => seen.push(latest));
  for (let i = 0; i < 50; i++) moves.take(event(i % 2, -34 - i / 100));
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(500);
  expect(seen.map((latest) => [...latest].map(([id, move]) => [id, move.lat]))).toEqual([
    [
      [0, -34.48],
      [1, -34.49],
    ],
  ]);
  moves.take(event(1, -34));
  moves.stop();
  vi.advanceTimersByTime(5000);
  expect(seen).toHaveLength(1);
});
