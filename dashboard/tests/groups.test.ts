// The Telegram groups of units: what is listed first, and what is said about each.
import { expect, it } from 'vitest';
import { aGroup, aUnit } from '../mock/samples';
import { failing, groupsOf, modeOf, needsCare, ownerless, titlesOf } from '../src/store/groups';

const by = (answers: boolean) => ({ user_id: 7, name: 'Dora', answers });

it('lists what somebody has to look after before the rest, by unit and title', () => {
  const norte = { ...aUnit(1, 'Norte'), groups: [aGroup(1, 'Guardia'), aGroup(2, 'Base')] };
  const centro = {
    ...aUnit(2, 'Centro'),
    groups: [aGroup(3, 'Turno'), { ...aGroup(4, 'Zona'), trouble: 'Bad Request: TOPIC_CLOSED' }],
  };
  const listed = groupsOf([norte, centro]).map(({ unit, group }) => `${unit.name} ${group.title}`);
  expect(listed).toEqual(['Centro Zona', 'Centro Turno', 'Norte Base', 'Norte Guardia']);
});

it('names who no longer answers for a group, and nobody otherwise', () => {
  const group = aGroup(1, 'Guardia');
  expect(ownerless({ ...group, registered_by: by(false) })).toBe('Dora');
  expect(ownerless({ ...group, registered_by: by(true) })).toBeNull();
  expect(ownerless({ ...group, registered_by: null })).toBeNull();
  expect([by(true), by(false)].map((one) => needsCare({ ...group, registered_by: one }))).toEqual([
    false,
    true,
  ]);
  expect(needsCare({ ...group, topics_refused: true })).toBe(true);
});

it('tells topics, forums and groups apart', () => {
  const of = (topic: boolean, forum: boolean) => modeOf({ ...aGroup(1, 'Guardia'), topic, forum });
  expect([of(true, true), of(false, true), of(false, false)]).toEqual(['topic', 'forum', 'group']);
});

it('names a few groups of a preview, and those that may not hear it', () => {
  const groups = [1, 2, 3, 4, 5, 6].map((id) => ({ id, unit_id: 1, title: `G${id}` }));
  expect(titlesOf(groups.slice(0, 2))).toBe('G1, G2');
  expect(titlesOf(groups)).toBe('G1, G2, G3, G4, G5…');
  const reach = { recipients: 1, unreachable: [], groups: [groups[0]!, { ...groups[1]!, trouble: 'x' }] };
  expect(failing(reach).map(({ id }) => id)).toEqual([2]);
});
