// Rows stay where they are while somebody is about to press one.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Steady } from '../src/ui/steady.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ids = (steady: Steady<{ id: number }>, ...wanted: number[]) =>
  steady.rows(wanted.map((id) => ({ id }))).map(({ id }) => id);

it('keeps the order while it is held, and has the wanted one a little later', () => {
  const steady = new Steady<{ id: number }>(({ id }) => id);
  expect(ids(steady, 1, 2, 3)).toEqual([1, 2, 3]);
  expect(ids(steady, 2, 1, 3)).toEqual([2, 1, 3]);
  steady.hold();
  expect(ids(steady, 3, 1, 2)).toEqual([2, 1, 3]);
  vi.advanceTimersByTime(4999);
  steady.hold();
  vi.advanceTimersByTime(4999);
  expect(ids(steady, 3, 1, 2)).toEqual([2, 1, 3]);
  vi.advanceTimersByTime(1);
  expect(ids(steady, 3, 1, 2)).toEqual([3, 1, 2]);
});

it('has whoever is new below the others, and leaves no room for whoever is gone', () => {
  const steady = new Steady<{ id: number }>(({ id }) => id);
  ids(steady, 1, 2, 3);
  steady.hold();
  expect(ids(steady, 5, 4, 3, 1)).toEqual([1, 3, 5, 4]);
  expect(ids(steady, 4, 5, 6, 3, 1)).toEqual([1, 3, 5, 4, 6]);
});

it('is held by a move, a press, a key or the focus in the list, and by nothing after it has gone', () => {
  const steady = new Steady<{ id: number }>(({ id }) => id);
  const list = new EventTarget();
  const leave = steady.list(list as HTMLElement);
  const holds = (event: Event) => {
    vi.advanceTimersByTime(5000);
    ids(steady, 1, 2);
    list.dispatchEvent(event);
    return ids(steady, 2, 1)[0] === 1;
  };
  const moved = (movementX: number) => Object.assign(new Event('pointermove'), { movementX, movementY: 0 });
  for (const sign of ['pointerdown', 'focusin', 'keydown']) expect(holds(new Event(sign)), sign).toBe(true);
  expect([holds(moved(3)), holds(moved(0))]).toEqual([true, false]);
  leave();
  expect(holds(new Event('pointerdown'))).toBe(false);
});
