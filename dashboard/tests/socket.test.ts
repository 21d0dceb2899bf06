// The live connection: nothing is missed across losses, nothing is applied twice.
import { beforeEach, describe, expect, it } from 'vitest';
import { backoff, LiveSocket, type LinkState, type LiveEvent, type WireEvents } from '../src/live/socket';

/** A server end and a hand-turned clock. */
class Rig {
  sent: any[] = [];
  events: LiveEvent[] = [];
  states: LinkState[] = [];
  pauses: (number | undefined)[] = [];
  resyncs = 0;
  ended = 0;
  opened = 0;
  closed = 0;
  refuse: unknown = null;
  wire: WireEvents | null = null;
  timers: { at: number; run: () => void }[] = [];
  now = 0;

  socket = new LiveSocket(
    {
      ticket: async () => {
        if (this.refuse !== null) throw this.refuse;
        return 't';
      },
      open: (_, events) => {
        this.opened++;
        this.wire = events;
        return { send: (text) => this.sent.push(JSON.parse(text)), close: () => this.closed++ };
      },
      random: () => 1,
      after: (ms, run) => {
        const timer = { at: this.now + ms, run };
        this.timers.push(timer);
        return () => void (this.timers = this.timers.filter((other) => other !== timer));
      },
      pauseAfter: (error) => (typeof error === 'number' ? error : null),
    },
    {
      event: (event) => this.events.push(event),
      resync: () => this.resyncs++,
      state: (state, pause) => (this.states.push(state), this.pauses.push(pause)),
      sessionEnded: () => this.ended++,
    },
    ['tasks'],
  );

  async settle() {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }

  async pass(ms: number) {
    this.now += ms;
    const due = this.timers.filter((timer) => timer.at <= this.now);
    this.timers = this.timers.filter((timer) => timer.at > this.now);
    for (const timer of due) timer.run();
    await this.settle();
  }

  says(event_type: string, data: unknown = {}, seq?: number) {
    this.wire?.message(JSON.stringify({ event_type, data, seq }));
  }

  async connect(epoch = 'e1', seq = 10) {
    this.socket.start();
    await this.settle();
    this.says('connection_ack', { connection_id: 'c', epoch, seq, heartbeat_seconds: 25 });
  }

  get subscriptions() {
    return this.sent.filter((message) => message.event_type === 'subscribe').map((message) => message.data);
  }
}

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe('connecting', () => {
  it('subscribes from the head it was acknowledged at', async () => {
    await rig.connect();
    expect(rig.subscriptions).toEqual([{ topics: ['tasks'], since: { epoch: 'e1', seq: 10 } }]);
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('answers ping with pong', async () => {
    await rig.connect();
    rig.says('ping');
    expect(rig.sent.at(-1)).toEqual({ event_type: 'pong', data: {} });
  });

  it('survives text that is no event', async () => {
    await rig.connect();
    rig.wire?.message('{');
    rig.wire?.message('17');
    rig.says('task_created', { id: 1 }, 11);
    expect(rig.events).toHaveLength(1);
  });
});

describe('resuming', () => {
  it('resumes after the last event it saw', async () => {
    await rig.connect();
    rig.says('task_created', { id: 1 }, 11);
    rig.says('task_updated', { id: 1 }, 14);
    rig.wire?.closed(1012);
    await rig.pass(500);
    rig.says('connection_ack', { epoch: 'e1', seq: 90, heartbeat_seconds: 25 });
    expect(rig.subscriptions.at(-1)).toEqual({ topics: ['tasks'], since: { epoch: 'e1', seq: 14 } });
    expect(rig.states).toEqual(['connecting', 'live', 'lost', 'live']);
  });

  it('drops events it has already seen when they are replayed', async () => {
    await rig.connect();
    rig.says('task_updated', { id: 1 }, 11);
    rig.says('task_updated', { id: 1 }, 11);
    rig.says('task_updated', { id: 1 }, 9);
    rig.says('task_updated', { id: 2 }, 12);
    expect(rig.events.map((event) => event.seq)).toEqual([11, 12]);
  });

  it('resumes from the acknowledged head when no event came in between', async () => {
    await rig.connect();
    rig.wire?.closed(1006);
    await rig.pass(500);
    rig.says('connection_ack', { epoch: 'e1', seq: 30, heartbeat_seconds: 25 });
    expect(rig.subscriptions.at(-1).since).toEqual({ epoch: 'e1', seq: 10 });
  });

  it('fetches everything again on resync and continues in the new epoch', async () => {
    await rig.connect();
    rig.says('task_updated', { id: 1 }, 50);
    rig.says('resync', { epoch: 'e2', seq: 3 });
    rig.says('task_updated', { id: 1 }, 4);
    expect(rig.resyncs).toBe(1);
    expect(rig.events.map((event) => event.seq)).toEqual([50, 4]);
    expect(rig.socket.cursor).toEqual({ epoch: 'e2', seq: 4 });
  });

  it('ignores what an old connection still says', async () => {
    await rig.connect();
    const old = rig.wire;
    rig.wire?.closed(1006);
    await rig.pass(500);
    old?.message(JSON.stringify({ event_type: 'task_updated', data: {}, seq: 99 }));
    expect(rig.events).toHaveLength(0);
  });

  it('subscribes to further topics without losing its place', async () => {
    await rig.connect();
    rig.says('task_updated', { id: 1 }, 20);
    const leave = rig.socket.watch('positions');
    expect(rig.subscriptions.at(-1)).toEqual({ topics: ['positions'], since: { epoch: 'e1', seq: 20 } });
    leave();
    expect(rig.sent.at(-1)).toEqual({ event_type: 'unsubscribe', data: { topics: ['positions'] } });
  });
});

describe('losing', () => {
  it('asks a silent server whether it is there, and takes no answer for a loss', async () => {
    await rig.connect();
    await rig.pass(9_999);
    expect(rig.sent.at(-1).event_type).toBe('subscribe');
    await rig.pass(1);
    expect(rig.sent.at(-1)).toEqual({ event_type: 'ping', data: {} });
    await rig.pass(7_999);
    expect(rig.states.at(-1)).toBe('live');
    await rig.pass(1);
    expect(rig.states.at(-1)).toBe('lost');
    expect(rig.closed).toBe(1);
  });

  it('lives on while it is answered, and passes the answer on to nobody', async () => {
    await rig.connect();
    for (let i = 0; i < 5; i++) {
      await rig.pass(10_000);
      await rig.pass(7_999);
      rig.says('pong');
    }
    expect([rig.states.at(-1), rig.closed, rig.events]).toEqual(['live', 0, []]);
    expect(rig.sent.filter((message) => message.event_type === 'ping')).toHaveLength(5);
  });

  it('is lost when no greeting comes', async () => {
    rig.socket.start();
    await rig.settle();
    await rig.pass(54_999);
    expect(rig.states.at(-1)).toBe('connecting');
    await rig.pass(1);
    expect(rig.states.at(-1)).toBe('lost');
  });

  it('waits longer after each failure and starts over once it held', async () => {
    rig.refuse = new Error('away');
    rig.socket.start();
    await rig.settle();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const at = rig.timers[0]?.at ?? 0;
      waits.push(at - rig.now);
      await rig.pass(at - rig.now);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000]);
    rig.refuse = null;
    await rig.pass(8000);
    rig.says('connection_ack', { epoch: 'e1', seq: 1, heartbeat_seconds: 25 });
    await rig.pass(10_000);
    rig.wire?.closed(1006);
    expect((rig.timers[0]?.at ?? 0) - rig.now).toBe(500);
  });

  it('keeps backing off when a connection does not hold', async () => {
    await rig.connect();
    rig.wire?.closed(1006);
    await rig.pass(500);
    rig.wire?.closed(1006);
    expect((rig.timers[0]?.at ?? 0) - rig.now).toBe(1000);
  });

  it('waits as long as the server asked, and says so', async () => {
    rig.refuse = 7000;
    rig.socket.start();
    await rig.settle();
    expect(rig.timers[0]?.at).toBe(7000);
    expect([rig.states.at(-1), rig.pauses.at(-1)]).toEqual(['lost', 7000]);
  });

  it('asks about the session when it ended, and stops for good on logout', async () => {
    await rig.connect();
    rig.wire?.closed(4401);
    expect(rig.ended).toBe(1);
    rig.socket.stop();
    await rig.pass(60_000);
    expect(rig.opened).toBe(1);
    expect(rig.socket.cursor).toBeNull();
    expect(rig.states.at(-1)).toBe('stopped');
  });

  it('tries at once when the network is back', async () => {
    await rig.connect();
    rig.socket.lose();
    expect(rig.states.at(-1)).toBe('lost');
    rig.socket.retryNow();
    await rig.settle();
    expect(rig.opened).toBe(2);
    expect(rig.timers.filter((timer) => timer.at - rig.now < 1000)).toHaveLength(0);
  });
});

it('spreads reconnects between half and the whole delay, 30 s at most', () => {
  expect([backoff(0, 0), backoff(0, 1), backoff(3, 0.5), backoff(40, 1)]).toEqual([250, 500, 3000, 30_000]);
});
