// Kinds and units: a page that is loaded anew takes what the same person had a moment ago, and only that.
import { beforeEach, expect, it, vi } from 'vitest';

const here = vi.hoisted(() => ({ me: { id: 1 } as { id: number } | null, asked: 0, leave: () => {} }));
vi.mock('../src/api/people', () => ({
  kinds: () => {
    here.asked += 1;
    return Promise.resolve({
      items: [
        { code: 'ronda', active: true },
        { code: 'vieja', active: false },
      ],
    });
  },
  units: () => Promise.resolve({ items: [{ id: 3, name: `Norte ${here.asked}` }] }),
}));
vi.mock('../src/store/session.svelte', () => ({
  session: {
    get me() {
      return here.me;
    },
    onLeave: (clean: () => void) => (here.leave = clean),
  },
}));

const tab = new Map<string, string>();

/** The catalogue of a page that has just been loaded. */
async function loaded() {
  vi.resetModules();
  const { catalogue } = await import('../src/store/catalogue.svelte');
  await catalogue.load();
  return catalogue;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllTimers();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => tab.get(name) ?? null,
    setItem: (name: string, text: string) => tab.set(name, text),
    removeItem: (name: string) => tab.delete(name),
  });
  tab.clear();
  Object.assign(here, { me: { id: 1 }, asked: 0 });
});

it('is not asked for again by a reload, and is the same', async () => {
  await loaded();
  const { kinds, units } = await loaded();
  expect([here.asked, kinds.map(({ code }) => code), units.map(({ name }) => name)]).toEqual([
    1,
    ['ronda'],
    ['Norte 1'],
  ]);
});

it('is asked for again after a minute', async () => {
  await loaded();
  vi.advanceTimersByTime(60_000);
  expect([(await loaded()).units[0]?.name, here.asked]).toEqual(['Norte 2', 2]);
});

it('is asked for once more by a page that took it over, when the minute is over', async () => {
  await loaded();
  vi.advanceTimersByTime(20_000);
  const catalogue = await loaded();
  await vi.advanceTimersByTimeAsync(39_999);
  expect([catalogue.units[0]?.name, here.asked]).toEqual(['Norte 1', 1]);
  await vi.advanceTimersByTimeAsync(1);
  expect([catalogue.units[0]?.name, here.asked]).toEqual(['Norte 2', 2]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(here.asked).toBe(2);
});

it('is not asked for when whoever had it has left', async () => {
  await loaded();
  await loaded();
  here.leave();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(here.asked).toBe(1);
});

it('is asked for again where something was founded, and a reload has that', async () => {
  await (await loaded()).renew();
  expect([(await loaded()).units[0]?.name, here.asked]).toEqual(['Norte 2', 2]);
});

it('is nobody else’s, and gone with who leaves', async () => {
  await loaded();
  here.me = { id: 2 };
  await loaded();
  expect(here.asked).toBe(2);
  here.leave();
  expect([...tab.keys()]).toEqual([]);
});

it.each(['', '{', '7', '{"of":1}'])('is asked for where only %j was left', async (left) => {
  tab.set('gad.catalogue', left);
  expect([(await loaded()).units[0]?.name, here.asked]).toEqual(['Norte 1', 1]);
});

it('is had also where nothing can be kept', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  await loaded();
  expect([(await loaded()).units[0]?.name, here.asked]).toEqual(['Norte 2', 2]);
});
