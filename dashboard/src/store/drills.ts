// Drills in words: which are to come, and how long people took to answer.
import type { DrillStatus } from '../api/types';
import { span } from '../time/words';

export const TO_COME: DrillStatus = 'planned';
export const PAST = 'held,missed,cancelled';

/** How long answers are awaited, in minutes. */
export const SHORTEST = 5;
export const LONGEST = 1440;
export const USUAL = 30;

const EXACT_S = 120;

/** "40 s", "12 min"; null when so many never answered. */
export const lasted = (seconds: number | null | undefined): string | null => {
  if (seconds == null) return null;
  return seconds < EXACT_S ? `${seconds} s` : span(seconds * 1000);
};
