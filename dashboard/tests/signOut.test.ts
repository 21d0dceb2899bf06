// Signing out that the server cannot be told at once: told again until it knows, and never for somebody else.
import { beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../src/api/problem';
import { signOut } from '../src/store/signOut.svelte';

const server = vi.hoisted(() => ({ asked: 0, refuses: null as Error | null }));
vi.mock('../src/api/people', () => ({
  logout: () => {
    server.asked += 1;
    return server.refuses ? Promise.reject(server.refuses) : Promise.resolve();
  },
}));

const shelf = new Map<string, string>();
const busy = new ApiError(429, 'too_many_requests', '', [], [], 30);

beforeEach(() => {
  vi.useFakeTimers();
  shelf.clear();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => shelf.get(name) ?? null,
    setItem: (name: string, text: string) => shelf.set(name, text),
    removeItem: (name: string) => shelf.delete(name),
  });
  signOut.drop();
  Object.assign(server, { asked: 0, refuses: null });
});

it('owes nothing and says nothing when the server takes it', async () => {
  await signOut.send();
  expect([signOut.owed, signOut.said, server.asked]).toEqual([false, null, 1]);
});

it('is told again when the server asks for it, says so, and says when it is done', async () => {
  server.refuses = busy;
  await signOut.send();
  expect([signOut.owed, signOut.said]).toEqual([true, 'open']);
  expect(signOut.againAt).toBe(Date.now() + 30_000);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(server.asked).toBe(1);
  server.refuses = null;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([signOut.owed, signOut.said, server.asked]).toEqual([false, 'closed', 2]);
});

it('is over when the server knows nobody any more', async () => {
  server.refuses = new ApiError(401, 'unauthorized', '');
  await signOut.send();
  expect([signOut.owed, signOut.said, signOut.againAt]).toEqual([false, null, null]);
});

it('ends nobody else: neither who signs in here nor who did in another tab', async () => {
  server.refuses = busy;
  await signOut.send();
  signOut.drop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([signOut.owed, signOut.said, server.asked]).toEqual([false, null, 1]);
  await signOut.send();
  shelf.clear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([signOut.said, server.asked]).toEqual([null, 2]);
});

it('is told again also where nothing can be kept', async () => {
  vi.stubGlobal('localStorage', undefined);
  server.refuses = busy;
  await signOut.send();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.asked).toBe(2);
});
