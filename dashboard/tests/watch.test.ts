// Who is asked whether he is well, kept live: an event fetches, a crew that answers at once is fetched once, news is told once.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Watched } from '../src/api/types';

type Listener = { event: (event: { event_type: string }) => void; resync: () => void };
const heard = vi.hoisted(() => ({
  listener: null as unknown,
  toasts: [] as string[],
  asked: 0,
  silent: [] as { silent: boolean; task?: unknown }[],
  /** More is asked than one page holds. */
  many: false,
}));

vi.mock('../src/live/link.svelte', () => ({
  link: {
    listen: (listener: unknown) => (heard.listener = listener),
    whenLive: () => Promise.resolve(),
  },
}));
vi.mock('../src/router.svelte', () => ({ router: { go: () => Promise.resolve() } }));
vi.mock('../src/store/contacts.svelte', () => ({ contacts: { load: () => Promise.resolve() } }));
vi.mock('../src/store/session.svelte', () => ({
  session: { level: 2, state: 'in', onLeave: () => undefined },
}));
vi.mock('../src/store/toasts.svelte', () => ({
  toasts: { show: (text: string) => heard.toasts.push(text) },
}));
vi.mock('../src/api/checkIns', () => ({
  watched: (query: { silent?: boolean; alone?: boolean }) => {
    heard.asked += 1;
    const items = heard.silent.filter(({ task }) => !query.alone || task == null);
    return Promise.resolve({ items, next_cursor: heard.many && !query.silent && !query.alone ? '9' : null });
  },
}));

const { watch } = await import('../src/store/watch.svelte');

const AT = '2026-11-22T15:00:00Z';
const silent = (agent_id: number, name: string): Watched => ({
  id: agent_id,
  every_minutes: 30,
  started_at: AT,
  silent: true,
  person: { agent_id, name, state: 'waiting', step: 3, asked_at: AT, escalated_at: AT },
});
const changed = () => (heard.listener as Listener).event({ event_type: 'check_in_updated' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is fetched soon after an event, not for each of a crew, and tells of each silence once', async () => {
  heard.silent = [silent(1, 'Beto')];
  await watch.start();
  expect(watch.silent.map(({ person }) => person.name)).toEqual(['Beto']);
  expect(heard.toasts).toEqual([]);

  await vi.advanceTimersByTimeAsync(10_000);
  heard.silent = [silent(2, 'Ana'), silent(1, 'Beto')];
  heard.asked = 0;
  changed();
  await vi.advanceTimersByTimeAsync(400);
  expect(heard.asked).toBe(1);
  expect(heard.toasts).toHaveLength(1);
  expect(heard.toasts[0]).toContain('Ana');

  for (let n = 0; n < 50; n++) {
    changed();
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(heard.asked).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heard.asked).toBe(2);
  expect(heard.toasts).toHaveLength(1);

  heard.silent = [];
  (heard.listener as Listener).resync();
  await vi.advanceTimersByTimeAsync(3_500);
  expect(watch.silent).toEqual([]);
});

it('knows who works alone from the same answer, and asks for each kind only when that is cut off', async () => {
  const onTask = { ...silent(1, 'Beto'), task: { id: 7, code: 'PAT-2026-0007', drill: false } };
  const well = { ...silent(3, 'Caro'), silent: false };
  heard.silent = [onTask, silent(2, 'Ana'), well];
  const names = () => [watch.silent, watch.alone].map((all) => all.map(({ person }) => person.name));
  heard.asked = 0;
  await watch.load();
  expect(names()).toEqual([
    ['Beto', 'Ana'],
    ['Ana', 'Caro'],
  ]);
  expect([heard.asked, watch.partial]).toEqual([1, false]);
  heard.many = true;
  await watch.load();
  expect(heard.asked).toBe(4);
});
