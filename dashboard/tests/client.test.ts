// What is under way when somebody leaves: neither sent in the name of the next, nor shown to him.
import { beforeEach, expect, it, vi } from 'vitest';
import { askFile, callOff, on } from '../src/api/client';

const fetched = vi.fn<() => Promise<Response>>();
const ended = vi.fn();
const ask = () =>
  askFile('/file', 'file', { received: () => undefined, signal: new AbortController().signal });

beforeEach(() => {
  vi.useFakeTimers();
  fetched.mockReset();
  ended.mockReset();
  on.unauthorized = ended;
  vi.stubGlobal('fetch', fetched);
});

it('what waits for a busy server is sent again for whoever is still here', async () => {
  const busy = new Response(null, { status: 429, headers: { 'Retry-After': '2' } });
  fetched.mockResolvedValueOnce(busy).mockResolvedValueOnce(new Response('all'));
  const asked = ask();
  await vi.advanceTimersByTimeAsync(3_000);
  expect((await asked).file.size).toBe(3);
});

it('what waits for a busy server is not sent once he has left', async () => {
  fetched.mockImplementation(() =>
    Promise.resolve(new Response(null, { status: 429, headers: { 'Retry-After': '2' } })),
  );
  const refused = expect(ask()).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(0);
  callOff();
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  expect(fetched).toHaveBeenCalledTimes(1);
});

it.each([200, 401, 429])('an answer of %i that comes after he has left is nobody’s', async (status) => {
  let answer: (response: Response) => void = () => undefined;
  fetched.mockImplementationOnce(() => new Promise((done) => (answer = done)));
  const refused = expect(ask()).rejects.toThrow();
  callOff();
  answer(new Response(null, { status }));
  await refused;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([fetched.mock.calls.length, ended.mock.calls.length]).toEqual([1, 0]);
});
