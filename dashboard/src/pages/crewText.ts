// How many come to an emergency and how many are there, of how many are needed.
import type { Emergency } from '../api/types';
import { t } from '../i18n/words.svelte';

export function crewText({ takers, crew }: Emergency): string {
  const there = takers.filter(({ on_site_at: at }) => at != null).length;
  const n = takers.length - there;
  if (there === 0) return t('emergency.coming', { n, crew });
  return n === 0 ? t('emergency.are', { n: there, crew }) : t('emergency.both', { there, n, crew });
}
