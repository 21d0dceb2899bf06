// Calls about "are you well?": who of a task is asked how often, and what they say.
import { ask, client, once } from './client';

export const one = (id: number) =>
  ask(client.GET('/api/v1/tasks/{id}/check-ins', { params: { path: { id } } }));

export const start = (id: number, every_minutes: number, key: string) =>
  ask(
    client.POST('/api/v1/tasks/{id}/check-ins', {
      params: { path: { id } },
      body: { every_minutes },
      headers: once(key),
    }),
  );

export const stop = (id: number) =>
  ask(client.DELETE('/api/v1/tasks/{id}/check-ins', { params: { path: { id } } }));
