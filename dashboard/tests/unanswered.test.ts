// Who owes an answer, and in which order one has to care.
import { expect, it } from 'vitest';
import { anAssignment, aTask } from '../mock/samples';
import { silences, stageOf } from '../src/store/unanswered';

const AT = '2026-11-22T15:00:00Z';
const person = (agent_id: number, given: object = {}) =>
  anAssignment({ agent_id, name: `A${agent_id}`, offered_at: AT, ...given });

it('judges a silence by what the server has done about it', () => {
  expect(stageOf(person(1))).toBe('waiting');
  expect(stageOf(person(1, { rings: 1 }))).toBe('overdue');
  expect(stageOf(person(1, { unreachable_at: AT }))).toBe('unreachable');
  expect(stageOf(person(1, { rings: 3, escalated_at: AT }))).toBe('escalated');
  expect(stageOf(person(1, { unreachable_at: AT, unheard: true }))).toBe('unheard');
});

it('has one row for each offer without an answer on open tasks, those to be called first', () => {
  const tasks = [
    aTask({ id: 1, priority: 'low', assignments: [person(1, { rings: 1 }), person(2)] }),
    aTask({ id: 2, priority: 'urgent', assignments: [person(3), person(4, { state: 'acknowledged' })] }),
    aTask({ id: 3, status: 'completed', assignments: [person(5)] }),
    aTask({ id: 4, assignments: [person(6, { escalated_at: AT }), person(7, { rings: 2, unheard: true })] }),
  ];
  expect(silences(tasks).map((one) => [one.person.agent_id, one.stage])).toEqual([
    [7, 'unheard'],
    [6, 'escalated'],
    [1, 'overdue'],
    [3, 'waiting'],
    [2, 'waiting'],
  ]);
});
