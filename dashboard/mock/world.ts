// The mock server's state and rules: just enough of the contract to try every path of the page.
import type {
  Agent,
  AssignmentsIn,
  Attachment,
  MapFeature,
  NewTask,
  Overview,
  Session,
  Suggestion,
  Task,
  TaskStatus,
  TimelineEntry,
  User,
} from '../src/api/types.ts';
import { matches, NO_FILTER, type Filter } from '../src/store/filter.ts';
import { inOrder } from '../src/store/order.ts';
import { Refusal } from './answer.ts';
import { anAssignment, anAttachment, anEntry, aTask, lateFrom } from './samples.ts';
import { kinds, makeAgents, makeSessions, makeTasks, makeTimeline, makeUsers, units } from './data.ts';
import { Broadcasts } from './broadcasts.ts';
import { Drills } from './drills.ts';
import { Duty } from './duty.ts';
import { Emergencies } from './emergencies.ts';
import { featuresOf, overviewOf } from './views.ts';

export type Event = {
  event_type: string;
  seq: number;
  topic: string;
  timestamp: string;
  data: Record<string, unknown>;
};

type Sent = { text?: string; lat?: string; lon?: string; file?: File };

const kindOf = (type: string): Attachment['kind'] =>
  type.startsWith('image/')
    ? 'photo'
    : type.startsWith('video/')
      ? 'video'
      : type.startsWith('audio/')
        ? 'voice'
        : 'document';

const moves: Record<string, { from: TaskStatus[]; to: TaskStatus }> = {
  start: { from: ['scheduled'], to: 'in_progress' },
  pause: { from: ['in_progress'], to: 'paused' },
  resume: { from: ['paused'], to: 'in_progress' },
  complete: { from: ['scheduled', 'in_progress', 'paused'], to: 'completed' },
  cancel: { from: ['scheduled', 'in_progress', 'paused'], to: 'cancelled' },
  reopen: { from: ['completed'], to: 'in_progress' },
};

export class World {
  readonly epoch = 'mock-1';
  seq = 0;
  events: Event[] = [];
  agents: Agent[] = makeAgents();
  users: User[] = makeUsers();
  sessions: Session[] = makeSessions();
  tasks = new Map<number, Task>(makeTasks(this.agents).map((task) => [task.id, task]));
  timelines = new Map<number, TimelineEntry[]>(
    [...this.tasks.values()].map((task) => [task.id, makeTimeline(task)]),
  );
  readonly emergencies = new Emergencies(this);
  readonly broadcasts = new Broadcasts(this);
  readonly drills = new Drills();
  /** Suggestions of more people for one's own tasks. */
  suggested: Suggestion[] = [];
  heard: (event: Event) => void = () => {};
  readonly duty = new Duty(this);
  readonly units = units.map((unit) => ({ ...unit }));
  kinds = [...kinds];

  emit(event_type: string, topic: string, data: Record<string, unknown>) {
    const event = { event_type, topic, data, seq: ++this.seq, timestamp: new Date().toISOString() };
    this.events.push(event);
    this.heard(event);
  }

  change(id: number, event: string, change: Partial<Task>, entry?: Partial<TimelineEntry>): Task {
    const old = this.task(id);
    const updated_at = new Date().toISOString();
    const changed = { ...old, ...change, version: old.version + 1, updated_at };
    const task: Task = { ...changed, late_from: lateFrom(changed) };
    this.tasks.set(id, task);
    if (entry)
      this.timelines.get(id)?.push(anEntry({ at: new Date().toISOString(), kind: 'updated', ...entry }));
    this.emit(event, 'tasks', { id, code: task.code });
    return task;
  }

  task(id: number): Task {
    const task = this.tasks.get(id);
    if (!task) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
    return task;
  }

  list(query: URLSearchParams): Task[] {
    const ids = query.get('ids');
    if (ids) return ids.split(',').flatMap((id) => this.tasks.get(Number(id)) ?? []);
    const statuses = query.get('status')?.split(',');
    const filter: Filter = {
      ...NO_FILTER,
      kind: query.get('kind') ?? '',
      priority: (query.get('priority') ?? '') as Filter['priority'],
      unit: Number(query.get('unit_id')) || null,
      agent: Number(query.get('agent_id')) || null,
      q: query.get('q') ?? '',
      late: query.get('late') === 'true',
      today: query.has('completed_from'),
      unacknowledged: query.get('unacknowledged') === 'true',
    };
    const [from, to] = [query.get('from'), query.get('to')].map((at) => (at ? Date.parse(at) : null));
    const inRange = (task: Task) => {
      const at = Date.parse(task.planned_start ?? task.created_at);
      return (from == null || at >= from) && (to == null || at <= to);
    };
    const found = [...this.tasks.values()].filter(
      (task) =>
        (!statuses || statuses.includes(task.status)) &&
        inRange(task) &&
        matches(task, filter, Date.now(), 'UTC'),
    );
    const first = statuses?.[0] as TaskStatus | undefined;
    return first ? inOrder(first, found, Date.now()) : found;
  }

  create(body: NewTask): Task {
    const errors = [];
    if (!body.title) errors.push({ field: 'title', message: 'Falta el título', code: 'required' });
    if (/prueba 422/.test(body.title))
      errors.push({ field: 'agent_ids', message: 'Hay gente de más', code: 'too_many' });
    if (errors.length)
      throw new Refusal({ status: 422, code: 'invalid', title: 'Datos incompletos', errors });
    this.#checkShift(body.agent_ids ?? [], body.override_reason);
    const id = 100 + this.tasks.size;
    const now = new Date().toISOString();
    const task = aTask({
      ...body,
      drill: body.drill ?? false,
      zone: body.zone ?? 'America/Argentina/Buenos_Aires',
      kind_label: kinds.find((one) => one.code === body.kind)?.label ?? body.kind,
      id,
      code: `${body.kind.slice(0, 3).toUpperCase()}-2026-${String(31 + this.tasks.size).padStart(4, '0')}`,
      priority: body.priority ?? 'medium',
      status: 'scheduled',
      created_at: now,
      assignments: this.#offers(body.agent_ids ?? []),
      lead: this.#lead(body.lead_agent_id ?? body.agent_ids?.[0]),
      unit: units.find((unit) => unit.id === body.unit_id) ?? null,
    });
    this.tasks.set(id, task);
    this.timelines.set(id, makeTimeline(task));
    this.emit('task_created', 'tasks', { id, code: task.code });
    return task;
  }

  act(id: number, action: string, reason?: string): Task {
    const task = this.task(id);
    const move = moves[action];
    if (!move?.from.includes(task.status))
      throw new Refusal({
        status: 409,
        code: 'state',
        title: 'Ya cambió',
        detail: `La tarea ya está ${task.status}.`,
        state: task.status,
      });
    const now = new Date().toISOString();
    const closed = move.to === 'completed' || move.to === 'cancelled';
    return this.change(
      id,
      'task_status_changed',
      {
        status: move.to,
        status_reason: reason ?? null,
        started_at: task.started_at ?? (move.to === 'in_progress' ? now : null),
        completed_at: move.to === 'completed' ? now : null,
        assignments: closed
          ? task.assignments.map((a) => ({ ...a, state: 'released', at: now }))
          : task.assignments,
      },
      {
        kind: 'status',
        from: task.status,
        to: move.to,
        text: reason ?? null,
        actor: { name: 'Elena Duarte' },
      },
    );
  }

  assign(id: number, body: AssignmentsIn): Task {
    this.#checkShift(body.agent_ids, body.override_reason);
    const kept = this.task(id).assignments;
    const fresh = this.#offers(body.agent_ids).map(
      (offer) => kept.find((a) => a.agent_id === offer.agent_id) ?? offer,
    );
    return this.change(
      id,
      'task_assigned',
      { assignments: fresh, lead: this.#lead(body.lead_agent_id) },
      { kind: 'assigned' },
    );
  }

  /** A report and its entry; returns the id of the report. */
  report(id: number, { text, lat, lon, file }: Sent): number {
    const attachments = file
      ? [
          anAttachment({
            id: 1,
            kind: kindOf(file.type),
            name: file.name,
            size: file.size,
            content_type: file.type,
          }),
        ]
      : [];
    const place = lat && lon ? { lat: Number(lat), lon: Number(lon) } : null;
    const actor = { id: 1, name: 'Elena Duarte' };
    this.change(id, 'task_reported', {}, { kind: 'report', text, place, attachments, actor });
    return this.seq;
  }

  overview = (): Overview => overviewOf([...this.tasks.values()], this.agents);

  features = (): MapFeature[] => featuresOf([...this.tasks.values()], this.agents);

  #offers(ids: number[]): Task['assignments'] {
    const at = new Date().toISOString();
    return ids.map((id) =>
      anAssignment({
        agent_id: id,
        name: this.agents[id - 1]?.name ?? `#${id}`,
        state: 'offered',
        at,
      }),
    );
  }

  #lead(id: number | null | undefined): Task['lead'] {
    const agent = id == null ? undefined : this.agents[id - 1];
    return agent ? { agent_id: agent.id, name: agent.name } : null;
  }

  #checkShift(ids: number[], override?: string | null) {
    const off = this.agents.filter((agent) => ids.includes(agent.id) && agent.availability === 'off_shift');
    if (off.length === 0 || override) return;
    const conflicts = off.map((agent) => ({
      agent_id: agent.id,
      name: agent.name,
      kind: 'off_shift',
      message: 'fuera de turno en ese horario',
    }));
    throw new Refusal({
      status: 409,
      code: 'needs_reason',
      title: 'Fuera de turno',
      detail: 'Hay personas fuera de turno en ese horario.',
      conflicts,
    });
  }
}
