// Whose page it is: while the server makes one wait, after signing out, and when another tab let in somebody else.
import { beforeEach, expect, it, vi } from 'vitest';
import { aMe } from '../mock/samples';
import { ApiError } from '../src/api/problem';
import type { Me } from '../src/api/types';
import { session } from '../src/store/session.svelte';

const server = vi.hoisted(() => ({
  me: null as unknown,
  asked: [] as string[],
  refusesLogout: null as unknown,
  from: [] as unknown[],
}));
vi.mock('../src/api/people', () => {
  const answer = (name: string, value: unknown) => {
    server.asked.push(name);
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  };
  return {
    me: () => answer('me', server.me),
    login: () => answer('login', null),
    logout: () => answer('logout', server.refusesLogout),
  };
});
vi.mock('../src/live/link.svelte', () => ({
  link: { start: (from: unknown) => server.from.push(from), stop: () => undefined },
}));
vi.mock('../src/live/telegram', () => ({ takeInitData: () => null }));
vi.mock('../src/i18n/words.svelte', () => ({ words: { language: 'es' } }));
vi.mock('../src/router.svelte', () => ({
  safeNext: () => '/',
  router: {
    go: () => Promise.resolve(),
    here: '/',
    route: { page: 'board' },
    url: new URL('http://gad.test/'),
  },
}));

const busy = new ApiError(429, 'too_many_requests', '', [], [], 30);
const ana = aMe({ id: 1, name: 'Ana' });
const raul = aMe({ id: 2, name: 'Raúl' });
const tab = new Map<string, string>();
const browser = new Map<string, string>();
const storage = (held: Map<string, string>) => ({
  getItem: (name: string) => held.get(name) ?? null,
  setItem: (name: string, text: string) => held.set(name, text),
  removeItem: (name: string) => held.delete(name),
});
let cleaned = 0;
session.onLeave(() => (cleaned += 1));

async function signIn(me: Me) {
  server.me = me;
  await session.login('x', 'y');
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('sessionStorage', storage(tab));
  vi.stubGlobal('localStorage', storage(browser));
  Object.assign(server, { refusesLogout: null });
  await session.logout();
  tab.clear();
  browser.clear();
  Object.assign(session, { state: 'unknown' });
  server.asked = [];
  cleaned = 0;
});

it('is that of whoever was here last while the server makes one wait, and asks again when it says so', async () => {
  tab.set('gad.me', JSON.stringify(ana));
  server.me = busy;
  await session.restore();
  expect([session.state, session.me?.name]).toEqual(['in', 'Ana']);
  server.me = ana;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([server.asked, session.againAt]).toEqual([['me', 'me'], null]);
});

it.each(['', '{', '7', '{"id":1}'])('is nobody’s where only %j was left', async (left) => {
  tab.set('gad.me', left);
  server.me = busy;
  await session.restore();
  expect([session.state, session.me]).toEqual(['offline', null]);
});

it('asks once more, however often it was asked for', async () => {
  server.me = busy;
  await Promise.all([session.restore(), session.restore(), session.restore()]);
  server.asked = [];
  await vi.advanceTimersByTimeAsync(30_000);
  expect(server.asked).toEqual(['me']);
});

it('shows somebody else nothing of the one before, whom another tab took away', async () => {
  await signIn(ana);
  server.me = raul;
  await session.restore();
  expect([session.state, session.me?.name, cleaned]).toEqual(['in', 'Raúl', 1]);
  await session.restore();
  expect(cleaned).toBe(1);
});

it('lets nobody back in by a reload after signing out that the server did not take', async () => {
  await signIn(ana);
  server.refusesLogout = busy;
  await session.logout();
  expect([session.state, session.me, tab.get('gad.me')]).toEqual(['out', null, undefined]);
  server.asked = [];
  session.state = 'unknown';
  await session.restore();
  expect([session.state, server.asked]).toEqual(['out', ['logout']]);
  await signIn(raul);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([session.me?.name, server.asked]).toEqual(['Raúl', ['logout', 'login', 'me']]);
});

it('says how new is what will be fetched, and not how new it was when somebody was here last', async () => {
  const live = { epoch: 'e', seq: 4 };
  await signIn(aMe({ live }));
  expect(server.from.at(-1)).toEqual(live);
  const left = tab.get('gad.me') ?? '';
  await session.logout();
  tab.set('gad.me', left);
  session.state = 'unknown';
  server.me = busy;
  await session.restore();
  expect([session.state, server.from.at(-1)]).toEqual(['in', undefined]);
});

it('lets in also where nothing can be kept', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  vi.stubGlobal('localStorage', undefined);
  await signIn(ana);
  expect(session.me?.name).toBe('Ana');
});
