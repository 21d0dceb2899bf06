// An account changed on the board: only what was changed is sent.
import { aUnit, aUser } from '../mock/samples';
import { expect, it } from 'vitest';
import { accountOf, accountPatch, type AccountDraft } from '../src/pages/accountDraft';

const raul = aUser({
  id: 2,
  username: 'supervisor',
  name: 'Raúl Ibarra',
  level: 2,
  units: [aUnit(1, 'Centro'), aUnit(2, 'Norte')],
  permissions: ['audit'],
  email: 'raul@example.org',
});
const was = accountOf(raul);
const patch = (change: Partial<AccountDraft>) => accountPatch({ ...was, ...change }, was);

it('sends nothing while nothing differs, in whatever order it stands', () => {
  expect(patch({})).toEqual({});
  expect(patch({ units: ['Norte', 'Centro'], name: ' Raúl Ibarra ', newUnit: ' ' })).toEqual({});
});

it('sends what differs, an empty text where something was taken away', () => {
  expect(patch({ level: 3, email: '', phone: '+54 11 4555-0900' })).toEqual({
    level: 3,
    email: '',
    phone: '+54 11 4555-0900',
  });
  expect(patch({ units: ['Norte'], permissions: [], newUnit: 'Río' })).toEqual({
    units: ['Norte'],
    new_units: ['Río'],
    permissions: [],
  });
  expect(patch({ password: 'una clave de prueba', active: false })).toEqual({
    password: 'una clave de prueba',
    active: false,
  });
});
