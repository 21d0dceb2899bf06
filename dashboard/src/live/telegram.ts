// What Telegram hands to a page that is opened inside it: who opened it, signed, behind the # of the address.

/** `initData` of the address, or null outside of Telegram. */
export const initDataOf = (hash: string): string | null =>
  new URLSearchParams(hash.replace(/^#/, '')).get('tgWebAppData') || null;

/** The same once: afterwards it stands neither in the address nor in the history. */
export function takeInitData(): string | null {
  const data = initDataOf(location.hash);
  if (data !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return data;
}
