// What somebody typed and has not sent: kept in this tab through a reload or a lost session, for that person only.
import { session } from './session.svelte';

const PREFIX = 'gad.kept.';
const keyOf = (name: string) => `${PREFIX}${session.me?.id ?? 0}.${name}`;

export function keep(name: string, value: unknown) {
  sessionStorage.setItem(keyOf(name), JSON.stringify(value));
}

/** What was kept under this name; null when there is nothing or nobody can read it any more. */
export function kept<T extends object>(name: string): Partial<T> | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(name)) ?? 'null');
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

export const drop = (name: string) => sessionStorage.removeItem(keyOf(name));

/** Who signs out leaves nothing behind for the next at this screen. */
session.onLogout(() => {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
});
