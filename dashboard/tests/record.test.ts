// Which entries of the record are wanted: to and from the address, and for the server by the clocks of the force.
import { describe, expect, it } from 'vitest';
import { aMe, anAuditEntry } from '../mock/samples';
import {
  ANY,
  dataText,
  mayRead,
  parseRecord,
  recordHref,
  recordQuery,
  subjectHref,
} from '../src/store/record';

const ZONE = 'America/Argentina/Buenos_Aires';
const parse = (text: string) => parseRecord(new URLSearchParams(text));

describe('what is wanted of the record', () => {
  it('is the same after it was in the address', () => {
    const filter = {
      about: 'task',
      user: 7,
      subject: 'task',
      id: 101,
      from: '2026-11-20',
      to: '2026-11-21',
    } as const;
    expect(parse(recordHref(filter).split('?')[1] ?? '')).toEqual(filter);
    expect(recordHref(ANY)).toBe('/audit');
    expect(parse('about=nothing&user=x&id=-1&from=ayer&subject=%22')).toEqual(ANY);
  });

  it('is asked for by days of the force', () => {
    expect(recordQuery({ ...ANY, about: 'emergency', from: '2026-11-20', to: '2026-11-20' }, ZONE)).toEqual({
      action: 'emergency.',
      user_id: undefined,
      subject_kind: undefined,
      subject_id: undefined,
      from: '2026-11-20T03:00:00.000Z',
      to: '2026-11-21T02:59:59.000Z',
    });
  });

  it('leads to what has a page, and tells what else was noted', () => {
    const entry = anAuditEntry({ id: 1, action: 'task.edit', subject_kind: 'task', subject_id: 101 });
    expect(subjectHref(entry)).toBe('/tasks/101');
    expect(subjectHref({ ...entry, subject_kind: 'login' })).toBeNull();
    const data = { version: 2, changed: ['title'], why: null } as unknown as typeof entry.data;
    expect(dataText({ ...entry, data })).toBe('version: 2 · changed: ["title"]');
  });

  it('is for whoever has the permission', () => {
    expect([mayRead(aMe({ permissions: ['audit'] })), mayRead(aMe({ level: 3 })), mayRead(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
