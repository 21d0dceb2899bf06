// Which actions a task offers to whom; the server decides, this only hides what it would refuse.
import type { Action } from '../api/tasks';
import { isOpen, type Me, type Task } from '../api/types';

const fits: Record<Action, Task['status'][]> = {
  start: ['scheduled'],
  pause: ['in_progress'],
  resume: ['paused'],
  complete: ['scheduled', 'in_progress', 'paused'],
  cancel: ['scheduled', 'in_progress', 'paused'],
  reopen: ['completed'],
};

/** Admins everywhere, supervisors over the tasks of their units. */
const hasScope = (task: Task, me: Me): boolean =>
  me.level >= 3 || (me.level === 2 && me.units.some((unit) => unit.id === task.unit?.id));

const isCreator = (task: Task, me: Me): boolean => task.created_by?.id === me.id;

const isLead = (task: Task, me: Me) => task.lead != null && task.lead.agent_id === me.agent_id;

function mayDo(action: Action, task: Task, me: Me): boolean {
  if (hasScope(task, me)) return true;
  return action === 'cancel' ? isCreator(task, me) : isLead(task, me);
}

export const offered = (task: Task, me: Me): Action[] =>
  (['start', 'resume', 'complete', 'pause', 'reopen', 'cancel'] as const).filter(
    (action) => fits[action].includes(task.status) && mayDo(action, task, me),
  );

/** Pausing and cancelling always say why; so does whoever completes or reopens in place of the lead. */
export function asksReason(action: Action, task: Task, me: Me): boolean {
  if (action === 'pause' || action === 'cancel' || action === 'reopen') return true;
  return action === 'complete' && !isLead(task, me);
}

/** The lead and whoever commands it, while it is under way. */
export const mayAskWell = (task: Task, me: Me): boolean =>
  (task.status === 'in_progress' || task.status === 'paused') && (hasScope(task, me) || isLead(task, me));

const hasPart = (task: Task, me: Me) =>
  me.agent_id != null && task.assignments.some((one) => one.agent_id === me.agent_id);

/** Whoever has a part in it may say what happened, also afterwards, but not on what was called off. */
export const mayReport = (task: Task, me: Me): boolean =>
  task.status !== 'cancelled' &&
  (hasScope(task, me) || isCreator(task, me) || isLead(task, me) || hasPart(task, me));

export const mayEdit = (task: Task, me: Me): boolean =>
  isOpen(task.status) && (hasScope(task, me) || (me.level >= 2 && isCreator(task, me)));
