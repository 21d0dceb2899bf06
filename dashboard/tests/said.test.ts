// What whoever called has said since stands apart from that with which he called.
import { describe, expect, it } from 'vitest';
import { anAttachment, anEmergency, anEntry } from '../mock/samples';
import { calledWith, saidBy } from '../src/store/said';

const at = (minute: number) => `2026-11-22T15:${String(minute).padStart(2, '0')}:00Z`;
const [CALLER, HELPER] = [7, 8];
/** Both are called alike. */
const says = (minute: number, text: string | null, id = CALLER) =>
  anEntry({ at: at(minute), kind: 'report', text, actor: { id, name: 'Juan Pérez' } });

describe('what was said since the call', () => {
  it('is what the caller reported, the newest first, with his files', () => {
    const photo = { ...says(3, null), attachments: [anAttachment({ id: 1, kind: 'photo' })] };
    const entries = [
      anEntry({ at: at(0), kind: 'created', actor: { id: CALLER, name: 'Juan Pérez' } }),
      says(1, 'Puesto sin permiso'),
      says(2, 'Voy llegando', HELPER),
      photo,
      says(4, null),
    ];
    expect(saidBy(entries, CALLER).map((one) => one.at)).toEqual([at(3), at(1)]);
    expect(saidBy([anEntry({ at: at(1), kind: 'report', text: 'a' })], undefined)).toEqual([]);
  });

  it.each([
    ['Disparos\nPuesto sin permiso\nTodo en orden', 'Disparos'],
    ['Disparos\nTodo en orden\nPuesto sin permiso', 'Disparos'],
    ['Puesto sin permiso\nTodo en orden', ''],
    ['Disparos\nen la plaza', 'Disparos\nen la plaza'],
    [null, ''],
  ])('%j was called with %j', (text, first) => {
    const said = saidBy([says(1, 'Puesto sin permiso'), says(2, 'Todo en orden ')], CALLER);
    expect(calledWith(anEmergency({ id: 1, text }), said)).toBe(first);
  });
});
