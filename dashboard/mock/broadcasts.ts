// The mock's messages to many: sent, taken in as drafts, answered one by one and ended, each with its event.
import type {
  Audience,
  Broadcast,
  BroadcastStatus,
  NewBroadcast,
  Protocol,
  Recipient,
  RecipientState,
  User,
} from '../src/api/types.ts';
import { filled, sameWord } from '../src/store/ledger.ts';
import { ok, Refusal, type Route } from './answer.ts';
import { aBroadcast, aRecipient, countsOf } from './samples.ts';
import type { Mock } from './server.ts';
import type { World } from './world.ts';

const now = (minutes = 0) => new Date(Date.now() + minutes * 60_000).toISOString();
/** Whoever is signed in: never one of those who get it. */
const SENDER = 1;
const EXPIRES_MIN = 120;

export const protocols: Protocol[] = [
  {
    code: 'codigo_rojo',
    label: 'Código Rojo',
    template: 'CÓDIGO ROJO. Todos a sus puestos y confirmen. {text}',
    confirm_word: 'CODIGO ROJO',
    audience: { kind: 'all' },
  },
  { code: 'atencion', label: 'Atención', template: 'ATENCIÓN. {text}' },
];

export const invalid = (field: string, code: string) =>
  new Refusal({ status: 422, code: 'invalid', errors: [{ field, code, message: 'No vale' }] });

export class Broadcasts {
  readonly all = new Map<number, Broadcast>();
  readonly people = new Map<number, Recipient[]>();
  /** A broadcast to everybody waits for a second person. */
  secondApprover = false;

  constructor(private readonly world: World) {}

  audience(audience: Audience): User[] {
    const users = this.world.users.filter(({ id, active }) => active && id !== SENDER);
    if (audience.kind === 'supervisors') return users.filter(({ level }) => level >= 2);
    if (audience.kind !== 'unit') return users;
    return users.filter(({ units }) => units.some(({ id }) => id === audience.unit_id));
  }

  send(body: NewBroadcast): Broadcast {
    const protocol = protocols.find(({ code }) => code === body.protocol);
    const word = protocol?.confirm_word;
    if (word && !sameWord(body.confirm_word ?? '', word)) throw invalid('confirm_word', 'required');
    const text = protocol ? filled(protocol.template, body.text ?? '') : (body.text ?? 'Atención');
    const waits = this.secondApprover && body.audience.kind === 'all';
    return this.#make({
      text,
      protocol: body.protocol,
      audience: body.audience,
      drill: body.drill ?? false,
      ack_mode: body.ack_mode ?? 'all',
      place: body.place,
      created_by: SENDER,
      status: waits ? 'draft' : 'active',
    });
  }

  /** Put in by another system or by somebody else. */
  draft(given: Partial<Broadcast> = {}): Broadcast {
    return this.#make({ text: 'Crecida del río', created_by: 9, ...given, status: 'draft' });
  }

  confirm(id: number, body: { text?: string; audience?: Audience } = {}): Broadcast {
    const old = this.one(id);
    if (old.status !== 'draft') throw new Refusal({ status: 409, code: 'settled', title: 'It has left' });
    if (old.created_by === SENDER)
      throw new Refusal({ status: 409, code: 'needs_another', title: 'Somebody else has to confirm it' });
    const decided = { text: body.text ?? old.text, audience: body.audience ?? old.audience };
    this.all.set(id, { ...old, ...decided, status: 'active', approved_by: SENDER });
    this.#leave(id);
    return this.one(id);
  }

  /** One of its people says something, or Telegram says it of him. */
  says(id: number, userId: number, state: RecipientState, escalated = false) {
    const people = this.people.get(id) ?? [];
    const answered = state !== 'sent' && state !== 'queued' && state !== 'unreachable';
    const settled = state === 'acknowledged' || state === 'on_the_way';
    const said = people.map((one) =>
      one.user_id === userId
        ? {
            ...one,
            state,
            at: now(),
            answered_at: answered ? now() : one.answered_at,
            ...(settled ? { phone: null, telegram_username: null } : {}),
            escalated_at: escalated ? now() : null,
          }
        : one,
    );
    this.people.set(id, said);
    this.#progress(id, { counts: countsOf(said) });
  }

  end(id: number, status: BroadcastStatus, closing?: string): Broadcast {
    return this.#progress(id, { status, closing, ended_at: now() });
  }

  one(id: number): Broadcast {
    const found = this.all.get(id);
    if (!found) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
    return found;
  }

  #make(given: Partial<Broadcast>): Broadcast {
    const id = this.all.size + 1;
    this.all.set(id, aBroadcast({ id, created_at: now(), expires_at: now(EXPIRES_MIN), ...given }));
    if (given.status === 'draft') this.#progress(id, {});
    else this.#leave(id);
    return this.one(id);
  }

  #leave(id: number) {
    const one = this.one(id);
    const people = this.audience(one.audience).map((user) =>
      aRecipient({
        user_id: user.id,
        name: user.name,
        state: user.linked ? 'sent' : 'unreachable',
        at: now(),
        sent_at: user.linked ? now() : null,
        phone: user.phone,
        telegram_username: user.telegram_username,
      }),
    );
    this.people.set(id, people);
    this.all.set(id, { ...one, counts: countsOf(people) });
    this.world.emit('broadcast_started', 'broadcasts', { id });
  }

  #progress(id: number, change: Partial<Broadcast>): Broadcast {
    const changed = { ...this.one(id), ...change };
    this.all.set(id, changed);
    this.world.emit('broadcast_progress', 'broadcasts', { id });
    return changed;
  }
}

export function pageOf<T>(items: T[], query: URLSearchParams) {
  const [from, limit] = [Number(query.get('cursor') ?? 0), Number(query.get('limit') ?? 50)];
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next_cursor: next };
}

export function broadcastRoutes(mock: Mock): Route[] {
  const world = () => mock.world.broadcasts;
  return [
    ['GET', /^\/protocols$/, () => ok({ items: protocols, next_cursor: null })],
    [
      'GET',
      /^\/broadcasts$/,
      ({ query }) => {
        const wanted = query.get('status')?.split(',');
        const items = [...world().all.values()].reverse();
        return ok(
          pageOf(
            items.filter(({ status }) => wanted?.includes(status) ?? true),
            query,
          ),
        );
      },
    ],
    ['POST', /^\/broadcasts$/, ({ body }) => ok(world().send(body), 201)],
    [
      'POST',
      /^\/broadcasts\/preview$/,
      ({ body }) => {
        const people = world().audience(body.audience);
        return ok({
          recipients: people.filter(({ linked }) => linked).length,
          unreachable: people
            .filter(({ linked }) => !linked)
            .map(({ id, name }) => ({ user_id: id, name, why: 'not_linked' })),
          groups: [],
          needs_confirm_word: protocols.find(({ code }) => code === body.protocol)?.confirm_word ?? null,
        });
      },
    ],
    [
      'GET',
      /^\/broadcasts\/(\d+)$/,
      ({ id, query }) => {
        const state = query.get('state');
        const people = [...(world().people.get(id) ?? [])].reverse();
        const wanted = people.filter((one) => state === null || one.state === state);
        return ok({ ...world().one(id), recipients: pageOf(wanted, query) });
      },
    ],
    ['POST', /^\/broadcasts\/(\d+)\/confirm$/, ({ id, body }) => ok(world().confirm(id, body))],
    ['POST', /^\/broadcasts\/(\d+)\/cancel$/, ({ id }) => ok(world().end(id, 'cancelled'))],
    ['POST', /^\/broadcasts\/(\d+)\/close$/, ({ id, body }) => ok(world().end(id, 'closed', body?.text))],
  ];
}
