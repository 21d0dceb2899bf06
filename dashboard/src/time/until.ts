// Until when something holds, as the person's clock shows it.
import { t, words } from '../i18n/words.svelte';
import { session } from '../store/session.svelte';
import { clock } from './clock.svelte';
import { clockTime } from './words';

export const untilText = (at: string): string =>
  t('time.until', { time: clockTime(Date.parse(at), clock.now, session.zone, words.language) });
