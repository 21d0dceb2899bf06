// Calls about tasks.
import { ask, askUpload, client, once } from './client';
import type { AssignmentsIn, NewTask, Report, TaskPatch, Transition } from './types';
import type { Progress } from './upload';
import type { paths } from './schema';

export type TaskQuery = NonNullable<paths['/api/v1/tasks']['get']['parameters']['query']>;
export const ACTIONS = ['start', 'pause', 'resume', 'complete', 'cancel', 'reopen'] as const;
export type Action = (typeof ACTIONS)[number];

export const list = (query: TaskQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/tasks', { params: { query }, signal }));

export const one = (id: number) => ask(client.GET('/api/v1/tasks/{id}', { params: { path: { id } } }));

export const create = (body: NewTask, key: string) =>
  ask(client.POST('/api/v1/tasks', { body, headers: once(key) }));

export const patch = (id: number, version: number, body: TaskPatch, key: string) =>
  ask(
    client.PATCH('/api/v1/tasks/{id}', {
      body,
      params: { path: { id } },
      headers: { ...unchanged(version), ...once(key) },
    }),
  );

export const assign = (id: number, version: number, body: AssignmentsIn, key: string) =>
  ask(
    client.PUT('/api/v1/tasks/{id}/assignments', {
      body,
      params: { path: { id } },
      headers: { ...unchanged(version), ...once(key) },
    }),
  );

export const timeline = (id: number, cursor?: string) =>
  ask(client.GET('/api/v1/tasks/{id}/timeline', { params: { path: { id }, query: { limit: 200, cursor } } }));

export const candidates = (id: number) =>
  ask(client.GET('/api/v1/tasks/{id}/candidates', { params: { path: { id }, query: { limit: 200 } } }));

export const act = (id: number, action: Action, body: Transition, key: string) =>
  ask(
    client.POST(`/api/v1/tasks/{id}/${action}`, {
      body,
      params: { path: { id } },
      headers: once(key),
    }),
  );

export type NewReport = { text?: string; place?: { lat: number; lon: number }; file?: File };

/** The most bytes the server takes as one file. */
export const MOST_FILE_BYTES = 20 * 1024 * 1024;

export function report(id: number, { text, place, file }: NewReport, key: string, progress: Progress) {
  const form = new FormData();
  if (text) form.set('text', text);
  if (place) form.set('lat', String(place.lat));
  if (place) form.set('lon', String(place.lon));
  if (file) form.set('file', file);
  return askUpload<Report>(`/api/v1/tasks/${id}/reports`, form, key, progress);
}

export const attachmentUrl = (id: number) => `/api/v1/attachments/${id}`;

const unchanged = (version: number) => ({ 'If-Match': `"${version}"` });
