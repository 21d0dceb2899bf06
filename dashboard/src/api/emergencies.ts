// Calls about emergencies, and whom one can reach by phone or message.
import { ask, client, once } from './client';
import type { NewEmergency } from './types';

const MOST = 100;

export const list = (status: string, cursor?: string) =>
  ask(client.GET('/api/v1/emergencies', { params: { query: { status, cursor, limit: MOST } } }));
export const one = (id: number) => ask(client.GET('/api/v1/emergencies/{id}', { params: { path: { id } } }));
/** Whom to call when nobody comes: supervisors of the unit first. */
export const phones = (id: number) =>
  ask(client.GET('/api/v1/emergencies/{id}/phones', { params: { path: { id } } }));
export const raise = (body: NewEmergency, key: string) =>
  ask(client.POST('/api/v1/emergencies', { body, headers: once(key) }));

export const ENDS = ['resolve', 'cancel'] as const;
export type End = (typeof ENDS)[number];
export const end = (id: number, how: End, reason: string, key: string) =>
  ask(
    client.POST(`/api/v1/emergencies/{id}/${how}`, {
      params: { path: { id } },
      body: { reason },
      headers: once(key),
    }),
  );

/** A page of the accounts one may see, for their phones and Telegram names. */
export const directory = (cursor?: string) =>
  ask(client.GET('/api/v1/users', { params: { query: { active: true, limit: 200, cursor } } }));
