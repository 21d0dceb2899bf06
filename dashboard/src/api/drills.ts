// Calls about drills: planned, called off, and their scores.
import { ask, client, once } from './client';
import type { NewDrill } from './types';
import type { paths } from './schema';

export type DrillQuery = NonNullable<paths['/api/v1/drills']['get']['parameters']['query']>;
export type UnansweredQuery = NonNullable<paths['/api/v1/drills/{id}']['get']['parameters']['query']>;

const path = (id: number) => ({ path: { id } });

export const list = (query: DrillQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/drills', { params: { query }, signal }));
/** It, its score and a page of those who did not answer. */
export const one = (id: number, query: UnansweredQuery = {}) =>
  ask(client.GET('/api/v1/drills/{id}', { params: { ...path(id), query } }));
export const plan = (body: NewDrill, key: string) =>
  ask(client.POST('/api/v1/drills', { body, headers: once(key) }));
export const cancel = (id: number, key: string) =>
  ask(client.POST('/api/v1/drills/{id}/cancel', { params: path(id), headers: once(key) }));
