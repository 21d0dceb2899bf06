// The task form's state: what is typed, how it becomes a request, and what is missing before asking.
import type { NewTask, Place, Priority, Task, TaskPatch } from '../api/types';
import type { Key } from '../i18n/words.svelte';
import { parseLatLon } from '../map/projection';
import { formatWall, instantOf, isZone, parseWall, rfc3339, wallAt } from '../time/zone';
import type { Chosen } from './person';

export type Draft = {
  title: string;
  kind: string;
  priority: Priority | '';
  description: string;
  label: string;
  coordinates: string;
  when: 'now' | 'at';
  start: string;
  end: string;
  zone: string;
  unit: number | null;
  chosen: Chosen[];
  lead: number | null;
};
export type Field = 'title' | 'kind' | 'place' | 'planned_start' | 'planned_end' | 'zone';
export type Faults = Partial<Record<Field, Key>>;

export const emptyDraft = (zone: string, unit: number | null): Draft => ({
  title: '',
  kind: '',
  priority: '',
  description: '',
  label: '',
  coordinates: '',
  when: 'now',
  start: '',
  end: '',
  zone,
  unit,
  chosen: [],
  lead: null,
});

const localOf = (iso: string | null | undefined, zone: string) =>
  iso ? formatWall(wallAt(Date.parse(iso), zone)) : '';

export function draftOf(task: Task, fallbackZone: string): Draft {
  const zone = task.zone && isZone(task.zone) ? task.zone : fallbackZone;
  const { lat, lon, label } = task.place ?? {};
  return {
    ...emptyDraft(zone, task.unit?.id ?? null),
    title: task.title,
    kind: task.kind,
    priority: task.priority,
    description: task.description ?? '',
    label: label ?? '',
    coordinates: lat != null && lon != null ? `${lat}, ${lon}` : '',
    when: 'at',
    start: localOf(task.planned_start, zone),
    end: localOf(task.planned_end, zone),
  };
}

const instant = (local: string, zone: string): number | null => {
  const wall = parseWall(local);
  return wall && isZone(zone) ? instantOf(wall, zone) : null;
};

function timeFault(local: string, zone: string): Key | undefined {
  if (local === '' || !isZone(zone)) return undefined;
  if (parseWall(local) === null) return 'form.time.wrong';
  return instant(local, zone) === null ? 'form.time.skipped' : undefined;
}

export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {};
  const put = (field: Field, key: Key | undefined) => key && (faults[field] ??= key);
  if (draft.title.trim() === '') put('title', 'form.title.missing');
  if (draft.kind === '') put('kind', 'form.kind.missing');
  if (draft.coordinates.trim() !== '' && !parseLatLon(draft.coordinates)) put('place', 'form.place.wrong');
  if (!isZone(draft.zone)) put('zone', 'form.zone.wrong');
  if (draft.when === 'at' && draft.start === '') put('planned_start', 'form.start.missing');
  if (draft.when === 'at') put('planned_start', timeFault(draft.start, draft.zone));
  put('planned_end', timeFault(draft.end, draft.zone));
  const [start, end] = [instant(draft.start, draft.zone), instant(draft.end, draft.zone)];
  if (draft.when === 'at' && start !== null && end !== null && end < start)
    put('planned_end', 'form.end.before');
  return faults;
}

function placeOf(draft: Draft): Place | undefined {
  const at = parseLatLon(draft.coordinates);
  const label = draft.label.trim() || undefined;
  return at || label ? { ...at, label } : undefined;
}

/** RFC 3339 of a field's wall time; undefined when it is empty or does not exist. */
export const moment = (local: string, zone: string): string | undefined => {
  const at = instant(local, zone);
  return at === null ? undefined : rfc3339(at, zone);
};

export function newTask(draft: Draft, now: number): NewTask {
  return {
    title: draft.title.trim(),
    kind: draft.kind,
    priority: draft.priority || undefined,
    description: draft.description.trim() || undefined,
    place: placeOf(draft),
    planned_start: draft.when === 'now' ? rfc3339(now, draft.zone) : moment(draft.start, draft.zone),
    planned_end: moment(draft.end, draft.zone),
    zone: draft.zone,
    unit_id: draft.unit ?? undefined,
    agent_ids: draft.chosen.map((person) => person.id),
    lead_agent_id: draft.lead ?? undefined,
  };
}

export const taskPatch = (draft: Draft): TaskPatch => ({
  title: draft.title.trim(),
  priority: draft.priority || undefined,
  description: draft.description.trim() || null,
  place: placeOf(draft) ?? null,
  planned_start: moment(draft.start, draft.zone),
  planned_end: moment(draft.end, draft.zone) ?? null,
  unit_id: draft.unit ?? undefined,
});
