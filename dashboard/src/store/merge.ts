// Answers may overtake each other: only a newer version of a thing replaces what is shown.
type Versioned = { id: number; version: number };

/** False when the map holds a newer one and keeps it. */
export function merge<T extends Versioned>(into: Map<number, T>, item: T): boolean {
  const held = into.get(item.id);
  if (held && held.version > item.version) return false;
  into.set(item.id, item);
  return true;
}
