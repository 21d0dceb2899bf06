// The mock's people from a file: read line by line, all of them made or none, units founded for them.
import type { PeopleImport } from '../src/api/types.ts';
import { aUnit, aUser } from './samples.ts';
import { ok, Refusal, type Route } from './answer.ts';
import type { Mock } from './server.ts';
import type { World } from './world.ts';

const MOST_LETTERS = 120;

function read(world: World, csv: string): PeopleImport & { units: string[][] } {
  const [head = '', ...lines] = csv.split('\n').filter((line) => line.trim() !== '');
  const columns = head.split(';').map((name) => name.trim().toLowerCase());
  const errors: PeopleImport['errors'] = [];
  const people: PeopleImport['people'] = [];
  const units: string[][] = [];
  lines.forEach((text, i) => {
    const cells = text.split(';');
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? '';
    const name = cell('name');
    const username = cell('username') || name.toLowerCase().replaceAll(' ', '.');
    const code = name === '' ? 'required' : name.length > MOST_LETTERS ? 'too_long' : null;
    if (code) errors.push({ line: i + 2, field: 'name', code });
    else if (world.users.some((user) => user.username === username))
      errors.push({ line: i + 2, field: 'username', code: 'taken' });
    else {
      people.push({ id: null, username, name, level: Number(cell('level') || 1) });
      units.push(cell('units').split('|').filter(Boolean));
    }
  });
  const known = world.units.map(({ name }) => name.toLowerCase());
  const new_units = [...new Set(units.flat())].filter((name) => !known.includes(name.toLowerCase()));
  return { rows: lines.length, errors, people, new_units, units, stored: false };
}

function make(world: World, csv: string): PeopleImport {
  const { units, ...seen } = read(world, csv);
  if (seen.errors.length > 0)
    throw new Refusal({ status: 422, code: 'invalid', title: 'Some lines are wrong' });
  for (const name of seen.new_units) world.units.push(aUnit(world.units.length + 100, name));
  const people = seen.people.map((person, i) => {
    const id = world.users.length + 1;
    const his = world.units.filter(({ name }) => units[i]?.includes(name));
    world.users.push(aUser({ ...person, id, units: his }));
    return { ...person, id };
  });
  return { ...seen, people, stored: true };
}

export const peopleImportRoutes = (mock: Mock): Route[] => [
  [
    'POST',
    /^\/users\/import$/,
    ({ body, query }) => {
      const { world } = mock;
      if (query.get('confirm') === 'true') return ok(make(world, String(body)));
      const { units: _, ...seen } = read(world, String(body));
      return ok(seen);
    },
  ],
];
