// Why somebody was asked, or was not: the stored reasons in words.
import type { Offer } from '../api/types';
import { known, t, tn, words } from '../i18n/words.svelte';
import { metresText, within } from '../map/projection';
import { relative } from '../time/words';

export function reasonText({ reasons }: Offer): string {
  const { distance_m: metres, position_age_s: age, position_accuracy_m: accuracy, load, why } = reasons;
  const seen = age == null ? '' : relative(-age * 1000, 0, words.language, t('time.now'));
  return [
    why ? (known(`why.${why}`) ?? why) : null,
    metres == null
      ? t('reason.noDistance')
      : t('reason.distance', { distance: metresText(metres, words.language) }),
    seen && t('reason.age', { age: within(seen, accuracy, words.language) }),
    load == null ? null : load > 0 ? tn('reason.load', load) : t('reason.free'),
  ]
    .filter(Boolean)
    .join(' · ');
}
