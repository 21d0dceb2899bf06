// Keeps the rows of a list where they are while somebody is about to press one: whoever is under the finger stays there.

/** From the last sign of somebody in the list: what needs eyes first must not stand below for longer. */
const HELD_MS = 5000;

const SIGNS = ['pointerdown', 'focusin', 'keydown'] as const;

export class Steady<Row> {
  #held = $state(false);
  #order: unknown[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly keyOf: (row: Row) => unknown) {}

  /** The rows as they stand: while held each where it was, and whoever is new below. */
  rows(wanted: Row[]): Row[] {
    const rows = this.#held ? this.#inPlace(wanted) : wanted;
    this.#order = rows.map(this.keyOf);
    return rows;
  }

  /** Holds them for a while. */
  hold = () => {
    this.#held = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#held = false), HELD_MS);
  };

  /** Holds them while somebody moves, presses or types in this list. */
  list = (node: HTMLElement) => {
    const moves = ({ movementX, movementY }: PointerEvent) => {
      // A page that moves under a pointer at rest is no sign.
      if (movementX !== 0 || movementY !== 0) this.hold();
    };
    node.addEventListener('pointermove', moves);
    for (const sign of SIGNS) node.addEventListener(sign, this.hold);
    return () => {
      node.removeEventListener('pointermove', moves);
      for (const sign of SIGNS) node.removeEventListener(sign, this.hold);
      clearTimeout(this.#timer);
    };
  };

  #inPlace(wanted: Row[]): Row[] {
    const places = new Map(this.#order.map((key, i) => [key, i] as const));
    const place = (row: Row) => places.get(this.keyOf(row)) ?? places.size;
    return [...wanted].sort((a, b) => place(a) - place(b));
  }
}
