// Calls about "are you well?": who is asked how often, on a task or alone, and what they say.
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

/** Everybody who is asked now: those who work alone, or the silent of all. */
export const watched = (query: { alone?: boolean; silent?: boolean; limit: number }) =>
  ask(client.GET('/api/v1/check-ins', { params: { query } }));

export const stopAlone = (agentId: number) =>
  ask(client.DELETE('/api/v1/agents/{id}/check-in', { params: { path: { id: agentId } } }));
