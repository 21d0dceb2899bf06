// The task form: what is missing, what is sent; addresses and answers that go wrong.
import { anAgent, aTask } from '../mock/samples';
import { describe, expect, it } from 'vitest';
import { ApiError, fromProblem, retryAfterSeconds } from '../src/api/problem';
import { beside, conflictText, faultText } from '../src/i18n/explain';
import { draftOf, emptyDraft, faultsOf, newTask, taskPatch } from '../src/pages/draft';
import { fromAgent, ranked } from '../src/pages/person';

const BA = 'America/Argentina/Buenos_Aires';
const NOW = Date.parse('2026-11-22T17:00:00Z');
const good = { ...emptyDraft(BA, 3), title: ' Corte de calle ', kind: 'patrullaje' };

describe('a draft', () => {
  it('names what is missing', () => {
    expect(faultsOf(emptyDraft(BA, null))).toEqual({
      title: 'form.title.missing',
      kind: 'form.kind.missing',
    });
    expect(faultsOf({ ...good, coordinates: 'esquina' })).toEqual({ place: 'form.place.wrong' });
    expect(faultsOf({ ...good, when: 'at' })).toEqual({ planned_start: 'form.start.missing' });
    expect(faultsOf({ ...good, when: 'at', start: '2026-11-22T14:00', end: '2026-11-22T13:00' })).toEqual({
      planned_end: 'form.end.before',
    });
    expect(faultsOf({ ...good, when: 'at', start: '2026-03-29T02:30', zone: 'Europe/Madrid' })).toEqual({
      planned_start: 'form.time.skipped',
    });
    expect(faultsOf({ ...good, zone: 'Marte' })).toEqual({ zone: 'form.zone.wrong' });
  });

  it('becomes a request in the zone it was meant in', () => {
    expect(newTask(good, NOW)).toMatchObject({
      title: 'Corte de calle',
      planned_start: '2026-11-22T14:00:00-03:00',
      zone: BA,
      unit_id: 3,
      agent_ids: [],
      place: undefined,
    });
    const later = {
      ...good,
      when: 'at' as const,
      start: '2026-11-23T08:00',
      coordinates: '-34.6, -58.4',
      label: 'Plaza',
      chosen: [{ id: 7, name: 'A' }],
      lead: 7,
    };
    expect(newTask(later, NOW)).toMatchObject({
      planned_start: '2026-11-23T08:00:00-03:00',
      place: { lat: -34.6, lon: -58.4, label: 'Plaza' },
      agent_ids: [7],
      lead_agent_id: 7,
    });
  });

  it('of a task says the same again', () => {
    const place = { lat: -34.6, lon: -58.4, label: 'Plaza' };
    const task = aTask({ priority: 'high', planned_start: '2026-11-22T14:00:00Z', zone: BA, place });
    expect(taskPatch(draftOf(task, 'UTC'))).toMatchObject({
      planned_start: '2026-11-22T11:00:00-03:00',
      planned_end: null,
      place,
      priority: 'high',
    });
  });
});

it('ranks free people first, then the nearest', () => {
  const agent = (id: number, availability: 'available' | 'on_task', lat: number) => {
    const position = { lat, lon: 0, age_s: 1, at: '' };
    return fromAgent(anAgent({ id, name: `${id}`, availability, position }), { lat: 0, lon: 0 });
  };
  expect(
    ranked([agent(1, 'on_task', 0), agent(2, 'available', 2), agent(3, 'available', 1)]).map((p) => p.id),
  ).toEqual([3, 2, 1]);
});

describe('problems', () => {
  it('are told in the words of the person where their codes are known', () => {
    const fault = (code: string) => faultText({ field: 'title', code, message: 'is too short' });
    expect([fault('too_short'), fault('a new one')]).toEqual(['Es demasiado corto.', 'is too short']);
    const conflict = { name: 'Ana', kind: 'off_shift', message: 'outside of any shift' };
    expect(conflictText(conflict)).toBe('Ana: fuera de turno en ese horario');
    const away = { name: 'Ana', kind: 'unavailable', message: 'unavailable: Comida', reason: 'Comida' };
    expect(conflictText(away)).toBe('Ana: no disponible en ese horario (Comida)');
    const error = new ApiError(422, 'invalid', '', [{ field: 'place.lat', code: 'required', message: '' }]);
    expect([beside(error, 'place'), beside(error, 'title'), beside(null, 'title')]).toEqual([
      'Hace falta.',
      undefined,
      undefined,
    ]);
  });

  const response = (status: number, headers = {}) => new Response(null, { status, headers });
  it('carry their fields and say when to come back', () => {
    const error = fromProblem(
      { code: 'invalid', title: 'T', errors: [{ field: 'place.lat', message: 'mal', code: 'malformed' }] },
      response(422),
    );
    expect([error.field('place')?.message, error.field('title'), error.detail]).toEqual([
      'mal',
      undefined,
      'T',
    ]);
    expect(fromProblem({ code: 'locked' }, response(429, { 'Retry-After': '1800' })).retryAfter).toBe(1800);
    expect(fromProblem(undefined, response(502)).status).toBe(502);
  });

  it('tell a soft conflict from a stale page', () => {
    const soft = fromProblem({ code: 'needs_reason' }, response(409));
    const stale = fromProblem({ code: 'state', state: 'completed' }, response(409));
    expect([
      soft.needsReason,
      soft.stale,
      stale.needsReason,
      stale.stale,
      fromProblem({}, response(412)).stale,
    ]).toEqual([true, false, false, true, true]);
  });

  it('read both forms of Retry-After', () => {
    expect([retryAfterSeconds('30'), retryAfterSeconds(null), retryAfterSeconds('x')]).toEqual([
      30,
      null,
      null,
    ]);
    expect(retryAfterSeconds('Sun, 22 Nov 2026 17:00:10 GMT', NOW)).toBe(10);
  });
});
