// Calls about messages to many, and whether Telegram takes them.
import { ask, askUpload, client, once } from './client';
import type { Broadcast, Confirmation, NewBroadcast, Readiness } from './types';
import type { paths } from './schema';
import type { Progress } from './upload';

export type BroadcastQuery = NonNullable<paths['/api/v1/broadcasts']['get']['parameters']['query']>;
export type RecipientQuery = NonNullable<paths['/api/v1/broadcasts/{id}']['get']['parameters']['query']>;

const path = (id: number) => ({ path: { id } });

export const list = (query: BroadcastQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/broadcasts', { params: { query }, signal }));
/** It, its counts and a page of its people. */
export const one = (id: number, query: RecipientQuery = {}) =>
  ask(client.GET('/api/v1/broadcasts/{id}', { params: { ...path(id), query } }));
export const protocols = () => ask(client.GET('/api/v1/protocols'));
export const preview = (body: NewBroadcast) => ask(client.POST('/api/v1/broadcasts/preview', { body }));
export const send = (body: NewBroadcast, key: string) =>
  ask(client.POST('/api/v1/broadcasts', { body, headers: once(key) }));
/** The same with a file, telling how much of it is on its way. */
export function sendWith(body: NewBroadcast, file: File, key: string, progress: Progress) {
  const form = new FormData();
  form.set('broadcast', JSON.stringify(body));
  form.set('file', file);
  return askUpload<Broadcast>('/api/v1/broadcasts', form, key, progress);
}
/** Tells one broadcast from another; the bytes of a file are not looked at. */
export const printOf = (body: NewBroadcast, file: File | null): string =>
  JSON.stringify([body, file && [file.name, file.size, file.type, file.lastModified]]);
export const confirm = (id: number, body: Confirmation, key: string) =>
  ask(client.POST('/api/v1/broadcasts/{id}/confirm', { params: path(id), body, headers: once(key) }));
export const cancel = (id: number, key: string) =>
  ask(client.POST('/api/v1/broadcasts/{id}/cancel', { params: path(id), headers: once(key) }));
export const close = (id: number, text: string | undefined, key: string) =>
  ask(client.POST('/api/v1/broadcasts/{id}/close', { params: path(id), body: { text }, headers: once(key) }));

export const capUrl = (id: number) => `/api/v1/broadcasts/${id}/cap.xml`;

const LOOK_MS = 3_000;

/** How the parts of the server are; null when nothing was said. Never repeated: the next look comes soon. */
export async function ready(): Promise<Readiness | null> {
  try {
    const answer = await fetch('/health/ready', { cache: 'no-store', signal: AbortSignal.timeout(LOOK_MS) });
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null && 'checks' in body ? (body as Readiness) : null;
  } catch {
    return null;
  }
}
