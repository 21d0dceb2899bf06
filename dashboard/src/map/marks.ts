// What stands on a map, and how marks too close to each other become one bubble.
import { toScreen, type LatLon, type Point, type Size, type View } from './projection';

export type Mark = LatLon & {
  key: string;
  shape: 'agent' | 'task' | 'report' | 'pick';
  /** A colour token such as `in_progress` or `critical`. */
  tone: string;
  /** 1 is fresh, towards 0 the position is old. */
  strength: number;
  name: string;
  /** What is read out and stands in the title: name, state, age. */
  label: string;
  lines: string[];
  href?: string;
};
export type Placed = Point & { marks: Mark[]; key: string };

const NEAR_PX = 34;
const MARGIN_PX = 40;

const onScreen = ({ x, y }: Point, size: Size) =>
  x > -MARGIN_PX && y > -MARGIN_PX && x < size.width + MARGIN_PX && y < size.height + MARGIN_PX;

/** Puts marks on the screen; those in one cell are shown together. */
export function place(marks: Mark[], view: View, size: Size, together: boolean): Placed[] {
  const cells = new Map<string, Placed>();
  for (const mark of marks) {
    const at = toScreen(mark, view, size);
    if (!onScreen(at, size)) continue;
    const cell = together && mark.shape !== 'pick' ? nearCell(mark, view) : mark.key;
    const held = cells.get(cell);
    if (held) held.marks.push(mark);
    else cells.set(cell, { ...at, marks: [mark], key: mark.key });
  }
  return [...cells.values()];
}

/** Cells are fixed to the ground, so that bubbles do not dance while the map is moved. */
function nearCell(mark: Mark, view: View): string {
  const zoom = Math.round(view.zoom);
  const world = toScreen(mark, { lat: 0, lon: 0, zoom }, { width: 0, height: 0 });
  return `${Math.floor(world.x / NEAR_PX)}:${Math.floor(world.y / NEAR_PX)}`;
}

const LETTER_PX = 7.2;
const NAME_LEFT_PX = 12;
const NAME_HALF_PX = 10;
const MARK_HALF_PX = 11;
type Box = { left: number; right: number; top: number; bottom: number };

const around = ({ x, y }: Point, half: number): Box => ({
  left: x - half,
  right: x + half,
  top: y - half,
  bottom: y + half,
});
const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Keys of the marks whose names fit into the map without covering another mark or name; the chosen one goes first. */
export function named(placed: Placed[], chosen: string | null, width = Infinity): Set<string> {
  const taken = placed.map((one) => ({ box: around(one, MARK_HALF_PX), key: one.key }));
  const names = new Set<string>();
  const singles = placed.filter((one) => one.marks.length === 1);
  for (const one of singles.sort((a, b) => Number(b.key === chosen) - Number(a.key === chosen))) {
    const left = one.x + NAME_LEFT_PX;
    const right = left + (one.marks[0]?.name.length ?? 0) * LETTER_PX + 12;
    if (right > width && one.key !== chosen) continue;
    const box = { left, right, top: one.y - NAME_HALF_PX, bottom: one.y + NAME_HALF_PX };
    if (taken.some((other) => other.key !== one.key && overlap(other.box, box))) continue;
    names.add(one.key);
    taken.push({ box, key: `${one.key} name` });
  }
  return names;
}

const FRESH_S = 120;
const OLD_S = 3600;

/** 1 up to two minutes, falling to 0.25 at an hour. */
export function strengthOf(age: number | null | undefined): number {
  if (age === null || age === undefined || age <= FRESH_S) return 1;
  return Math.max(0.25, 1 - (0.75 * (age - FRESH_S)) / (OLD_S - FRESH_S));
}
