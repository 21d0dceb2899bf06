// An account being changed: what is on the form, and only what differs from how it was when that opened.
import type { Permission, User, UserPatch } from '../api/types';

export type AccountDraft = {
  name: string;
  level: number;
  units: string[];
  /** A unit that is founded by it. */
  newUnit: string;
  badge: string;
  email: string;
  phone: string;
  permissions: Permission[];
  /** A new one; empty: the old one stays. */
  password: string;
  active: boolean;
};

export const accountOf = (user: User): AccountDraft => ({
  name: user.name,
  level: user.level,
  units: user.units.map((unit) => unit.name),
  newUnit: '',
  badge: user.badge ?? '',
  email: user.email ?? '',
  phone: user.phone ?? '',
  permissions: [...user.permissions],
  password: '',
  active: user.active,
});

const same = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word) => other.includes(word));

/** Nothing of it when nothing was changed: what somebody else changed meanwhile stays as he left it. */
export function accountPatch(draft: AccountDraft, was: AccountDraft): UserPatch {
  const patch: UserPatch = {};
  for (const field of ['name', 'badge', 'email', 'phone'] as const)
    if (draft[field].trim() !== was[field]) patch[field] = draft[field].trim();
  if (!same(draft.units, was.units)) patch.units = draft.units;
  if (draft.newUnit.trim() !== '') patch.new_units = [draft.newUnit.trim()];
  if (!same(draft.permissions, was.permissions)) patch.permissions = draft.permissions;
  if (draft.level !== was.level) patch.level = draft.level;
  if (draft.password !== '') patch.password = draft.password;
  if (draft.active !== was.active) patch.active = draft.active;
  return patch;
}
