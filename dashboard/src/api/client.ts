// The typed client: same origin, session cookie, a deadline on every call, failures as ApiError.
import createClient, { type Middleware } from 'openapi-fetch';
import { clock } from '../time/clock.svelte';
import { ApiError, fromProblem, offlineError } from './problem';
import type { Problem } from './types';
import type { paths } from './schema';

const DEADLINE_MS = 20_000;

export const on = {
  /** Called when any answer is 401; the session module sends the person to the login. */
  unauthorized: () => {},
  language: () => 'es',
};

const watch: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', on.language());
    return request;
  },
  onResponse({ request, response }) {
    clock.learn(response.headers.get('Date'));
    if (response.status === 401 && !request.url.endsWith('/auth/login')) on.unauthorized();
  },
};

const withDeadline = (request: Request): Promise<Response> =>
  fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]) });

export const client = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  fetch: withDeadline,
  querySerializer: { array: { style: 'form', explode: false } },
});
client.use(watch);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Waits for an answer; throws ApiError for everything that is not one. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    if (error instanceof SyntaxError) throw new ApiError(-1, 'unexpected', '');
    throw offlineError();
  }
  if (!answer.response.ok) throw fromProblem(problemOf(answer.error), answer.response);
  return answer.data as T;
}

const problemOf = (body: unknown): Partial<Problem> | undefined =>
  typeof body === 'object' && body !== null ? (body as Partial<Problem>) : undefined;

/** The header under which a repeated request gets its first answer again. */
export const once = (key: string) => ({ 'Idempotency-Key': key });

export const newKey = (): string =>
  typeof crypto.randomUUID === 'function'
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
