// The live connection: ticket, acknowledgement, resume by (epoch, seq), heartbeat, back-off with jitter.
export type Epoch = string | number;
export type Cursor = { epoch: Epoch; seq: number };
export type LiveEvent = {
  event_type: string;
  seq?: number;
  topic?: string;
  timestamp?: string;
  data: Record<string, unknown>;
};
export type LinkState = 'connecting' | 'live' | 'lost' | 'stopped';

export type Wire = { send(text: string): void; close(): void };
export type WireEvents = { message(text: string): void; closed(code: number): void };

export type Surroundings = {
  ticket(): Promise<string>;
  open(ticket: string, events: WireEvents): Wire;
  random(): number;
  after(ms: number, run: () => void): () => void;
  /** How long to wait after a refused ticket, in ms, when the server said so. */
  pauseAfter?(error: unknown): number | null;
};

export type Listener = {
  event(event: LiveEvent): void;
  /** Something may have been missed: everything shown has to be fetched again. */
  resync(): void;
  /** When it is lost, with how long nothing is tried, in ms. */
  state(state: LinkState, pause?: number): void;
  sessionEnded(): void;
};

const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const STABLE_AFTER = 10_000;
const SESSION_ENDED = [4401, 1008];
/** How long the greeting may take. */
const GREETING = 55_000;
/** After so long without a word the server is asked whether it is there, and has so long to answer. */
const QUIET = 10_000;
const ANSWER = 8_000;

export function backoff(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  return Math.round(full / 2 + (full / 2) * random);
}

export class LiveSocket {
  #cursor: Cursor | null = null;
  #topics: Set<string>;
  #wire: Wire | null = null;
  #attempt = 0;
  /** Grows with every connection, so that late news of an old one is ignored. */
  #generation = 0;
  #acknowledged = false;
  #running = false;
  #cancelRetry = () => {};
  #cancelWatch = () => {};
  #cancelStable = () => {};

  constructor(
    private readonly around: Surroundings,
    private readonly listener: Listener,
    topics: readonly string[],
  ) {
    this.#topics = new Set(topics);
  }

  get cursor(): Cursor | null {
    return this.#cursor;
  }

  /** From this place in the log on nothing may be left out, if it is known. */
  start(from: Cursor | null = null) {
    this.#cursor ??= from;
    if (this.#running) return;
    this.#running = true;
    this.listener.state('connecting');
    void this.#connect();
  }

  /** Ends it for good and forgets where it was (logout). */
  stop() {
    this.#running = false;
    this.#drop();
    this.#cursor = null;
    this.#attempt = 0;
    this.listener.state('stopped');
  }

  /** The network is back or the page is looked at again: do not wait for the timer. */
  retryNow() {
    if (!this.#running || this.#wire) return;
    this.#cancelRetry();
    void this.#connect();
  }

  /** The network went away: show it now instead of after the heartbeat. */
  lose() {
    if (this.#running) this.#lost(0);
  }

  watch(topic: string): () => void {
    this.#topics.add(topic);
    if (this.#acknowledged) this.#subscribe([topic]);
    return () => {
      this.#topics.delete(topic);
      if (this.#acknowledged) this.#send({ event_type: 'unsubscribe', data: { topics: [topic] } });
    };
  }

  async #connect() {
    const generation = ++this.#generation;
    const current = () => this.#running && generation === this.#generation;
    try {
      const ticket = await this.around.ticket();
      if (!current()) return;
      this.#wire = this.around.open(ticket, {
        message: (text) => current() && this.#receive(text),
        closed: (code) => current() && this.#closed(code),
      });
      this.#expect(GREETING);
    } catch (error) {
      if (current()) this.#lost(this.around.pauseAfter?.(error) ?? null);
    }
  }

  #receive(text: string) {
    const event = parse(text);
    if (!event) return;
    this.#cancelWatch();
    this.#cancelWatch = this.around.after(QUIET, () => this.#ask());
    switch (event.event_type) {
      case 'connection_ack':
        return this.#acked(event.data);
      case 'ping':
        return this.#send({ event_type: 'pong', data: {} });
      case 'pong':
      case 'subscribed':
      case 'error':
        return;
      case 'resync':
        return this.#resynced(event.data);
      default:
        return this.#pass(event);
    }
  }

  #acked(data: Record<string, unknown>) {
    const head = cursorOf(data);
    this.#acknowledged = true;
    this.#cursor ??= head;
    this.#subscribe([...this.#topics]);
    this.#cancelStable = this.around.after(STABLE_AFTER, () => (this.#attempt = 0));
    this.listener.state('live');
  }

  #resynced(data: Record<string, unknown>) {
    this.#cursor = cursorOf(data) ?? this.#cursor;
    this.listener.resync();
  }

  #pass(event: LiveEvent) {
    if (event.seq !== undefined && this.#cursor) {
      if (event.seq <= this.#cursor.seq) return;
      this.#cursor = { ...this.#cursor, seq: event.seq };
    }
    this.listener.event(event);
  }

  #subscribe(topics: string[]) {
    const since = this.#cursor ? { since: this.#cursor } : {};
    this.#send({ event_type: 'subscribe', data: { topics, ...since } });
  }

  #send(message: unknown) {
    this.#wire?.send(JSON.stringify(message));
  }

  #closed(code: number) {
    if (SESSION_ENDED.includes(code)) this.listener.sessionEnded();
    this.#lost(null);
  }

  #lost(pause: number | null) {
    this.#drop();
    if (!this.#running) return;
    const delay = Math.max(pause ?? 0, backoff(this.#attempt++, this.around.random()));
    this.listener.state('lost', delay);
    this.#cancelRetry = this.around.after(delay, () => void this.#connect());
  }

  #drop() {
    this.#generation++;
    this.#cancelRetry();
    this.#cancelWatch();
    this.#cancelStable();
    this.#acknowledged = false;
    const wire = this.#wire;
    this.#wire = null;
    wire?.close();
  }

  /** A line that is dead says nothing, and neither does one on which nothing happens. */
  #ask() {
    this.#send({ event_type: 'ping', data: {} });
    this.#expect(ANSWER);
  }

  #expect(ms: number) {
    this.#cancelWatch();
    this.#cancelWatch = this.around.after(ms, () => this.#lost(null));
  }
}

function cursorOf(data: Record<string, unknown>): Cursor | null {
  const { epoch, seq } = data;
  const known = (typeof epoch === 'string' || typeof epoch === 'number') && typeof seq === 'number';
  return known ? { epoch, seq } : null;
}

function parse(text: string): LiveEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('event_type' in value)) return null;
    const event = value as LiveEvent;
    return { ...event, data: event.data ?? {} };
  } catch {
    return null;
  }
}
