// How many come to an emergency and how many are there, of how many are needed; not who only got the order.
import type { Emergency } from '../api/types';
import { t } from '../i18n/words.svelte';
import { coming } from '../store/rollcall';

export function crewText(emergency: Emergency): string {
  const { crew } = emergency;
  const all = coming(emergency);
  const there = all.filter(({ on_site_at: at }) => at != null).length;
  const n = all.length - there;
  if (there === 0) return t('emergency.coming', { n, crew });
  return n === 0 ? t('emergency.are', { n: there, crew }) : t('emergency.both', { there, n, crew });
}
