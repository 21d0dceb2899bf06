// Leave that is written on the board: what is refused before asking, and the days that are sent.
import { expect, it } from 'vitest';
import { leaveFaults, newLeave, type LeaveDraft } from '../src/pages/leaveDraft';

const BA = 'America/Argentina/Buenos_Aires';
const TODAY = '2026-11-23';
const good: LeaveDraft = { agent: 7, from: TODAY, to: '2026-11-25', sick: false, reason: ' Trámite ' };
const faults = (change: Partial<LeaveDraft>) => leaveFaults({ ...good, ...change }, TODAY);

it('names what is missing and what cannot be', () => {
  expect(faults({})).toEqual({});
  expect(faults({ agent: null, from: '', to: '' })).toEqual({
    agent: 'leaves.who.missing',
    from: 'leaves.day.missing',
    to: 'leaves.day.missing',
  });
  expect(faults({ to: '2026-11-22' })).toEqual({ to: 'leaves.to.before' });
});

it('may lie behind only for sick days, and not for more than thirty', () => {
  expect(faults({ from: '2026-11-22' })).toEqual({ from: 'leaves.from.past' });
  expect(faults({ from: '2026-10-24', sick: true })).toEqual({});
  expect(faults({ from: '2026-10-23', sick: true })).toEqual({ from: 'leaves.from.past.sick' });
});

it('is sent from the first midnight to the one after the last day', () => {
  expect(newLeave(good, BA)).toEqual({
    agent_id: 7,
    starts_at: '2026-11-23T03:00:00.000Z',
    ends_at: '2026-11-26T03:00:00.000Z',
    sick: false,
    reason: 'Trámite',
  });
  expect(newLeave({ ...good, reason: ' ' }, BA)?.reason).toBeUndefined();
  expect(newLeave({ ...good, agent: null }, BA)).toBeNull();
});
