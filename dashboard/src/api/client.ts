// The typed client: same origin, session cookie, a deadline on every call, failures as ApiError.
import createClient, { type Middleware } from 'openapi-fetch';
import { clock } from '../time/clock.svelte';
import { fileName, gathered } from './download';
import { patiently, type Surroundings, type Wanted } from './patience';
import { ApiError, fromProblem, offlineError } from './problem';
import type { Problem } from './types';
import type { paths } from './schema';
import { upload, type Progress } from './upload';
import { waits } from './waits.svelte';

const DEADLINE_MS = 20_000;
const KEY = 'Idempotency-Key';

export const on = {
  /** Called when any answer is 401; the session module sends the person to the login. */
  unauthorized: () => {},
  language: () => 'es',
};

/** What every answer tells besides its content. */
function heed(response: Response, url: string) {
  clock.learn(response.headers.get('Date'));
  if (response.status === 401 && !url.endsWith('/auth/login')) on.unauthorized();
}

const watch: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', on.language());
    return request;
  },
  onResponse({ request, response }) {
    heed(response, request.url);
  },
};

const around: Surroundings = {
  random: Math.random,
  waiting: (why, ms) => waits.begin(why, ms),
  wait: (ms, signal) =>
    new Promise((done, gone) => {
      signal.throwIfAborted();
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', () => (clearTimeout(timer), gone(signal.reason)), { once: true });
    }),
};

let theirs = new AbortController();

/** Whoever asked has left: nothing of his is sent in the name of the next, and no late answer shows what only he may see. */
export function callOff() {
  theirs.abort();
  theirs = new AbortController();
}

async function patientlyFor(send: () => Promise<Response>, wanted: Wanted): Promise<Response> {
  const { signal: here } = theirs;
  const response = await patiently(
    send,
    { ...wanted, signal: AbortSignal.any([wanted.signal, here]) },
    around,
  );
  here.throwIfAborted();
  return response;
}

const withDeadline = (request: Request): Promise<Response> =>
  fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]) });

const persistently = (request: Request): Promise<Response> => {
  const wanted: Wanted = {
    read: request.method === 'GET',
    keyed: request.headers.has(KEY),
    signal: request.signal,
  };
  return patientlyFor(() => withDeadline(request.clone()), wanted);
};

export const client = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  fetch: persistently,
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

/** Sends a form with its file, telling how far it is; the same rules as for every other write. */
export async function askUpload<T>(url: string, form: FormData, key: string, progress: Progress): Promise<T> {
  const headers = { ...once(key), 'Accept-Language': on.language() };
  const wanted: Wanted = { read: false, keyed: true, signal: progress.signal };
  const call = patientlyFor(() => upload(url, form, headers, progress), wanted);
  return ask<T>(
    call.then(async (response) => {
      heed(response, url);
      const body: unknown = await response.json().catch(() => undefined);
      return response.ok ? { data: body as T, response } : { error: body, response };
    }),
  );
}

/** Fetches a file, telling how much of it has come. It may take its time; only a busy server is asked again. */
export async function askFile(
  url: string,
  otherwise: string,
  { received, signal }: { received: (bytes: number) => void; signal: AbortSignal },
): Promise<{ file: Blob; name: string }> {
  const headers = { 'Accept-Language': on.language() };
  const wanted: Wanted = { read: false, keyed: true, signal };
  const fetched = async () => {
    const response = await patientlyFor(() => fetch(url, { headers, signal }), wanted);
    heed(response, url);
    if (!response.ok) throw fromProblem(problemOf(await response.json().catch(() => undefined)), response);
    const name = fileName(response.headers.get('Content-Disposition'), otherwise);
    return { file: await gathered(response, received), name };
  };
  return fetched().catch((error: unknown) => {
    throw error instanceof ApiError || signal.aborted ? error : offlineError();
  });
}

const problemOf = (body: unknown): Partial<Problem> | undefined =>
  typeof body === 'object' && body !== null ? (body as Partial<Problem>) : undefined;

/** The header under which a repeated request gets its first answer again. */
export const once = (key: string) => ({ [KEY]: key });

export const newKey = (): string =>
  typeof crypto.randomUUID === 'function'
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
