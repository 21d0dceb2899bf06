// Touched ids are fetched together, within the budget, and never forgotten.
import { expect, it } from 'vitest';
import { Refresher } from '../src/live/refresher';

function rig(answers: (ids: number[]) => number | null = () => null, options = {}) {
  const calls: number[][] = [];
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const refresher = new Refresher(
    async (ids) => {
      calls.push([...ids].sort((a, b) => a - b));
      return answers(ids);
    },
    {
      delayMs: 60,
      burst: 2,
      perMinute: 60,
      now: () => now,
      after: (ms, run) => void timers.push({ at: now + ms, run }),
      ...options,
    },
  );
  const pass = async (ms: number) => {
    now += ms;
    const due = timers.filter((timer) => timer.at <= now);
    timers = timers.filter((timer) => timer.at > now);
    for (const timer of due) timer.run();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { refresher, calls, pass };
}

it('fetches what was touched together in one call, each id once', async () => {
  const { refresher, calls, pass } = rig();
  for (const id of [3, 1, 3, 2, 1]) refresher.touch(id);
  await pass(60);
  expect(calls).toEqual([[1, 2, 3]]);
});

it('keeps to its budget and still fetches everything', async () => {
  const { refresher, calls, pass } = rig();
  for (let id = 1; id <= 5; id++) {
    refresher.touch(id);
    await pass(60);
  }
  expect(calls).toEqual([[1], [2]]);
  await pass(1000);
  expect(calls).toEqual([[1], [2], [3, 4, 5]]);
});

it('tries again after a failure, with what came meanwhile', async () => {
  let failing = true;
  const { refresher, calls, pass } = rig(() => (failing ? 3000 : null));
  refresher.touch(7);
  await pass(60);
  refresher.touch(8);
  failing = false;
  await pass(3000);
  expect(calls).toEqual([[7], [7, 8]]);
});

it('does not ask for more ids at once than one page holds', async () => {
  const { refresher, calls, pass } = rig();
  for (let id = 1; id <= 150; id++) refresher.touch(id);
  await pass(60);
  await pass(60);
  expect(calls.map((ids) => ids.length)).toEqual([100, 50]);
});

it('does nothing with what it was told to forget', async () => {
  const { refresher, calls, pass } = rig();
  refresher.touch(1);
  refresher.forget();
  await pass(60);
  expect(calls).toEqual([]);
});
