// The page's one live connection over the browser's WebSocket, and who listens to it.
import { ticket } from '../api/people';
import { ApiError, asApiError } from '../api/problem';
import {
  LiveSocket,
  type Cursor,
  type LinkState,
  type LiveEvent,
  type Wire,
  type WireEvents,
} from './socket';

type Subscriber = { event?(event: LiveEvent): void; resync?(): void };

function openWire(ticketText: string, events: WireEvents): Wire {
  const url = new URL('/ws/connect', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('ticket', ticketText);
  const socket = new WebSocket(url);
  socket.onmessage = ({ data }) => typeof data === 'string' && events.message(data);
  socket.onclose = ({ code }) => events.closed(code);
  return {
    send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
    close: () => socket.close(),
  };
}

const timer = (ms: number, run: () => void) => {
  const id = setTimeout(run, ms);
  return () => clearTimeout(id);
};

class Link {
  state = $state<LinkState>('stopped');
  /** Until when it waits because the server refused it for having come too often. */
  busyUntil = $state<number | null>(null);
  #subscribers = new Set<Subscriber>();
  #liveWaiters: { done(): void; goOn(): void }[] = [];
  #fetchedBlind = false;
  #refused: ApiError | null = null;
  sessionEnded: () => void = () => {};

  readonly #socket = new LiveSocket(
    {
      ticket: () => this.#ticket(),
      open: openWire,
      random: Math.random,
      after: timer,
      pauseAfter: (error) =>
        error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1000 : null,
    },
    {
      event: (event) => this.#subscribers.forEach((s) => s.event?.(event)),
      resync: () => this.#subscribers.forEach((s) => s.resync?.()),
      state: (state, pause) => this.#changed(state, pause),
      sessionEnded: () => this.sessionEnded(),
    },
    ['tasks', 'agents', 'emergencies', 'broadcasts', 'notifications', 'kpis'],
  );

  constructor() {
    window.addEventListener('online', () => this.#socket.retryNow());
    window.addEventListener('offline', () => ((this.#refused = null), this.#socket.lose()));
    document.addEventListener('visibilitychange', () => !document.hidden && this.#socket.retryNow());
  }

  start = (from?: Cursor) => this.#socket.start(from);
  stop = () => this.#socket.stop();
  /** Adds a topic while somebody looks at it; returns how to leave it. */
  watch = (topic: string) => this.#socket.watch(topic);

  listen(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /**
   * Waits for nothing where it is known from which event on everything will be told. Else for each step of the connection, but not
   * long: what is fetched before it comes is fetched again then.
   */
  whenLive(ms: number): Promise<void> {
    if (this.state === 'live' || this.#socket.cursor !== null) return Promise.resolve();
    return new Promise((done) => {
      let late: ReturnType<typeof setTimeout>;
      const blind = () => {
        this.#fetchedBlind = true;
        this.#liveWaiters = this.#liveWaiters.filter((one) => one !== waiter);
        done();
      };
      const goOn = () => {
        clearTimeout(late);
        late = setTimeout(blind, ms);
      };
      const waiter = { done: () => (clearTimeout(late), done()), goOn };
      this.#liveWaiters.push(waiter);
      goOn();
    });
  }

  async #ticket(): Promise<string> {
    this.#refused = null;
    try {
      const { ticket: got } = await ticket();
      for (const waiter of this.#liveWaiters) waiter.goOn();
      return got;
    } catch (raised) {
      this.#refused = asApiError(raised);
      throw raised;
    }
  }

  #changed(state: LinkState, pause = 0) {
    const busy = state === 'lost' && this.#refused?.status === 429;
    this.busyUntil = busy ? Date.now() + pause : null;
    this.state = state;
    if (state !== 'live') return;
    for (const waiter of this.#liveWaiters.splice(0)) waiter.done();
    if (this.#fetchedBlind) this.#subscribers.forEach((s) => s.resync?.());
    this.#fetchedBlind = false;
  }
}

export const link = new Link();
