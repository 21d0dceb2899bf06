// The mock's live connections: topics, replay after a place in the log, resync for another epoch.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Event, World } from './world.ts';

type Heard = { event_type: string; data: { topics: string[]; since?: { epoch: string; seq: number } } };

export class Sockets {
  readonly #topics = new Map<WebSocket, Set<string>>();
  readonly #server = new WebSocketServer({ noServer: true });

  constructor(private readonly world: () => World) {}

  drop(code: number) {
    for (const socket of this.#topics.keys()) socket.close(code);
  }

  broadcast(event: Event) {
    for (const [socket, topics] of this.#topics)
      if (topics.has(event.topic)) socket.send(JSON.stringify(event));
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    if (!request.url?.startsWith('/ws/connect')) return false;
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#connected(ws));
    return true;
  }

  #connected(ws: WebSocket) {
    const { epoch, seq } = this.world();
    this.#topics.set(ws, new Set());
    send(ws, 'connection_ack', { connection_id: '1', epoch, seq, heartbeat_seconds: 25 });
    ws.on('close', () => this.#topics.delete(ws));
    ws.on('message', (raw) => this.#told(ws, JSON.parse(String(raw)) as Heard));
  }

  #told(ws: WebSocket, { event_type, data }: Heard) {
    const topics = this.#topics.get(ws) ?? new Set();
    if (event_type === 'ping') return send(ws, 'pong', {});
    if (event_type === 'unsubscribe') for (const topic of data.topics) topics.delete(topic);
    if (event_type !== 'subscribe') return;
    for (const topic of data.topics) topics.add(topic);
    send(ws, 'subscribed', { topics: [...topics] });
    if (data.since) this.#resume(ws, topics, data.since);
  }

  #resume(ws: WebSocket, topics: Set<string>, since: { epoch: string; seq: number }) {
    const { epoch, seq, events } = this.world();
    if (since.epoch !== epoch) return send(ws, 'resync', { epoch, seq });
    for (const event of events)
      if (event.seq > since.seq && topics.has(event.topic)) ws.send(JSON.stringify(event));
  }
}

const send = (ws: WebSocket, event_type: string, data: unknown) =>
  ws.send(JSON.stringify({ event_type, data, timestamp: new Date().toISOString() }));
