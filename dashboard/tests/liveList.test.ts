// A list by pages that events fetch anew: what somebody asked for comes all the same.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const heard = vi.hoisted(() => ({ event: () => undefined as void }));
vi.mock('../src/live/link.svelte', () => ({
  link: { listen: (listener: typeof heard) => ((heard.event = listener.event), () => undefined) },
}));

import { LiveList, type Wanted } from '../src/store/liveList.svelte';

const ALL = Array.from({ length: 45 }, (_, id) => ({ id }));
const asked: Wanted[] = [];
/** Holds back what is asked for while it is set. */
let held: Promise<void> | null = null;

async function page(wanted: Wanted) {
  asked.push(wanted);
  await held;
  const from = Number(wanted.cursor ?? 0);
  const to = from + wanted.limit;
  return { items: ALL.slice(from, to), next_cursor: to < ALL.length ? String(to) : null };
}

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  held = null;
});
afterEach(() => void vi.useRealTimers());

it('shows the next page that was asked for though an event fetched the list anew meanwhile', async () => {
  const list = new LiveList<{ id: number }>(() => true);
  const leave = list.follow();
  await list.show(page);
  expect(list.items).toHaveLength(20);
  let go = () => {};
  held = new Promise((done) => (go = done));
  const more = list.more();
  heard.event();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(3);
  go();
  await more;
  await vi.advanceTimersByTimeAsync(0);
  expect([list.items.length, list.cursor]).toEqual([40, '40']);
  await list.show(page);
  expect(list.items).toHaveLength(20);
  leave();
});
