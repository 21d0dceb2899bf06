// Whom a message is for: what is chosen in a form, as a request, and in words.
import type { Audience, Protocol, Unit } from '../api/types';
import { t, type Key } from '../i18n/words.svelte';
import { circle, parseLatLon, type LatLon } from '../map/projection';

export const AUDIENCES = ['on_duty', 'unit', 'supervisors', 'all', 'radius', 'area', 'specialty'] as const;
export type AudienceKind = (typeof AUDIENCES)[number];

export type AudienceDraft = {
  kind: AudienceKind | '';
  unit: number | null;
  coordinates: string;
  radius: number | null;
  /** The corners of an area, one to a line. */
  corners: string;
  specialty: string;
};

const METRES = 1_000;
/** An area has so many corners. */
const [FEWEST, MOST] = [3, 200];
export const noAudience = (): AudienceDraft => ({
  kind: '',
  unit: null,
  coordinates: '',
  radius: METRES,
  corners: '',
  specialty: '',
});

/** The corners that are written down; null in the place of a line that is none. */
export const cornersOf = (text: string): (LatLon | null)[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLatLon);

export const cornerText = ({ lat, lon }: LatLon): string => `${lat.toFixed(6)}, ${lon.toFixed(6)}`;

/** What an audience covers on a map; nothing for one that is no place. */
export function outlineOf(audience: Audience): LatLon[] {
  if (audience.kind === 'area') return audience.points;
  return audience.kind === 'radius' ? circle(audience, audience.radius_m) : [];
}

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
  if (kind === 'area') {
    const corners = cornersOf(draft.corners);
    const points = corners.filter((corner) => corner !== null);
    if (points.length < corners.length) return { fault: 'audience.area.wrong' };
    if (points.length < FEWEST || points.length > MOST) return { fault: 'audience.area.missing' };
    return { audience: { kind, points } };
  }
  if (kind !== 'radius') return { audience: { kind } };
  const at = parseLatLon(draft.coordinates);
  if (!at) return { fault: 'form.place.wrong' };
  if (radius === null || !(radius >= 1)) return { fault: 'audience.radius.missing' };
  return { audience: { kind, ...at, radius_m: radius } };
}

/** The form filled in with an audience that is known. */
function draftOf(audience: Audience): AudienceDraft {
  const draft = { ...noAudience(), kind: audience.kind };
  switch (audience.kind) {
    case 'unit':
      return { ...draft, unit: audience.unit_id };
    case 'specialty':
      return { ...draft, specialty: audience.specialty };
    case 'area':
      return { ...draft, corners: audience.points.map(cornerText).join('\n') };
    case 'radius':
      return { ...draft, coordinates: cornerText(audience), radius: audience.radius_m };
    default:
      return draft;
  }
}

/** Whom a protocol is usually for, in the place of nobody and of whom the one before was for; never of a choice. */
export function usualFor(now: AudienceDraft, before?: Protocol, next?: Protocol): AudienceDraft {
  const usual = (one?: Protocol) => (one?.audience ? draftOf(one.audience) : noAudience());
  const same = (one: AudienceDraft) => JSON.stringify(one) === JSON.stringify(now);
  return same(noAudience()) || same(usual(before)) ? usual(next) : now;
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
