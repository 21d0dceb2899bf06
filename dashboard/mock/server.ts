// Speaks the contract over HTTP and WebSocket for the page: development and tests only, never shipped.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join } from 'node:path';
import type { Readiness } from '../src/api/types.ts';
import { Refusal, type Answer } from './answer.ts';
import { routes } from './routes.ts';
import { Sockets } from './sockets.ts';
import { World } from './world.ts';

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const WELL: Readiness['checks'] = { database: 'ok', telegram: 'ok', outbox: 'ok' };
const PASSWORD = 'una clave de prueba';

type Call = { method: string; path: string; key: string | undefined; body: unknown };

export class Mock {
  world = new World();
  /** What was asked, as `GET /tasks?limit=50`. */
  requests: string[] = [];
  /** The writes, the keys they came with and what was in them. */
  writes: Call[] = [];
  failures = 0;
  /** Answers 503 to every ticket while true, as if the server were gone for the socket. */
  refuseTickets = false;
  /** Answers instead of the routes while it gives something else than null. */
  fault: (call: Call) => Answer | null | Promise<Answer | null> = () => null;
  /** How the server says it is. */
  checks: Readiness['checks'] = { ...WELL };
  readonly #sessions = new Set<string>();
  readonly #answered = new Map<string, Answer>();
  readonly #sockets = new Sockets(() => this.world);
  readonly #routes = routes(this);

  constructor() {
    this.world.heard = (event) => this.#sockets.broadcast(event);
  }

  /** A new world and no memory of what was asked; who is signed in stays. */
  reset() {
    const world = new World();
    world.heard = this.world.heard;
    this.world = world;
    this.requests = [];
    this.writes = [];
    this.failures = 0;
    this.refuseTickets = false;
    this.checks = { ...WELL };
    this.fault = () => null;
  }

  dropSockets(code = 1012) {
    this.#sockets.drop(code);
  }

  endSessions() {
    this.#sessions.clear();
    this.dropSockets(4401);
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): boolean {
    return this.#sockets.upgrade(request, socket, head);
  }

  /** True when the request was one of the API's. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (url.pathname === '/health/ready') return this.#ready(response);
    if (!url.pathname.startsWith('/api/v1/')) return false;
    const path = url.pathname.slice('/api/v1'.length);
    this.requests.push(`${request.method} ${path}${url.search}`);
    const body = await readBody(request);
    const answer =
      path === '/auth/login' ? this.#login(body) : await this.#answer(request, path, url.searchParams, body);
    const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
    response
      .writeHead(answer.status, { 'Content-Type': type, Date: new Date().toUTCString(), ...answer.headers })
      .end(textOf(answer.body));
    return true;
  }

  #ready(response: ServerResponse): boolean {
    const status = Object.values(this.checks).includes('degraded') ? 'degraded' : 'ok';
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ status, checks: this.checks }));
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

  async #answer(
    request: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: unknown,
  ): Promise<Answer> {
    const session = /gad_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (!this.#sessions.has(session))
      return { status: 401, body: { code: 'unauthorized', status: 401, title: 'No' } };
    const sent = request.headers['idempotency-key'];
    const key = typeof sent === 'string' ? sent : undefined;
    const call = { method: request.method ?? 'GET', path, key, body };
    if (call.method !== 'GET') this.writes.push(call);
    const fault = await this.fault(call);
    if (fault) return fault;
    const known = key === undefined ? undefined : this.#answered.get(key);
    if (known) return known;
    const answer = this.#route(request, path, query, body);
    if (key !== undefined && answer.status < 400) this.#answered.set(key, answer);
    return answer;
  }

  #route(
    { method = 'GET', headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: unknown,
  ): Answer {
    for (const [verb, pattern, handler] of this.#routes) {
      const match = pattern.exec(path);
      if (verb !== method || !match) continue;
      const [, word = '', action = ''] = match;
      try {
        return handler({ query, body, id: Number(word), word, action, headers });
      } catch (error) {
        if (error instanceof Refusal) return error.answer;
        throw error;
      }
    }
    return { status: 404, body: { code: 'not_found', status: 404, title: 'No existe' } };
  }
}

const textOf = (body: unknown): string =>
  body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return undefined;
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('text/')) return bytes.toString();
  if (!type.startsWith('multipart/')) return JSON.parse(bytes.toString());
  const form = await new Response(bytes, { headers: { 'Content-Type': type } }).formData();
  return Object.fromEntries(form);
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
