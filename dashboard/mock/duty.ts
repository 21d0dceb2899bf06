// The mock's shifts, leave and exchanges: planned, asked for and decided, each with its event.
import type {
  Calendar,
  Clash,
  Leave,
  LeaveDetail,
  NewLeave,
  PlannedShift,
  Shift,
  ShiftImport,
  ShiftPattern,
  ShiftReport,
  Swap,
  Unavailability,
} from '../src/api/types.ts';
import { WEEKDAYS } from '../src/api/types.ts';
import { formatWall, instantOf, parseWall, wallAt } from '../src/time/zone.ts';
import { Refusal } from './answer.ts';
import { aLeave, aShift, aSwap } from './samples.ts';
import type { World } from './world.ts';

const ZONE = 'America/Argentina/Buenos_Aires';
const DAY_MS = 86_400_000;
const local = (instant: number) => `${formatWall(wallAt(instant, ZONE))}:00`;
const at = (day: string, time: string) => instantOf(parseWall(`${day}T${time}`)!, ZONE)!;
/** The local day so many days from today. */
export const dayOf = (days: number) => formatWall(wallAt(Date.now() + days * DAY_MS, ZONE)).slice(0, 10);
const after = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

export class Duty {
  shifts: Shift[] = [];
  /** What was reported on which shift. */
  reports = new Map<number, ShiftReport[]>();
  leaves: Leave[] = [];
  swaps: Swap[] = [];
  away: Unavailability[] = [];
  calendars: Calendar[] = [];
  /** Who should be there and does not say so. */
  absent: number[] = [];

  constructor(private readonly world: World) {
    for (const id of [1, 2, 3]) this.plan(this.#span(id, dayOf(0), '06:00', '14:00'));
    this.plan(this.#span(4, dayOf(0), '22:00', '06:00'));
  }

  #span(agent_id: number, day: string, start: string, end: string): PlannedShift {
    const [from, to] = [at(day, start), at(end > start ? day : after(day), end)];
    return {
      agent_id,
      starts_at: new Date(from).toISOString(),
      ends_at: new Date(to).toISOString(),
      starts_local: local(from),
      ends_local: local(to),
      zone: ZONE,
    };
  }

  #name = (id: number) => this.world.agents[id - 1]?.name ?? `#${id}`;

  plan(planned: PlannedShift): Shift {
    const now = Date.now();
    const [from, to] = [Date.parse(planned.starts_at), Date.parse(planned.ends_at)];
    const shift = aShift({
      ...planned,
      id: this.shifts.length + 1,
      name: this.#name(planned.agent_id),
      unit: this.world.agents[planned.agent_id - 1]?.units[0],
      status: to <= now ? 'ended' : from <= now ? 'active' : 'planned',
    });
    this.shifts.push(shift);
    this.#told(planned.agent_id);
    return shift;
  }

  create({ agent_id, starts_at, ends_at }: { agent_id: number; starts_at: string; ends_at: string }): Shift {
    const [from, to] = [Date.parse(starts_at), Date.parse(ends_at)];
    if (to <= from)
      throw new Refusal({
        status: 422,
        code: 'invalid',
        errors: [{ field: 'ends_at', message: 'antes', code: 'order' }],
      });
    const planned = {
      agent_id,
      starts_at: new Date(from).toISOString(),
      ends_at: new Date(to).toISOString(),
      starts_local: local(from),
      ends_local: local(to),
      zone: ZONE,
    };
    if (this.#clash(planned))
      throw new Refusal({
        status: 409,
        code: 'overlap',
        detail: 'Ya tiene un turno en ese horario.',
        conflicts: [{ agent_id, name: this.#name(agent_id), kind: 'shift', message: 'otro turno' }],
      });
    return this.plan(planned);
  }

  pattern(body: ShiftPattern, store: boolean) {
    const planned: PlannedShift[] = [];
    for (let day = body.from; day <= body.until; day = after(day)) {
      const weekday = WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7];
      if (!weekday || !body.weekdays.includes(weekday)) continue;
      for (const id of body.agent_ids) planned.push(this.#span(id, day, body.start, body.end));
    }
    return this.#lot(planned, store, body.skip_conflicts ?? false);
  }

  import(csv: string, store: boolean, skip: boolean): ShiftImport {
    const [head = '', ...lines] = csv.trim().split(/\r?\n/);
    const columns = head.split(/[;,]/);
    const errors: ShiftImport['errors'] = [];
    const planned: PlannedShift[] = [];
    lines.forEach((line, i) => {
      const cell = Object.fromEntries(line.split(/[;,]/).map((value, n) => [columns[n] ?? '', value]));
      const agent = this.world.agents.find(({ badge }) => badge === cell.badge);
      if (!agent) errors.push({ line: i + 2, field: 'badge', code: 'unknown' });
      else if (!parseWall(`${cell.date}T${cell.start}`))
        errors.push({ line: i + 2, field: 'date', code: 'malformed' });
      else planned.push(this.#span(agent.id, cell.date ?? '', cell.start ?? '', cell.end ?? ''));
    });
    if (!columns.includes('badge'))
      throw new Refusal({
        status: 422,
        code: 'invalid',
        errors: [{ field: 'file', message: 'columnas', code: 'required' }],
      });
    return { rows: lines.length, errors, stored: store, ...this.#lot(planned, store, skip) };
  }

  #lot(wanted: PlannedShift[], store: boolean, skip: boolean) {
    const clashes: Clash[] = [];
    const planned = wanted.filter((one) => {
      if (!this.#clash(one)) return true;
      const { agent_id, starts_at, ends_at, starts_local } = one;
      const name = this.#name(agent_id);
      clashes.push({
        agent_id,
        name,
        starts_at,
        ends_at,
        day: starts_local.slice(0, 10),
        because: 'shift',
      });
      return false;
    });
    if (store && clashes.length > 0 && !skip)
      throw new Refusal({ status: 409, code: 'overlap', detail: 'Hay choques.' });
    if (store) for (const one of planned) this.plan(one);
    return { planned, clashes };
  }

  #clash = (one: PlannedShift) =>
    this.shifts.some(
      (held) =>
        held.agent_id === one.agent_id && held.starts_at < one.ends_at && held.ends_at > one.starts_at,
    );

  shift(id: number): Shift {
    const found = this.shifts.find((one) => one.id === id);
    if (!found) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
    return found;
  }

  change(id: number, change: Partial<Shift>): Shift {
    const changed = { ...this.shift(id), ...change };
    this.shifts = this.shifts.map((one) => (one.id === id ? changed : one));
    this.#told(changed.agent_id);
    return changed;
  }

  remove(id: number) {
    const { agent_id } = this.shift(id);
    this.shifts = this.shifts.filter((one) => one.id !== id);
    this.#told(agent_id);
  }

  ask(agent_id: number, given: Partial<Leave> = {}): Leave {
    const leave = aLeave({ id: this.leaves.length + 1, agent_id, name: this.#name(agent_id), ...given });
    this.leaves.push(leave);
    this.world.emit('leave_changed', 'agents', { id: leave.id, agent_id });
    return leave;
  }

  request({ agent_id, starts_at, ends_at, reason }: NewLeave): Leave {
    const held = this.leaves.some(
      (one) =>
        one.agent_id === agent_id &&
        ['requested', 'approved'].includes(one.status) &&
        Date.parse(one.starts_at) < Date.parse(ends_at) &&
        Date.parse(one.ends_at) > Date.parse(starts_at),
    );
    if (held)
      throw new Refusal({
        status: 409,
        code: 'leave_overlap',
        detail: `${this.#name(agent_id)} ya pidió licencia para esos días.`,
      });
    return this.ask(agent_id, { starts_at, ends_at, reason });
  }

  leave(id: number): LeaveDetail {
    const leave = this.leaves.find((one) => one.id === id);
    if (!leave) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
    const { agent_id, starts_at, ends_at } = leave;
    const broken = [...this.world.tasks.values()].filter(
      (task) =>
        ['scheduled', 'in_progress', 'paused'].includes(task.status) &&
        task.assignments.some((one) => one.agent_id === agent_id) &&
        (task.planned_start ?? task.created_at) < ends_at &&
        (task.planned_end ?? ends_at) > starts_at,
    );
    const breaks = broken.map(({ id: task_id, code, title, status, planned_start, lead }) => ({
      task_id,
      code,
      title,
      status,
      planned_start,
      lead: lead?.agent_id === agent_id,
    }));
    return { ...leave, breaks };
  }

  decideLeave(id: number, status: 'approved' | 'rejected', reason?: string): LeaveDetail {
    const decided = { status, decided_reason: reason ?? null, decided_at: new Date().toISOString() };
    this.leaves = this.leaves.map((one) =>
      one.id === id ? { ...one, ...decided, decided_by: 'Elena Duarte' } : one,
    );
    const leave = this.leave(id);
    this.world.emit('leave_changed', 'agents', { id, agent_id: leave.agent_id });
    return leave;
  }

  missing(): Shift[] {
    return this.shifts.filter(({ id }) => this.absent.includes(id));
  }

  miss(id: number) {
    this.absent.push(id);
    this.#told(id);
  }

  openCalendar(unit_id: number): Calendar {
    const made = { id: this.calendars.length + 1, unit_id, created_at: new Date().toISOString() };
    this.calendars.push(made);
    return { ...made, url: `/api/v1/shifts.ics?token=secret${made.id}` };
  }

  propose(given: Partial<Swap> = {}): Swap {
    const [mine, other] = this.shifts;
    const swap = aSwap({
      id: this.swaps.length + 1,
      from_agent_id: 1,
      from_name: this.#name(1),
      to_agent_id: 2,
      to_name: this.#name(2),
      shift: mine,
      other_shift: other,
      ...given,
    });
    this.swaps.push(swap);
    this.world.emit('swap_changed', 'agents', { id: swap.id, agent_id: 1 });
    return swap;
  }

  decideSwap(id: number, status: 'approved' | 'rejected', reason?: string): Swap {
    this.swaps = this.swaps.map((one) =>
      one.id === id ? { ...one, status, decided_reason: reason ?? null } : one,
    );
    this.world.emit('swap_changed', 'agents', { id, agent_id: 1 });
    return this.swaps.find((one) => one.id === id)!;
  }

  #told(agent_id: number) {
    this.world.emit('shifts_changed', 'agents', { agent_id });
  }
}
