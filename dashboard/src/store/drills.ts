// Drills in words: which are to come, and how long people took to answer.
import type { Drill, DrillStatus } from '../api/types';
import { span } from '../time/words';

export const TO_COME: DrillStatus = 'planned';
export const PAST = 'held,missed,cancelled';

/** How long answers are awaited, in minutes. */
export const SHORTEST = 5;
export const LONGEST = 1440;
export const USUAL = 30;

const UNDER_WAY = ['active', 'acknowledged', 'answered'];

/** Whether its broadcast, or the call that is practised, still awaits answers. */
export const isUnderWay = ({ broadcast_status, emergency_status }: Drill): boolean =>
  UNDER_WAY.includes(broadcast_status ?? emergency_status ?? '');

/** The page of what it became. */
export function placeOf({ broadcast_id, emergency_id }: Drill): string | null {
  if (broadcast_id != null) return `/broadcasts/${broadcast_id}`;
  return emergency_id == null ? null : `/emergencies/${emergency_id}`;
}

const EXACT_S = 120;

/** "40 s", "12 min"; null when so many never answered. */
export const lasted = (seconds: number | null | undefined): string | null => {
  if (seconds == null) return null;
  return seconds < EXACT_S ? `${seconds} s` : span(seconds * 1000);
};
