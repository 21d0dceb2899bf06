// Reads a list to its end, or as far as one may: a week of a large force is not one page.
type Page<T> = { items: T[]; next_cursor?: string | null };
export const PAGE = 200;
const MOST_PAGES = 5;

/** `partial` says that there is more than was read. */
export async function allPages<T>(
  fetch: (wanted: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<{ items: T[]; partial: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const got = await fetch({ limit: PAGE, cursor });
    items.push(...got.items);
    cursor = got.next_cursor ?? undefined;
    if (cursor === undefined) return { items, partial: false };
  }
  return { items, partial: true };
}
