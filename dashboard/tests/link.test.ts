// The connection is waited for as long as it comes nearer: what is shown is fetched once, and twice only where that had no end.
import { beforeEach, expect, it, vi } from 'vitest';

const server = vi.hoisted(() => {
  const nothing = { addEventListener: () => undefined };
  Object.assign(globalThis, { window: nothing, document: nothing, location: { href: 'http://gad.test/' } });
  return { ticket: [] as ((ticket: { ticket: string }) => void)[], wires: [] as FakeWire[] };
});
class FakeWire {
  sent: any[] = [];
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose = () => undefined;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
  readyState = 1;
  static readonly OPEN = 1;
  constructor() {
    server.wires.push(this);
  }
  greet() {
    const data = { connection_id: '1', epoch: 'a', seq: 1, heartbeat_seconds: 25 };
    this.onmessage({ data: JSON.stringify({ event_type: 'connection_ack', data }) });
  }
}
vi.mock('../src/api/people', () => ({ ticket: () => new Promise((done) => server.ticket.push(done)) }));

import { link } from '../src/live/link.svelte';
import type { Cursor } from '../src/live/socket';

let fetched: string[] = [];
link.listen({ resync: () => fetched.push('again') });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeWire);
  link.stop();
  Object.assign(server, { ticket: [], wires: [] });
  fetched = [];
});

function begin(from?: Cursor) {
  link.start(from);
  void link.whenLive(500).then(() => fetched.push('first'));
}

it('is waited for while it comes nearer', async () => {
  begin();
  await vi.advanceTimersByTimeAsync(400);
  server.ticket[0]?.({ ticket: 't' });
  await vi.advanceTimersByTimeAsync(400);
  expect(fetched).toEqual([]);
  server.wires[0]?.greet();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(fetched).toEqual(['first']);
});

it('is waited for no longer where nothing moves, and what was fetched is fetched again when it comes', async () => {
  begin();
  await vi.advanceTimersByTimeAsync(500);
  expect(fetched).toEqual(['first']);
  server.ticket[0]?.({ ticket: 't' });
  await vi.advanceTimersByTimeAsync(5_000);
  server.wires[0]?.greet();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(fetched).toEqual(['first', 'again']);
});

it('is not waited for, and nothing is fetched twice, where it is known from which event on it tells everything', async () => {
  begin({ epoch: 'a', seq: 7 });
  await vi.advanceTimersByTimeAsync(0);
  expect(fetched).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(5_000);
  server.ticket[0]?.({ ticket: 't' });
  await vi.advanceTimersByTimeAsync(5_000);
  server.wires[0]?.greet();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(fetched).toEqual(['first']);
  expect(server.wires[0]?.sent[0]?.data.since).toEqual({ epoch: 'a', seq: 7 });
});
