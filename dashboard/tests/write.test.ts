// One write of a page: once at a time, under one key until its fate is known.
import { expect, it } from 'vitest';
import { ApiError, offlineError, stillAsked } from '../src/api/problem';
import { Write } from '../src/api/write.svelte';

/** A write whose answers are given by hand. */
function rig() {
  const calls: {
    key: string;
    body: unknown;
    answer: (value: unknown) => void;
    refuse: (e: unknown) => void;
  }[] = [];
  const write = new Write(
    (key: string, body: { title: string }) =>
      new Promise((answer, refuse) => calls.push({ key, body, answer, refuse })),
  );
  return { write, calls };
}
const A = { title: 'A' };

it('is not sent twice while it is under way', async () => {
  const { write, calls } = rig();
  const first = write.send(A);
  expect([write.busy, await write.send(A), calls.length]).toEqual([true, null, 1]);
  calls[0]?.answer('done');
  expect([await first, write.busy]).toEqual(['done', false]);
});

it('keeps its key while nobody knows whether it was done', async () => {
  const { write, calls } = rig();
  for (const error of [
    offlineError(),
    new ApiError(503, 'unavailable', ''),
    new ApiError(500, 'internal', ''),
  ]) {
    const tried = write.send(A);
    calls.at(-1)?.refuse(error);
    expect([await tried, write.error]).toEqual([null, error]);
  }
  expect(new Set(calls.map((call) => call.key)).size).toBe(1);
});

it('takes a new key for another request, after a success and after a refusal', async () => {
  const { write, calls } = rig();
  const settle = async (body: typeof A, how: (call: (typeof calls)[number]) => void) => {
    const tried = write.send(body);
    how(calls.at(-1) as (typeof calls)[number]);
    await tried;
  };
  await settle(A, (call) => call.refuse(offlineError()));
  await settle({ title: 'B' }, (call) => call.answer(1));
  await settle({ title: 'B' }, (call) => call.refuse(new ApiError(409, 'needs_reason', '')));
  await settle({ title: 'B' }, (call) => call.answer(2));
  expect(new Set(calls.map((call) => call.key)).size).toBe(4);
});

it('says nothing when the person called it off', async () => {
  const { write, calls } = rig();
  const tried = write.send(A);
  calls[0]?.refuse(new DOMException('', 'AbortError'));
  expect([await tried, write.error, write.busy]).toEqual([null, null, false]);
});

it('goes on asking about a conflict until something is decided', () => {
  const conflict = new ApiError(409, 'needs_reason', '');
  expect(stillAsked(null, conflict)).toBe(conflict);
  expect(stillAsked(conflict, offlineError())).toBe(conflict);
  expect(stillAsked(conflict, new ApiError(422, 'invalid', ''))).toBeNull();
  expect(stillAsked(conflict, null)).toBeNull();
});
