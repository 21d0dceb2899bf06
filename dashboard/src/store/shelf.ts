// A shelf of the browser that may be closed to us, as in a page within another one: then nothing is kept, and nothing fails.

/** Reads, keeps (null: takes away) one text under a name. */
export type Shelf = { read(): string | null; put(text: string | null): void };

export const shelf = (which: () => Storage, name: string): Shelf => ({
  read() {
    try {
      return which().getItem(name);
    } catch {
      return null;
    }
  },
  put(text) {
    try {
      if (text === null) which().removeItem(name);
      else which().setItem(name, text);
    } catch {
      // It is only kept for later.
    }
  },
});
