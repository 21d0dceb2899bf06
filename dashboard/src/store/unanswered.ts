// The offers that nobody has answered, those that need somebody now before those that may still come in time.
import { isOpen, PRIORITIES, type Assignment, type Task } from '../api/types.ts';

/** Nobody in command can be told, so that somebody has to call; those in command being told; not reachable by Telegram; rung again after the deadline; still in time. */
export const STAGES = ['unheard', 'escalated', 'unreachable', 'overdue', 'waiting'] as const;
export type Stage = (typeof STAGES)[number];
export type Silence = { task: Task; person: Assignment; stage: Stage };

/** What the server has done about the silence says that the deadline is over; the deadline itself it does not tell. */
export function stageOf({ unheard, escalated_at, unreachable_at, rings }: Assignment): Stage {
  if (unheard) return 'unheard';
  if (escalated_at) return 'escalated';
  if (unreachable_at) return 'unreachable';
  return rings > 0 ? 'overdue' : 'waiting';
}

const weight = ({ task }: Silence) => PRIORITIES.indexOf(task.priority);

export const silences = (tasks: Iterable<Task>): Silence[] =>
  [...tasks]
    .filter((task) => isOpen(task.status))
    .flatMap((task) =>
      task.assignments
        .filter(({ state }) => state === 'offered')
        .map((person) => ({ task, person, stage: stageOf(person) })),
    )
    .sort(
      (a, b) =>
        STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) ||
        weight(b) - weight(a) ||
        Date.parse(a.person.offered_at) - Date.parse(b.person.offered_at),
    );
