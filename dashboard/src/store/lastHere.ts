// Who was signed in last, for this tab alone: whose page it is while the server makes one wait.
import type { Me } from '../api/types';
import { shelf } from './shelf';

const kept = shelf(() => sessionStorage, 'gad.me');

/** What an older page has left may be of another form. */
const isMe = (value: unknown): value is Me => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, level, units, permissions } = value as Partial<Me>;
  const plain = typeof id === 'number' && typeof name === 'string' && typeof level === 'number';
  return plain && Array.isArray(units) && Array.isArray(permissions);
};

export const lastHere = {
  read(): Me | null {
    try {
      const value: unknown = JSON.parse(kept.read() ?? 'null');
      return isMe(value) ? value : null;
    } catch {
      return null;
    }
  },
  keep: (me: Me) => kept.put(JSON.stringify(me)),
  forget: () => kept.put(null),
};
