// The mock's drills: planned, held with a score, and called off.
import type { Drill, DrillScore, NewDrill, Unanswered } from '../src/api/types.ts';
import { filled, sameWord } from '../src/store/ledger.ts';
import { ok, Refusal, type Route } from './answer.ts';
import { invalid, pageOf, protocols } from './broadcasts.ts';
import type { Mock } from './server.ts';

const MINUTE_MS = 60_000;
const USUAL_MIN = 30;
const iso = (at: number) => new Date(at).toISOString();

export class Drills {
  readonly all = new Map<number, Drill>();
  readonly unanswered = new Map<number, Unanswered[]>();

  plan(body: NewDrill): Drill {
    const protocol = protocols.find(({ code }) => code === body.protocol);
    const word = protocol?.confirm_word;
    if (word && !sameWord(body.confirm_word ?? '', word)) throw invalid('confirm_word', 'required');
    const starts = Date.parse(body.starts_at);
    if (!(starts > Date.now())) throw invalid('starts_at', 'in_the_past');
    return this.#put({
      text: protocol ? filled(protocol.template, body.text ?? '') : (body.text ?? ''),
      protocol: body.protocol,
      audience: body.audience,
      zone: body.zone,
      starts_at: iso(starts),
      ends_at: iso(starts + (body.minutes ?? USUAL_MIN) * MINUTE_MS),
    });
  }

  /** One that was sent by hand and is over. */
  held(text: string, score: DrillScore, people: Unanswered[]): Drill {
    const drill = this.#put({
      text,
      status: 'held',
      broadcast_id: 1,
      broadcast_status: 'closed',
      ended_at: iso(Date.now()),
      score,
    });
    this.unanswered.set(drill.id, people);
    return drill;
  }

  cancel(id: number): Drill {
    const old = this.one(id);
    if (old.status === 'held' || old.status === 'missed')
      throw new Refusal({ status: 409, code: 'settled', title: 'It has left' });
    const done: Drill = { ...old, status: 'cancelled' };
    this.all.set(id, done);
    return done;
  }

  one(id: number): Drill {
    const found = this.all.get(id);
    if (!found) throw new Refusal({ status: 404, code: 'not_found', title: 'No existe' });
    return found;
  }

  #put(given: Partial<Drill>): Drill {
    const now = iso(Date.now());
    const id = this.all.size + 1;
    const drill: Drill = {
      id,
      status: 'planned',
      text: '',
      audience: { kind: 'all' },
      starts_at: now,
      ends_at: now,
      created_at: now,
      ...given,
    };
    this.all.set(id, drill);
    return drill;
  }
}

export function drillRoutes(mock: Mock): Route[] {
  const world = () => mock.world.drills;
  return [
    [
      'GET',
      /^\/drills$/,
      ({ query }) => {
        const wanted = query.get('status')?.split(',');
        const items = [...world().all.values()].filter(({ status }) => wanted?.includes(status) ?? true);
        items.sort((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at));
        return ok(pageOf(items, query));
      },
    ],
    ['POST', /^\/drills$/, ({ body }) => ok(world().plan(body), 201)],
    [
      'GET',
      /^\/drills\/(\d+)$/,
      ({ id, query }) => {
        const people = world().unanswered.get(id) ?? [];
        return ok({ ...world().one(id), unanswered: pageOf(people, query) });
      },
    ],
    ['POST', /^\/drills\/(\d+)\/cancel$/, ({ id }) => ok(world().cancel(id))],
  ];
}
