// Speaks the contract over HTTP and WebSocket for the page: development and tests only, never shipped.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { PICTURE } from './data.ts';
import { aMe, aUnit, aUser } from './samples.ts';
import { Refusal, World, type Event } from './world.ts';

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PASSWORD = 'una clave de prueba';

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
type Request = {
  query: URLSearchParams;
  body: any;
  id: number;
  action: string;
  headers: IncomingMessage['headers'];
};
type Handler = (request: Request) => Answer;

const ok = (body: unknown, status = 200): Answer => ({ status, body });

export class Mock {
  world = new World();
  requests: string[] = [];
  failures = 0;
  readonly #sockets = new Set<WebSocket>();
  readonly #sessions = new Set<string>();
  readonly #answered = new Map<string, Answer>();
  readonly #wss = new WebSocketServer({ noServer: true });
  /** Answers 503 to every ticket while true, as if the server were gone for the socket. */
  refuseTickets = false;

  constructor() {
    this.world.heard = (event) => this.#broadcast(event);
  }

  dropSockets(code = 1012) {
    for (const socket of this.#sockets) socket.close(code);
  }

  endSessions() {
    this.#sessions.clear();
    this.dropSockets(4401);
  }

  #broadcast(event: Event) {
    for (const socket of this.#sockets)
      if ((socket as any).topics?.has(event.topic)) socket.send(JSON.stringify(event));
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    if (!request.url?.startsWith('/ws/connect')) return false;
    this.#wss.handleUpgrade(request, socket, head, (ws) => this.#connected(ws));
    return true;
  }

  #connected(ws: WebSocket) {
    const topics = new Set<string>();
    (ws as any).topics = topics;
    this.#sockets.add(ws);
    const send = (event_type: string, data: unknown) =>
      ws.send(JSON.stringify({ event_type, data, timestamp: new Date().toISOString() }));
    send('connection_ack', {
      connection_id: '1',
      epoch: this.world.epoch,
      seq: this.world.seq,
      heartbeat_seconds: 25,
    });
    ws.on('close', () => this.#sockets.delete(ws));
    ws.on('message', (raw) => {
      const { event_type, data } = JSON.parse(String(raw));
      if (event_type === 'unsubscribe') for (const topic of data.topics) topics.delete(topic);
      if (event_type !== 'subscribe') return;
      for (const topic of data.topics) topics.add(topic);
      send('subscribed', { topics: [...topics] });
      if (data.since && data.since.epoch !== this.world.epoch)
        return send('resync', { epoch: this.world.epoch, seq: this.world.seq });
      for (const event of this.world.events)
        if (data.since && event.seq > data.since.seq && topics.has(event.topic))
          ws.send(JSON.stringify(event));
    });
  }

  readonly #routes: [string, RegExp, Handler][] = [
    ['GET', /^\/auth\/me$/, () => ok(aMe({ permissions: ['broadcast'] }))],
    ['POST', /^\/auth\/logout$/, () => ({ status: 204 })],
    [
      'POST',
      /^\/ws\/ticket$/,
      () =>
        this.refuseTickets
          ? { status: 503, body: { code: 'away', status: 503 } }
          : ok({ ticket: 'ticket', expires_in: 30 }),
    ],
    ['GET', /^\/units$/, () => ok({ items: this.world.units, next_cursor: null })],
    ['GET', /^\/task-kinds$/, () => ok({ items: this.world.kinds, next_cursor: null })],
    [
      'GET',
      /^\/settings$/,
      () =>
        ok({
          version: '0',
          zone: 'America/Argentina/Buenos_Aires',
          map_style_url: null,
          bot_username: 'gad_bot',
          languages: ['es', 'en', 'pt'],
        }),
    ],
    ['GET', /^\/stats\/overview$/, () => ok(this.world.overview())],
    ['GET', /^\/map$/, () => ok({ type: 'FeatureCollection', features: this.world.features() })],
    ['GET', /^\/tasks$/, ({ query }) => ok(paged(this.world.list(query), query))],
    ['POST', /^\/tasks$/, ({ body }) => ok(this.world.create(body), 201)],
    ['GET', /^\/tasks\/(\d+)$/, ({ id }) => ok(this.world.task(id))],
    [
      'PATCH',
      /^\/tasks\/(\d+)$/,
      ({ id, body, headers }) => {
        if (headers['if-match'] !== `"${this.world.task(id).version}"`)
          throw new Refusal({ status: 412, code: 'stale', title: 'Cambió' });
        return ok(
          this.world.change(id, 'task_updated', body, { kind: 'updated', actor: { name: 'Elena Duarte' } }),
        );
      },
    ],
    [
      'GET',
      /^\/tasks\/(\d+)\/timeline$/,
      ({ id, query }) => ok(paged(this.world.timelines.get(id) ?? [], query)),
    ],
    [
      'GET',
      /^\/tasks\/(\d+)\/candidates$/,
      ({ query }) =>
        ok(
          paged(
            this.world.agents
              .filter((a) => named(a, query))
              .map((a, i) => ({
                agent_id: a.id,
                name: a.name,
                availability: a.availability,
                distance_m: a.position ? 300 + i * 410 : null,
                position_age_s: a.position?.age_s,
                active_tasks: a.active_tasks,
              })),
            query,
          ),
        ),
    ],
    ['PUT', /^\/tasks\/(\d+)\/assignments$/, ({ id, body }) => ok(this.world.assign(id, body))],
    [
      'POST',
      /^\/tasks\/(\d+)\/(\w+)$/,
      ({ id, action, body }) => ok(this.world.act(id, action, body?.reason)),
    ],
    [
      'GET',
      /^\/agents$/,
      ({ query }) =>
        ok(
          paged(
            this.world.agents.filter((a) => named(a, query) && fits(a, query)),
            query,
          ),
        ),
    ],
    ['GET', /^\/agents\/(\d+)$/, ({ id }) => ok(this.world.agents[id - 1])],
    [
      'PUT',
      /^\/agents\/(\d+)\/availability$/,
      ({ id, body }) => {
        const agent = this.world.agents[id - 1];
        if (agent)
          Object.assign(agent, {
            availability: body.unavailable ? 'unavailable' : 'available',
            reason: body.reason ?? null,
          });
        this.world.emit('agent_availability_changed', 'agents', { agent_id: id });
        return ok(agent);
      },
    ],
    [
      'GET',
      /^\/users$/,
      ({ query }) =>
        ok(
          paged(
            this.world.users.filter((u) => named(u, query)),
            query,
          ),
        ),
    ],
    [
      'POST',
      /^\/users$/,
      ({ body }) => {
        if (this.world.users.some((user) => user.username === body.username))
          throw new Refusal({
            status: 422,
            code: 'invalid',
            errors: [{ field: 'username', message: 'Ese usuario ya existe', code: 'taken' }],
          });
        const user = aUser({
          ...body,
          id: this.world.users.length + 1,
          units: body.units.map((name: string) => aUnit(9, name)),
        });
        this.world.users.push(user);
        return ok(user, 201);
      },
    ],
    ['DELETE', /^\/users\/(\d+)$/, () => ({ status: 204 })],
    [
      'POST',
      /^\/users\/(\d+)\/invite$/,
      () =>
        ok(
          {
            url: 'https://t.me/gad_bot?start=Zk3q8Vn2Lx7Qw9Rt5Yp1Ab',
            code: 'Zk3q8Vn2Lx7Qw9Rt5Yp1Ab',
            expires_at: new Date(Date.now() + 864e5).toISOString(),
          },
          201,
        ),
    ],
    [
      'GET',
      /^\/attachments\/1$/,
      () => ({ status: 200, body: PICTURE, headers: { 'Content-Type': 'image/svg+xml' } }),
    ],
  ];

  /** True when the request was one of the API's. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith('/api/v1/')) return false;
    const path = url.pathname.slice('/api/v1'.length);
    this.requests.push(`${request.method} ${path}${url.search}`);
    const body = await readBody(request);
    const answer =
      path === '/auth/login' ? this.#login(body) : this.#answer(request, path, url.searchParams, body);
    const text =
      answer.body === undefined
        ? ''
        : typeof answer.body === 'string'
          ? answer.body
          : JSON.stringify(answer.body);
    const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
    response
      .writeHead(answer.status, { 'Content-Type': type, Date: new Date().toUTCString(), ...answer.headers })
      .end(text);
    return true;
  }

  #login(body: any): Answer {
    if (this.failures >= 5)
      return {
        status: 429,
        body: { code: 'locked', status: 429, title: 'Bloqueado' },
        headers: { 'Retry-After': '1800' },
      };
    if (body?.password !== PASSWORD) {
      this.failures++;
      return { status: 401, body: { code: 'credentials', status: 401, title: 'No' } };
    }
    const session = String(Math.random());
    this.#sessions.add(session);
    return {
      status: 200,
      body: { access_token: 'x', token_type: 'bearer', expires_in: 900, refresh_token: 'y' },
      headers: { 'Set-Cookie': `gad_session=${session}; HttpOnly; SameSite=Strict; Path=/` },
    };
  }

  #answer(request: IncomingMessage, path: string, query: URLSearchParams, body: any): Answer {
    const session = /gad_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (!this.#sessions.has(session))
      return { status: 401, body: { code: 'unauthorized', status: 401, title: 'No' } };
    const key = request.headers['idempotency-key'];
    const known = typeof key === 'string' ? this.#answered.get(key) : undefined;
    if (known) return known;
    const answer = this.#route(request, path, query, body);
    if (typeof key === 'string' && answer.status < 400) this.#answered.set(key, answer);
    return answer;
  }

  #route(
    { method = 'GET', headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: any,
  ): Answer {
    for (const [verb, pattern, handler] of this.#routes) {
      const match = pattern.exec(path);
      if (verb !== method || !match) continue;
      try {
        return handler({ query, body, id: Number(match[1]), action: match[2] ?? '', headers });
      } catch (error) {
        if (error instanceof Refusal)
          return { status: error.problem.status, body: { type: 'about:blank', title: '', ...error.problem } };
        throw error;
      }
    }
    return { status: 404, body: { code: 'not_found', status: 404, title: 'No existe' } };
  }
}

const named = (thing: { name: string }, query: URLSearchParams) =>
  thing.name.toLowerCase().includes((query.get('q') ?? '').toLowerCase());
function fits(
  agent: { id: number; availability: string; units: { id: number }[] },
  query: URLSearchParams,
): boolean {
  const [ids, states, unit] = [query.get('ids'), query.get('availability'), Number(query.get('unit_id'))];
  return (
    (!ids || ids.split(',').includes(String(agent.id))) &&
    (!states || states.split(',').includes(agent.availability)) &&
    (!unit || agent.units.some((u) => u.id === unit))
  );
}

function paged<T>(items: T[], query: URLSearchParams) {
  const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 50)];
  return {
    items: items.slice(from, from + limit),
    next_cursor: from + limit < items.length ? String(from + limit) : null,
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text ? JSON.parse(text) : undefined;
}

/** Serves the built page with a strict policy beside the mock API. */
export async function serve(dist: string): Promise<{ mock: Mock; url: string; stop: () => Promise<void> }> {
  const mock = new Mock();
  const server = createServer(async (request, response) => {
    if (await mock.handle(request, response)) return;
    const path = new URL(request.url ?? '/', 'http://mock').pathname;
    const file = join(dist, path);
    const found = path !== '/' && existsSync(file);
    response.setHeader('Content-Security-Policy', CSP);
    response.setHeader('Content-Type', TYPES[found ? extname(file) : '.html'] ?? 'application/octet-stream');
    if (found) createReadStream(file).pipe(response);
    else response.end(readFileSync(join(dist, 'index.html')));
  });
  server.on(
    'upgrade',
    (request, socket, head) => mock.upgrade(request, socket as Socket, head) || socket.destroy(),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    mock,
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((done) => (mock.dropSockets(), server.closeAllConnections(), server.close(() => done()))),
  };
}
