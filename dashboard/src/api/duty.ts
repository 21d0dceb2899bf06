// Calls about shifts, leave and exchanges of shifts.
import { ask, client, once } from './client';
import type { NewLeave, NewShift, ShiftPattern } from './types';
import type { paths } from './schema';

export type ShiftQuery = NonNullable<paths['/api/v1/shifts']['get']['parameters']['query']>;
export type LeaveQuery = NonNullable<paths['/api/v1/leaves']['get']['parameters']['query']>;
export type UnavailabilityQuery = NonNullable<
  paths['/api/v1/unavailabilities']['get']['parameters']['query']
>;
export type SwapQuery = NonNullable<paths['/api/v1/shift-swaps']['get']['parameters']['query']>;
export type Verdict = 'approve' | 'reject';

const path = (id: number) => ({ path: { id } });

export const shifts = (query: ShiftQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/shifts', { params: { query }, signal }));
export const planShift = (body: NewShift, key: string) =>
  ask(client.POST('/api/v1/shifts', { body, headers: once(key) }));
export const moveShift = (id: number, starts_at: string, ends_at: string, key: string) =>
  ask(
    client.PATCH('/api/v1/shifts/{id}', {
      params: path(id),
      body: { starts_at, ends_at },
      headers: once(key),
    }),
  );
export const removeShift = (id: number, key: string) =>
  ask(client.DELETE('/api/v1/shifts/{id}', { params: path(id), headers: once(key) }));
export const endShift = (id: number, text: string | undefined, key: string) =>
  ask(client.POST('/api/v1/shifts/{id}/end', { params: path(id), body: { text }, headers: once(key) }));
export const shiftReports = (id: number, cursor?: string) =>
  ask(client.GET('/api/v1/shifts/{id}/reports', { params: { ...path(id), query: { cursor } } }));
export const presentAt = (id: number, key: string) =>
  ask(client.POST('/api/v1/shifts/{id}/present', { params: path(id), headers: once(key) }));

export const previewPattern = (body: ShiftPattern) =>
  ask(client.POST('/api/v1/shifts/patterns/preview', { body }));
export const planPattern = (body: ShiftPattern, key: string) =>
  ask(client.POST('/api/v1/shifts/patterns', { body, headers: once(key) }));

/** Without `confirm` a preview: nothing is stored. */
export const importShifts = (csv: string, confirm: boolean, skip_errors: boolean, key: string) =>
  ask(
    client.POST('/api/v1/shifts/import', {
      params: { query: { confirm, skip_errors } },
      body: csv,
      bodySerializer: (text) => text,
      headers: { 'Content-Type': 'text/csv', ...once(key) },
    }),
  );

export const leaves = (query: LeaveQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/leaves', { params: { query }, signal }));
export const leave = (id: number) => ask(client.GET('/api/v1/leaves/{id}', { params: path(id) }));
export const askLeave = (body: NewLeave, key: string) =>
  ask(client.POST('/api/v1/leaves', { body, headers: once(key) }));
export const decideLeave = (id: number, verdict: Verdict, reason: string | undefined, key: string) =>
  ask(
    client.POST(`/api/v1/leaves/{id}/${verdict}`, {
      params: path(id),
      body: { reason },
      headers: once(key),
    }),
  );

export const unavailabilities = (query: UnavailabilityQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/unavailabilities', { params: { query }, signal }));

export const swaps = (query: SwapQuery, signal?: AbortSignal) =>
  ask(client.GET('/api/v1/shift-swaps', { params: { query }, signal }));
export const decideSwap = (id: number, verdict: Verdict, reason: string | undefined, key: string) =>
  ask(
    client.POST(`/api/v1/shift-swaps/{id}/${verdict}`, {
      params: path(id),
      body: { reason },
      headers: once(key),
    }),
  );

/** Secret links for calendar programs; the address of one is only in the answer to making it. */
export const calendars = () => ask(client.GET('/api/v1/shifts/calendars'));
export const openCalendar = (unit_id: number) =>
  ask(client.POST('/api/v1/shifts/calendars', { body: { unit_id } }));
export const closeCalendar = (id: number) =>
  ask(client.DELETE('/api/v1/shifts/calendars/{id}', { params: path(id) }));
