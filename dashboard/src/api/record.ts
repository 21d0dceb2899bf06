// Calls about the record of who did what, and the proof that nobody changed it.
import { ask, client } from './client';
import type { paths } from './schema';

export type RecordQuery = NonNullable<paths['/api/v1/audit']['get']['parameters']['query']>;

export const record = (query: RecordQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/audit', { params: { query }, signal }));
/** Computes the chain over all of it anew. */
export const proof = () => ask(client.GET('/api/v1/audit/verify', {}));
