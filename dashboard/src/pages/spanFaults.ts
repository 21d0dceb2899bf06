// What is wrong with a start and an end in local wall time, before asking the server.
import type { Key } from '../i18n/words.svelte';
import { instantOf, parseWall } from '../time/zone';

export type SpanFaults = { starts?: Key; ends?: Key };

function fault(local: string, zone: string): Key | undefined {
  const wall = parseWall(local);
  if (wall === null) return 'form.time.wrong';
  return instantOf(wall, zone) === null ? 'form.time.skipped' : undefined;
}

export function spanFaults(starts: string, ends: string, zone: string): SpanFaults {
  const faults: SpanFaults = { starts: fault(starts, zone), ends: fault(ends, zone) };
  if (!faults.starts && !faults.ends && ends <= starts) faults.ends = 'form.end.before';
  return faults;
}
