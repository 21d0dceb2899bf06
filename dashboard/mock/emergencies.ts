// The mock's calls for help: raised, offered to the nearest, answered and ended, each with its event.
import type { Emergency, NewEmergency, Offer, OfferState } from '../src/api/types.ts';
import { ok, Refusal, type Route } from './answer.ts';
import { anEmergency, anOffer, aTask } from './samples.ts';
import type { Mock } from './server.ts';
import type { World } from './world.ts';

const now = (seconds = 0) => new Date(Date.now() + seconds * 1000).toISOString();
const ETA_FACTOR = 1.4 / (30_000 / 60);

export class Emergencies {
  readonly all = new Map<number, Emergency>();

  constructor(private readonly world: World) {}

  /** The first three free people are asked, the others say why not; a board whose business it is not hears nothing. */
  raise(body: NewEmergency = {}, told = true): Emergency {
    const id = this.all.size + 1;
    const task = aTask({
      id: 900 + id,
      code: `EMG-2026-${String(id).padStart(4, '0')}`,
      title: body.text ?? 'Emergencia',
      kind: 'emergencia',
      kind_label: 'Emergencia',
      priority: 'critical',
      drill: body.drill ?? false,
      created_at: now(),
      updated_at: now(),
      unit: this.world.units[0],
    });
    this.world.tasks.set(task.id, task);
    this.world.timelines.set(task.id, []);
    const free = this.world.agents.filter((agent) => agent.availability === 'available');
    const rest = this.world.agents.filter((agent) => agent.availability !== 'available').slice(0, 3);
    const placed = body.lat != null && body.lon != null;
    const emergency = anEmergency({
      id,
      code: task.code,
      task_id: task.id,
      text: body.text,
      drill: body.drill ?? false,
      place: placed ? { lat: body.lat, lon: body.lon } : null,
      place_source: placed ? 'shared' : 'none',
      place_at: placed ? now() : null,
      raised_by: { id: 1, name: 'Elena Duarte' },
      raised_at: now(),
      nobody_since: now(),
      withdrawable_until: now(10),
      next_ring_at: now(30),
      offers: free.slice(0, 3).map((agent, i) => this.#offer(agent, i, 'offered')),
      passed: rest.map((agent, i) => ({
        ...this.#offer(agent, i + 3, 'passed'),
        reasons: { distance_m: 900, position_age_s: 60, load: 1, why: agent.availability },
      })),
    });
    this.all.set(id, emergency);
    if (!told) return emergency;
    this.world.emit('task_created', 'tasks', { id: task.id, code: task.code });
    this.world.emit('emergency_raised', 'emergencies', { id, task_id: task.id, code: task.code });
    return emergency;
  }

  /** One of those who were asked says something, or Telegram says it of him. */
  says(id: number, agentId: number, state: OfferState) {
    const old = this.one(id);
    const said = { state, at: now(), answered_at: now(), en_route_at: state === 'taken' ? now() : null };
    const offers = old.offers.map((offer): Offer =>
      offer.agent_id === agentId ? { ...offer, ...said } : offer,
    );
    const takers = offers.filter((offer) => offer.state === 'taken');
    const status = takers.length >= old.crew ? 'answered' : 'active';
    this.#change(id, { offers, takers, status, nobody_since: takers.length > 0 ? null : old.nobody_since });
  }

  /** Whom those in command sent says that he got it, and no more. */
  hears(id: number, agentId: number) {
    const { nobody_since } = this.one(id);
    this.says(id, agentId, 'taken');
    const got = (one: Offer): Offer => (one.agent_id === agentId ? { ...one, en_route_at: null } : one);
    const { offers, takers } = this.one(id);
    this.#change(id, { offers: offers.map(got), takers: takers.map(got), status: 'active', nobody_since });
  }

  /** Telegram says of one of those who come that it tells him nothing any more. */
  blocks(id: number, agentId: number) {
    const lost = (one: Offer): Offer => (one.agent_id === agentId ? { ...one, blocked: true } : one);
    const { offers, takers } = this.one(id);
    this.#change(id, {
      offers: offers.map(lost),
      takers: takers.map(lost),
      status: 'active',
      nobody_since: now(),
    });
  }

  /** The search asks somebody once more whom it had let go. */
  asksAgain(id: number, agentId: number) {
    const again = (one: Offer): Offer =>
      one.agent_id === agentId
        ? { ...one, state: 'offered', offered_at: now(), sent_at: now(), times_offered: 2 }
        : one;
    this.#change(id, { offers: this.one(id).offers.map(again) });
  }

  /** One of those who come says that he is there. */
  arrives(id: number, agentId: number) {
    const old = this.one(id);
    const at = now();
    const there = (one: Offer): Offer => (one.agent_id === agentId ? { ...one, on_site_at: at } : one);
    this.#change(id, { takers: old.takers.map(there), offers: old.offers.map(there) });
  }

  /** Nobody answered: one more is asked in the next ring, and those in command are told. */
  widen(id: number) {
    const old = this.one(id);
    const agent = this.world.agents.find(
      (one) => one.availability === 'available' && !old.offers.some((offer) => offer.agent_id === one.id),
    );
    const more = agent ? [{ ...this.#offer(agent, 4, 'offered'), ring: old.ring + 1, sent_at: null }] : [];
    this.#change(id, {
      ring: old.ring + 1,
      next_ring_at: now(30),
      escalated_at: now(),
      offers: [...old.offers, ...more],
    });
  }

  /** Whoever called says more: it stands in the emergency and in the story of its task. */
  tells(id: number, text: string, file?: File) {
    const { text: before, task_id: taskId } = this.one(id);
    this.#change(id, { text: before ? `${before}\n${text}` : text });
    if (taskId != null) this.world.report(taskId, { text, file });
  }

  /** The search goes on where nobody is left to be asked. */
  goesOn(id: number, ring: number) {
    this.#change(id, { ring });
  }

  /** What happens next by itself. */
  nextAt(id: number, next: Pick<Partial<Emergency>, 'next_ring_at' | 'waits_until'>) {
    this.#change(id, next);
  }

  end(id: number, status: 'resolved' | 'cancelled', reason?: string): Emergency {
    if (!reason)
      throw new Refusal({
        status: 422,
        code: 'invalid',
        errors: [{ field: 'reason', message: 'Falta el motivo', code: 'required' }],
      });
    const ended_by = { id: 1, name: 'Elena Duarte' };
    const ended = { ended_at: now(), ended_by, end_reason: reason, nobody_since: null };
    return this.#change(id, { status, ...ended, next_ring_at: null });
  }

  one(id: number): Emergency {
    const found = this.all.get(id);
    if (!found) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
    return found;
  }

  #change(id: number, change: Partial<Emergency>): Emergency {
    const changed = { ...this.one(id), ...change };
    this.all.set(id, changed);
    const { task_id, code, status } = changed;
    this.world.emit('emergency_updated', 'emergencies', { id, task_id, code, status });
    return changed;
  }

  #offer({ id, name }: { id: number; name: string }, i: number, state: OfferState): Offer {
    const distance_m = 420 + i * 650;
    return anOffer({
      agent_id: id,
      name,
      state,
      at: now(),
      distance_m,
      eta_minutes: Math.ceil(distance_m * ETA_FACTOR),
      offered_at: state === 'passed' ? null : now(-i),
      first_offered_at: state === 'passed' ? null : now(-i),
      times_offered: state === 'passed' ? 0 : 1,
      sent_at: state === 'passed' ? null : now(),
    });
  }
}

export const emergencyRoutes = (mock: Mock): Route[] => [
  [
    'GET',
    /^\/emergencies$/,
    ({ query }) => {
      const wanted = query.get('status')?.split(',');
      const items = [...mock.world.emergencies.all.values()].reverse();
      return ok({ items: items.filter(({ status }) => wanted?.includes(status) ?? true), next_cursor: null });
    },
  ],
  ['POST', /^\/emergencies$/, ({ body }) => ok(mock.world.emergencies.raise(body ?? {}), 201)],
  [
    'GET',
    /^\/emergencies\/(\d+)\/phones$/,
    () =>
      ok({
        items: mock.world.users
          .filter(({ level, phone }) => level >= 2 && phone)
          .map(({ name, phone }) => ({ name, phone })),
        next_cursor: null,
      }),
  ],
  ['GET', /^\/emergencies\/(\d+)$/, ({ id }) => ok(mock.world.emergencies.one(id))],
  [
    'POST',
    /^\/emergencies\/(\d+)\/(resolve|cancel)$/,
    ({ id, action, body }) =>
      ok(mock.world.emergencies.end(id, action === 'cancel' ? 'cancelled' : 'resolved', body?.reason)),
  ],
];
