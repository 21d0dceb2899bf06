// Calls about the session, agents, users and the catalogue.
import { ask, client, once } from './client';
import type { ConsentsIn, NewUser, UserPatch } from './types';
import type { paths } from './schema';

export type AgentQuery = NonNullable<paths['/api/v1/agents']['get']['parameters']['query']>;

export type WhoNowQuery = NonNullable<paths['/api/v1/availability/preview']['get']['parameters']['query']>;

export const login = (username: string, password: string) =>
  ask(client.POST('/api/v1/auth/login', { body: { username, password } }));
export const loginByTelegram = (init_data: string) =>
  ask(client.POST('/api/v1/auth/telegram', { body: { init_data } }));
export const logout = () => ask(client.POST('/api/v1/auth/logout', {}));
export const me = () => ask(client.GET('/api/v1/auth/me', {}));
export const ticket = () => ask(client.POST('/api/v1/ws/ticket', {}));

export const units = () => ask(client.GET('/api/v1/units', { params: { query: { limit: 200 } } }));
/** The same to their end, with the Telegram groups of each. */
export const unitsPage = (query: { limit: number; cursor?: string }) =>
  ask(client.GET('/api/v1/units', { params: { query } }));
export const endGroup = (id: number, group_id: number, key: string) =>
  ask(
    client.DELETE('/api/v1/units/{id}/groups/{group_id}', {
      params: { path: { id, group_id } },
      headers: once(key),
    }),
  );
/** Topics that Telegram refused are asked for again. */
export const topicsAgain = (id: number, group_id: number, key: string) =>
  ask(
    client.POST('/api/v1/units/{id}/groups/{group_id}/topics', {
      params: { path: { id, group_id } },
      headers: once(key),
    }),
  );
export const kinds = () => ask(client.GET('/api/v1/task-kinds', {}));
export const settings = () => ask(client.GET('/api/v1/settings', {}));
export const overview = () => ask(client.GET('/api/v1/stats/overview', {}));
export const map = (bbox?: string) => ask(client.GET('/api/v1/map', { params: { query: { bbox } } }));

export const agents = (query: AgentQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/agents', { params: { query }, signal }));
export const agent = (id: number) => ask(client.GET('/api/v1/agents/{id}', { params: { path: { id } } }));
export type Absence = { unavailable: boolean; reason?: string; until?: string };
export const setAvailability = (id: number, body: Absence, key: string) =>
  ask(
    client.PUT('/api/v1/agents/{id}/availability', {
      params: { path: { id } },
      body,
      headers: once(key),
    }),
  );

/** Who of an audience is available now. */
export const whoNow = (query: WhoNowQuery) =>
  ask(client.GET('/api/v1/availability/preview', { params: { query } }));

export const users = (q: string | undefined, cursor?: string) =>
  ask(client.GET('/api/v1/users', { params: { query: { q, cursor, limit: 50 } } }));
export const createUser = (body: NewUser, key: string) =>
  ask(client.POST('/api/v1/users', { body, headers: once(key) }));
export const deactivate = (id: number, key: string) =>
  ask(client.DELETE('/api/v1/users/{id}', { params: { path: { id } }, headers: once(key) }));
export const invite = (id: number, key: string) =>
  ask(client.POST('/api/v1/users/{id}/invite', { params: { path: { id } }, headers: once(key) }));

export const user = (id: number) => ask(client.GET('/api/v1/users/{id}', { params: { path: { id } } }));
/** Only while it has the version on which the change was made. */
export const changeUser = (id: number, version: number, body: UserPatch, key: string) =>
  ask(
    client.PATCH('/api/v1/users/{id}', {
      body,
      params: { path: { id } },
      headers: { 'If-Match': `"${version}"`, ...once(key) },
    }),
  );
/** Everything that is kept about somebody, as a file. */
export const exportUrl = (id: number): string => `/api/v1/users/${id}/data-export`;
export const consents = (id: number) =>
  ask(client.GET('/api/v1/users/{id}/consents', { params: { path: { id } } }));
export const setConsents = (id: number, body: ConsentsIn, key: string) =>
  ask(client.PUT('/api/v1/users/{id}/consents', { params: { path: { id } }, body, headers: once(key) }));
/** What is personal about somebody goes for ever. */
export const erase = (id: number) =>
  ask(client.DELETE('/api/v1/users/{id}/gdpr-delete', { params: { path: { id } } }));

/** Without `confirm` a preview: nothing is stored. */
export const importPeople = (csv: string, confirm: boolean, key: string) =>
  ask(
    client.POST('/api/v1/users/import', {
      params: { query: { confirm } },
      body: csv,
      bodySerializer: (text) => text,
      headers: { 'Content-Type': 'text/csv', ...once(key) },
    }),
  );

export const sessions = () => ask(client.GET('/api/v1/auth/sessions', {}));
export const endSession = (id: string, key: string) =>
  ask(client.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } }, headers: once(key) }));
export const endOtherSessions = (key: string) =>
  ask(client.DELETE('/api/v1/auth/sessions', { headers: once(key) }));
