// Drills in words: how long people took to answer, whether one still runs, and where it is.
import { expect, it } from 'vitest';
import type { Drill } from '../src/api/types';
import { isUnderWay, lasted, placeOf } from '../src/store/drills';

it('says seconds while they matter, then minutes, and nothing for never', () => {
  expect([0, 40, 119, 120, 3_900].map(lasted)).toEqual(['0 s', '40 s', '119 s', '2 min', '1 h 05']);
  expect([lasted(null), lasted(undefined)]).toEqual([null, null]);
});

it('knows a practised call from a broadcast, and what of both still runs', () => {
  const drill: Drill = { id: 1, status: 'held', text: '', starts_at: '', created_at: '' };
  const call: Drill = { ...drill, emergency_id: 7, emergency_status: 'answered' };
  const sent: Drill = { ...drill, broadcast_id: 8, broadcast_status: 'closed' };
  expect([drill, call, sent].map(placeOf)).toEqual([null, '/emergencies/7', '/broadcasts/8']);
  expect([drill, call, sent].map(isUnderWay)).toEqual([false, true, false]);
});
