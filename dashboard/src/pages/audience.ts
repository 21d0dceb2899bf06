// Whom a message is for: what is chosen in a form, as a request, and in words.
import type { Audience, Unit } from '../api/types';
import { t, type Key } from '../i18n/words.svelte';
import { parseLatLon } from '../map/projection';

export const AUDIENCES = ['on_duty', 'unit', 'supervisors', 'all', 'radius', 'specialty'] as const;
export type AudienceKind = (typeof AUDIENCES)[number];

export type AudienceDraft = {
  kind: AudienceKind | '';
  unit: number | null;
  coordinates: string;
  radius: number | null;
  specialty: string;
};

const METRES = 1_000;
export const noAudience = (): AudienceDraft => ({
  kind: '',
  unit: null,
  coordinates: '',
  radius: METRES,
  specialty: '',
});

type Made = { audience: Audience } | { fault: Key };

/** The request, or what is missing. */
export function audienceOf(draft: AudienceDraft): Made {
  const { kind, unit, radius } = draft;
  const specialty = draft.specialty.trim();
  if (kind === '') return { fault: 'audience.missing' };
  if (kind === 'unit')
    return unit === null ? { fault: 'audience.unit.missing' } : { audience: { kind, unit_id: unit } };
  if (kind === 'specialty')
    return specialty === '' ? { fault: 'audience.specialty.missing' } : { audience: { kind, specialty } };
  if (kind !== 'radius') return { audience: { kind } };
  const at = parseLatLon(draft.coordinates);
  if (!at) return { fault: 'form.place.wrong' };
  if (radius === null || !(radius >= 1)) return { fault: 'audience.radius.missing' };
  return { audience: { kind, ...at, radius_m: radius } };
}

export function audienceText(audience: Audience, units: Unit[]): string {
  switch (audience.kind) {
    case 'unit': {
      const name = units.find(({ id }) => id === audience.unit_id)?.name ?? `#${audience.unit_id}`;
      return t('audience.said.unit', { name });
    }
    case 'radius': {
      const km = audience.radius_m / 1000;
      return t('audience.said.radius', {
        distance: km < 1 ? `${Math.round(audience.radius_m)} m` : `${+km.toFixed(1)} km`,
        place: `${audience.lat.toFixed(4)}, ${audience.lon.toFixed(4)}`,
      });
    }
    case 'area':
      return t('audience.said.area', { n: audience.points.length });
    case 'specialty':
      return t('audience.said.specialty', { name: audience.specialty });
    default:
      return t(`audience.${audience.kind}`);
  }
}
