// Fingers, mouse and wheel on a map: one drags, two pinch, a short touch is a tap.
import type { Camera } from './camera.svelte';
import type { Point } from './projection';

const TAP_PX = 6;
const PER_LINE = 0.05;
const PER_PIXEL = 0.0022;

const apart = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** An attachment for the map's box; what stands on the map (buttons, links, popups) keeps its own touches. */
export const gestures = (camera: Camera, tapped: (at: Point) => void) => (box: HTMLElement) => {
  const pointers = new Map<number, Point>();
  let travelled = 0;

  const local = (event: { clientX: number; clientY: number }): Point => {
    const { left, top } = box.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  function down(event: PointerEvent) {
    if ((event.target as Element).closest('button, a, .popup')) return;
    box.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
    if (pointers.size === 1) travelled = 0;
  }

  function move(event: PointerEvent) {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(before, now, other);
    else drag(before, now);
    pointers.set(event.pointerId, now);
  }

  function drag(before: Point, now: Point) {
    travelled += apart(now, before);
    if (travelled >= TAP_PX) camera.pan(now.x - before.x, now.y - before.y);
  }

  function pinch(before: Point, now: Point, other: Point) {
    travelled = TAP_PX;
    camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    camera.zoom(Math.log2(apart(now, other) / Math.max(1, apart(before, other))), between(now, other));
  }

  function up(event: PointerEvent) {
    const tap = pointers.size === 1 && pointers.has(event.pointerId) && travelled < TAP_PX;
    pointers.delete(event.pointerId);
    if (tap && event.type !== 'pointercancel') tapped(local(event));
  }

  function wheel(event: WheelEvent) {
    event.preventDefault();
    const by = -event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PER_LINE : PER_PIXEL);
    camera.zoom(Math.max(-1, Math.min(1, by)), local(event));
  }

  const ear = new AbortController();
  const { signal } = ear;
  box.addEventListener('pointerdown', down, { signal });
  box.addEventListener('pointermove', move, { signal });
  box.addEventListener('pointerup', up, { signal });
  box.addEventListener('pointercancel', up, { signal });
  box.addEventListener('wheel', wheel, { passive: false, signal });
  return () => ear.abort();
};
