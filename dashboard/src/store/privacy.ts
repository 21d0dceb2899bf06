// What may be done about the data of a person; the server decides, this only hides what it would refuse.
import type { Me, User } from '../api/types';

const isAdmin = (me: Me): boolean => me.level >= 3;

/** What somebody agrees to is his own business, and the admins'. */
export const maySeeConsents = (user: User, me: Me): boolean =>
  user.erased_at == null && (isAdmin(me) || user.id === me.id);

/** Everybody for himself; admins only take down that somebody took it back. */
export const maySay = (granted: boolean, user: User, me: Me): boolean =>
  maySeeConsents(user, me) && (user.id === me.id || !granted);

/** Admins with the permission for it, others only, and once. */
export const mayErase = (user: User, me: Me): boolean =>
  isAdmin(me) && me.permissions.includes('system') && user.id !== me.id && user.erased_at == null;

/** Of whom is erased nothing is left to change or to take away. */
export const mayChange = (user: User, me: Me): boolean => isAdmin(me) && user.erased_at == null;
export const mayExport = (user: User, me: Me): boolean =>
  user.erased_at == null && (isAdmin(me) || user.id === me.id);

/** For agents in service: those in command of them, and everybody for himself. */
export const mayAskLeave = (user: User, me: Me): boolean =>
  user.agent_id != null && user.active && (me.level >= 2 || user.id === me.id);

/** Whether the username was typed that stands for the one who is meant. */
export const isMeant = (typed: string, user: User): boolean => typed.trim() === user.username;
