// Who may do what about the data of a person, and what has to be typed before it goes.
import { expect, it } from 'vitest';
import { aMe, aUser } from '../mock/samples';
import {
  isMeant,
  mayAskLeave,
  mayChange,
  mayErase,
  mayExport,
  maySay,
  maySeeConsents,
} from '../src/store/privacy';

const ana = aUser({ id: 7, username: 'a.zurita', name: 'Ana Zurita' });
const gone = { ...ana, erased_at: '2026-11-22T15:00:00Z' };
const admin = aMe({ permissions: ['system'] });
const boss = aMe({ level: 2, permissions: ['system'] });
const herself = aMe({ id: 7, level: 1 });

it('shows consents to herself and to admins, and nobody those of whom nothing is left', () => {
  expect([admin, boss, herself].map((me) => maySeeConsents(ana, me))).toEqual([true, false, true]);
  expect([admin, herself].map((me) => maySeeConsents(gone, me))).toEqual([false, false]);
});

it('lets admins only take down that somebody took it back', () => {
  const choices = (me: typeof admin) => [maySay(true, ana, me), maySay(false, ana, me)];
  expect([admin, boss, herself].map(choices)).toEqual([
    [false, true],
    [false, false],
    [true, true],
  ]);
});

it('offers erasing others to admins with the permission, once', () => {
  const others = [admin, aMe(), boss, aMe({ id: 7, permissions: ['system'] })];
  expect(others.map((me) => mayErase(ana, me))).toEqual([true, false, false, false]);
  expect(mayErase(gone, admin)).toBe(false);
});

it('lets admins change an account and take its data away, and herself only the latter', () => {
  const rights = (me: typeof admin) => [mayChange(ana, me), mayExport(ana, me)];
  expect([admin, boss, herself].map(rights)).toEqual([
    [true, true],
    [false, false],
    [false, true],
  ]);
  expect([mayChange(gone, admin), mayExport(gone, admin)]).toEqual([false, false]);
});

it('lets those in command ask for the leave of agents in service, and everybody for her own', () => {
  const agent = { ...ana, agent_id: 4 };
  const other = aMe({ id: 8, level: 1 });
  const may = [admin, boss, herself, other].map((me) => mayAskLeave(agent, me));
  expect(may).toEqual([true, true, true, false]);
  expect([ana, { ...agent, active: false }].map((user) => mayAskLeave(user, admin))).toEqual([false, false]);
});

it('takes nothing but the whole username for a confirmation', () => {
  expect(['a.zurita', ' a.zurita '].map((typed) => isMeant(typed, ana))).toEqual([true, true]);
  expect(['', 'a.zurit', 'A.Zurita', 'Ana Zurita'].some((typed) => isMeant(typed, ana))).toBe(false);
});
