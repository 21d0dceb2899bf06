// A call for help in a few words, for whoever is at something else: who calls, and where.
import type { Emergency } from '../api/types';
import { t } from '../i18n/words.svelte';

export function placeText({ place }: Emergency): string {
  const { lat, lon, label } = place ?? {};
  if (label) return label;
  return lat == null || lon == null ? t('task.noPlace') : `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

export function calledText(emergency: Emergency): string {
  const { code, drill, raised_by: caller } = emergency;
  const parts = [
    drill && t('task.drill'),
    t('emergency.new', { code: code ?? '' }),
    caller && t('emergency.by', { name: caller.name }),
    placeText(emergency),
  ];
  return parts.filter(Boolean).join(' · ');
}
