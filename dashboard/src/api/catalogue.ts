// Calls about the kinds of tasks.
import { ask, client, once } from './client';
import type { NewTaskKind, TaskKindPatch } from './types';

export const createKind = (body: NewTaskKind, key: string) =>
  ask(client.POST('/api/v1/task-kinds', { body, headers: once(key) }));
export const changeKind = (id: number, body: TaskKindPatch, key: string) =>
  ask(client.PATCH('/api/v1/task-kinds/{id}', { params: { path: { id } }, body, headers: once(key) }));
