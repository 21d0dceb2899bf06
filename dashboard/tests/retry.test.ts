// What a page does by itself about a failure that is over by itself, and what it says meanwhile.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError, offlineError } from '../src/api/problem';
import { waits } from '../src/api/waits.svelte';
import { againAfter, Retry } from '../src/live/retry';

const refused = (status: number, retryAfter: number | null = null) =>
  new ApiError(status, '', '', [], [], retryAfter);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('waits as long as the server asks, else a moment, and leaves final answers alone', () => {
  expect([againAfter(refused(429, 42)), againAfter(refused(503, 2))]).toEqual([42_000, 2_000]);
  expect([againAfter(refused(500)), againAfter(offlineError())]).toEqual([4_000, 4_000]);
  for (const status of [401, 403, 404, 409, 412, 422])
    expect([status, againAfter(refused(status))]).toEqual([status, null]);
});

it('tries once, not before its time, and not at all when somebody was faster', () => {
  const [retry, tried] = [new Retry(), vi.fn()];
  retry.after(refused(429, 7), tried);
  retry.after(refused(429, 7), tried);
  vi.advanceTimersByTime(6_999);
  expect(tried).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(tried).toHaveBeenCalledOnce();
  retry.after(refused(500), tried);
  retry.stop();
  retry.after(refused(404), tried);
  vi.advanceTimersByTime(60_000);
  expect(tried).toHaveBeenCalledOnce();
});

it('asks for nothing that fails after its page was left', () => {
  const [retry, tried] = [new Retry(), vi.fn()];
  retry.end();
  retry.after(refused(503), tried);
  vi.advanceTimersByTime(60_000);
  expect(tried).not.toHaveBeenCalled();
});

it('tells of the wait that is over first, and of an absent server before a busy one', () => {
  const now = Date.now();
  const [late, soon] = [waits.begin('busy', 9_000), waits.begin('busy', 4_000)];
  expect(waits.next).toEqual({ why: 'busy', until: now + 4_000 });
  const away = waits.begin('away', 20_000);
  expect(waits.next).toEqual({ why: 'away', until: now + 20_000 });
  away();
  soon();
  expect(waits.next).toEqual({ why: 'busy', until: now + 9_000 });
  late();
  expect(waits.next).toBeNull();
});
