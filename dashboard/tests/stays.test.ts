// A list stays under a resting pointer when something appears above it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stays } from '../src/ui/stays';

let resized = () => {};
let rested = true;
let top = 300;
const scrollBy = vi.fn(({ top: by }: { top: number }) => (top -= by));
const page = Object.assign(new EventTarget(), { scrollBy });
const list = {
  getBoundingClientRect: () => ({ top }),
  matches: () => rested,
  parentElement: null,
} as unknown as HTMLElement;

beforeEach(() => {
  [rested, top] = [true, 300];
  scrollBy.mockClear();
  vi.stubGlobal('window', page);
  vi.stubGlobal('document', { body: {} });
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(run: () => void) {
        resized = run;
      }
      observe() {}
      disconnect() {
        resized = () => {};
      }
    },
  );
});
afterEach(() => void vi.unstubAllGlobals());

const pushed = (by: number) => {
  top += by;
  resized();
  return top;
};

it('goes with the page by as much as it was pushed, up or down', () => {
  const leave = stays(list);
  expect([pushed(64), pushed(-20)]).toEqual([300, 300]);
  expect(scrollBy.mock.calls.map(([{ top: by }]) => by)).toEqual([64, -20]);
  leave();
  expect(pushed(64)).toBe(364);
});

it('is left alone where nobody rests in it, and where somebody scrolls', () => {
  stays(list);
  rested = false;
  expect(pushed(64)).toBe(364);
  rested = true;
  top = 100;
  page.dispatchEvent(new Event('scroll'));
  expect(pushed(0)).toBe(100);
  expect(scrollBy).not.toHaveBeenCalled();
});
