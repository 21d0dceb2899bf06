// GeoJSON features of the server as marks with words.
import type { MapFeature, Place } from '../api/types';
import { known, t, words } from '../i18n/words.svelte';
import { relative } from '../time/words';
import type { Move } from '../live/moves';
import { strengthOf, type Mark } from './marks';
import { within } from './projection';

const AVAILABILITY_TONE: Record<string, string> = {
  available: 'ok',
  on_task: 'scheduled',
  unavailable: 'warn',
  off_shift: 'muted',
  on_leave: 'muted',
};
const LOUD = ['high', 'urgent', 'critical'];

/** `fetchedAt` is when the age was true; it grows from there. */
export function markOf(feature: MapFeature, now: number, fetchedAt = now): Mark {
  const { properties: p } = feature;
  const [lon = 0, lat = 0] = feature.geometry.coordinates;
  return p.layer === 'agent' ? agentMark(p, lat, lon, now - fetchedAt) : taskMark(p, lat, lon);
}

/** The same person somewhere else; the age counts from when the features were fetched. */
export const moved = (feature: MapFeature, move: Move, fetchedAt: number): MapFeature => ({
  ...feature,
  geometry: { ...feature.geometry, coordinates: [move.lon, move.lat] },
  properties: { ...feature.properties, age_s: (fetchedAt - move.at) / 1000, accuracy_m: move.accuracy_m },
});

function agentMark(p: MapFeature['properties'], lat: number, lon: number, passed: number): Mark {
  const age = p.age_s == null ? null : Math.max(0, p.age_s + passed / 1000);
  const seen = age === null ? '' : relative(-age * 1000, 0, words.language, t('time.now'));
  const state = known(`availability.${p.availability}`) ?? '';
  const name = p.name ?? `#${p.id}`;
  return {
    key: `agent-${p.id}`,
    lat,
    lon,
    shape: 'agent',
    tone: AVAILABILITY_TONE[p.availability ?? ''] ?? 'muted',
    strength: strengthOf(age),
    name,
    label: [name, state, seen].filter(Boolean).join(', '),
    lines: [state, seen && t('map.seen', { age: within(seen, p.accuracy_m, words.language) })].filter(
      Boolean,
    ),
    href: `/?agent=${p.id}`,
  };
}

function taskMark(p: MapFeature['properties'], lat: number, lon: number): Mark {
  const state = known(`status.${p.status}`) ?? '';
  const priority = known(`priority.${p.priority}`) ?? '';
  const name = p.code ?? `#${p.id}`;
  return {
    key: `task-${p.id}`,
    lat,
    lon,
    shape: 'task',
    tone: LOUD.includes(p.priority ?? '') ? (p.priority as string) : (p.status ?? 'muted'),
    strength: 1,
    name,
    label: [name, p.title, state, priority].filter(Boolean).join(', '),
    lines: [p.title ?? '', [state, priority].filter(Boolean).join(' · '), p.label ?? ''].filter(Boolean),
    href: `/tasks/${p.id}`,
  };
}

/** A place alone on a small map; empty when it has no coordinates. */
export function placeMarks(
  place: Place | null | undefined,
  look: Pick<Mark, 'shape' | 'tone' | 'name'>,
): Mark[] {
  const { lat, lon, label } = place ?? {};
  if (lat == null || lon == null) return [];
  const name = label ?? look.name;
  const lines = [`${lat.toFixed(5)}, ${lon.toFixed(5)}`];
  return [{ ...look, key: 'place', lat, lon, strength: 1, name, label: name, lines }];
}
