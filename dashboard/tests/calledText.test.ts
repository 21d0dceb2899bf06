// A call for help says at once who calls, where, and that it is a drill.
import { expect, it } from 'vitest';
import { anEmergency } from '../mock/samples';
import { calledText, placeText } from '../src/store/calledText';

it('says who calls and where', () => {
  const raised_by = { id: 7, name: 'Inés Quiroga' };
  const place = { lat: -34.609, lon: -58.379 };
  expect(calledText(anEmergency({ id: 1, raised_by, place }))).toBe(
    'Emergencia EMG-2026-0001 · la pidió Inés Quiroga · -34.60900, -58.37900',
  );
  expect(calledText(anEmergency({ id: 2, drill: true }))).toBe(
    'SIMULACRO · Emergencia EMG-2026-0002 · Sin lugar indicado',
  );
});

it('names a place that has a name', () => {
  const place = { lat: 1, lon: 2, label: 'Plaza Mayor' };
  expect(placeText(anEmergency({ id: 1, place }))).toBe('Plaza Mayor');
});
