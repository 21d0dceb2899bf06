// Who is silent of those who are asked whether they are well, and what is read out of it.
import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import type { CheckInPerson } from '../src/api/types';
import WellSaid from '../src/pages/WellSaid.svelte';
import { isSilent, spoken, standing } from '../src/store/wellbeing';

const AT = '2026-11-22T15:00:00Z';
const person = (name: string, given: Partial<CheckInPerson> = {}): CheckInPerson => ({
  agent_id: name.length,
  name,
  state: 'waiting',
  step: 0,
  asked_at: AT,
  ...given,
});

it('is silent who was asked again in vain, and stays so when asked anew', () => {
  expect(isSilent(person('Ana'))).toBe(false);
  expect(isSilent(person('Ana', { step: 1 }))).toBe(true);
  expect(isSilent(person('Ana', { escalated_at: AT }))).toBe(true);
  expect(isSilent(person('Ana', { state: 'well', escalated_at: AT }))).toBe(false);
  expect(standing(person('Ana', { escalated_at: AT }))).toBe('silent');
  expect(standing(person('Ana', { state: 'unreachable' }))).toBe('unreachable');
});

it('reads out whom to care about and how many are well', () => {
  const people = [
    person('Ana', { step: 3 }),
    person('Beto', { state: 'help' }),
    person('Carla', { state: 'well' }),
    person('Daniel'),
  ];
  expect(spoken(people)).toEqual({
    names: [
      { name: 'Ana', standing: 'silent' },
      { name: 'Beto', standing: 'help' },
    ],
    well: 1,
    all: 4,
  });
});

it('says it in a region that is read out', () => {
  const { body } = render(WellSaid, { props: { people: [person('Ana', { step: 2 })] } });
  expect(body).toMatch(/<p[^>]*role="status"[^>]*aria-live="polite"/);
  expect(body).toContain('Ana: SIN RESPUESTA');
  expect(body).toContain('0 de 1 están bien');
});
