// How long people took to answer a drill, in words.
import { expect, it } from 'vitest';
import { lasted } from '../src/store/drills';

it('says seconds while they matter, then minutes, and nothing for never', () => {
  expect([0, 40, 119, 120, 3_900].map(lasted)).toEqual(['0 s', '40 s', '119 s', '2 min', '1 h 05']);
  expect([lasted(null), lasted(undefined)]).toEqual([null, null]);
});
