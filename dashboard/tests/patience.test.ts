// What is asked again by itself, how long it waits before, and what is left to the person.
import { describe, expect, it } from 'vitest';
import { patiently, pauseAfter, type Wanted, type Why } from '../src/api/patience';

const READ = { read: true, keyed: false, signal: new AbortController().signal };
const WRITE = { ...READ, read: false };
const KEYED = { ...WRITE, keyed: true };

/** A server that gives these answers one after the other, and what the caller did meanwhile. */
class Rig {
  sent = 0;
  waited: number[] = [];
  told: (Why | 'over')[] = [];

  constructor(private readonly answers: [status: number, retryAfter?: string][]) {}

  ask = (wanted: Wanted) =>
    patiently(
      async () => {
        const [status, retryAfter] = this.answers[this.sent++] ?? [200];
        return new Response(null, { status, headers: retryAfter ? { 'Retry-After': retryAfter } : {} });
      },
      wanted,
      {
        random: () => 0,
        waiting: (why) => (this.told.push(why), () => void this.told.push('over')),
        wait: async (ms, signal) => {
          signal.throwIfAborted();
          this.waited.push(ms);
        },
      },
    );
}

describe('a read', () => {
  it('comes back later and later to a server that is away', async () => {
    const rig = new Rig([[503], [502], [504], [503]]);
    expect((await rig.ask(READ)).status).toBe(200);
    expect(rig.waited).toEqual([250, 500, 1000, 2000]);
    expect(rig.told).toEqual(['away', 'over', 'away', 'over', 'away', 'over', 'away', 'over']);
  });

  it('gives up after five answers and shows the last', async () => {
    const rig = new Rig([[503], [503], [503], [503], [503], [200]]);
    expect([(await rig.ask(READ)).status, rig.sent]).toEqual([503, 5]);
  });

  it('waits at least as long as it is told', async () => {
    const rig = new Rig([
      [503, '4'],
      [429, '12'],
    ]);
    await rig.ask(READ);
    expect([rig.waited, rig.told]).toEqual([
      [4000, 12_000],
      ['away', 'over', 'busy', 'over'],
    ]);
  });

  it('stops waiting when nobody wants it any more', async () => {
    const rig = new Rig([[503]]);
    const left = { ...READ, signal: AbortSignal.abort() };
    await expect(rig.ask(left)).rejects.toThrow('abort');
    expect([rig.sent, rig.told]).toEqual([1, ['away', 'over']]);
  });
});

describe('a write', () => {
  it('is sent again after 429 only with a key', async () => {
    const [keyed, plain] = [new Rig([[429, '3']]), new Rig([[429, '3']])];
    expect([(await keyed.ask(KEYED)).status, keyed.waited]).toEqual([200, [3000]]);
    expect([(await plain.ask(WRITE)).status, plain.sent]).toEqual([429, 1]);
  });

  it('is never repeated by itself when the server may have done it', async () => {
    const rig = new Rig([[503, '2']]);
    expect([(await rig.ask(KEYED)).status, rig.sent]).toEqual([503, 1]);
  });
});

it('leaves long waits to the person, and final answers alone', () => {
  expect(pauseAfter(429, 1800, 1, READ, 0)).toBeNull();
  for (const status of [200, 400, 401, 403, 404, 409, 412, 413, 422, 500])
    expect([status, pauseAfter(status, 1, 1, READ, 0)]).toEqual([status, null]);
});
