// Paths to pages: history, intercepted links, and the query kept as the page's own state.
import { tick } from 'svelte';

export type Route =
  | { page: 'board' }
  | { page: 'login' }
  | { page: 'task'; id: number }
  | { page: 'task-new' }
  | { page: 'task-edit'; id: number }
  | { page: 'emergency'; id: number }
  | { page: 'emergencies' }
  | { page: 'broadcasts' }
  | { page: 'broadcast'; id: number }
  | { page: 'broadcast-new' }
  | { page: 'drills' }
  | { page: 'drill-new' }
  | { page: 'unanswered' }
  | { page: 'shifts' }
  | { page: 'leaves' }
  | { page: 'swaps' }
  | { page: 'agents' }
  | { page: 'users' }
  | { page: 'person'; id: number }
  | { page: 'groups' }
  | { page: 'map' }
  | { page: 'account' }
  | { page: 'catalogue' }
  | { page: 'audit' }
  | { page: 'numbers' }
  | { page: 'estimates' }
  | { page: 'reports' }
  | { page: 'counted' }
  | { page: 'answers' }
  | { page: 'suggestions' }
  | { page: 'missing' };

const ALONE = [
  'login',
  'emergencies',
  'broadcasts',
  'drills',
  'unanswered',
  'shifts',
  'leaves',
  'swaps',
  'agents',
  'users',
  'groups',
  'map',
  'account',
  'catalogue',
  'audit',
  'numbers',
] as const;

/** What stands below the page of figures. */
const NUMBERS = new Map<string, Route>([
  ['estimates', { page: 'estimates' }],
  ['reports', { page: 'reports' }],
  ['tasks', { page: 'counted' }],
  ['answers', { page: 'answers' }],
  ['suggestions', { page: 'suggestions' }],
]);

export function routeOf(path: string): Route {
  const parts = path.split('/').filter(Boolean);
  const [first, second, third] = parts;
  const id = /^\d+$/.test(second ?? '') ? Number(second) : null;
  if (parts.length === 0) return { page: 'board' };
  const alone = ALONE.find((page) => page === first);
  if (parts.length === 1 && alone) return { page: alone };
  const part = parts.length === 2 && first === 'numbers' ? NUMBERS.get(second ?? '') : undefined;
  if (part) return part;
  if (first === 'tasks' && second === 'new' && parts.length === 2) return { page: 'task-new' };
  if (first === 'tasks' && id !== null && parts.length === 2) return { page: 'task', id };
  if (first === 'emergencies' && id !== null && parts.length === 2) return { page: 'emergency', id };
  if (first === 'broadcasts' && second === 'new' && parts.length === 2) return { page: 'broadcast-new' };
  if (first === 'drills' && second === 'new' && parts.length === 2) return { page: 'drill-new' };
  if (first === 'broadcasts' && id !== null && parts.length === 2) return { page: 'broadcast', id };
  if (first === 'users' && id !== null && parts.length === 2) return { page: 'person', id };
  if (first === 'tasks' && id !== null && third === 'edit') return { page: 'task-edit', id };
  return { page: 'missing' };
}

/** Only a path of this page: never another origin through `?next=//…`. */
export const safeNext = (next: string | null): string =>
  next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/';

class Router {
  url = $state.raw(new URL(location.href));
  readonly route = $derived(routeOf(this.url.pathname));
  /** The board as it was looked at last, with its filter: where the way back from a task leads. */
  board = $state('/');

  constructor() {
    this.#is(this.url);
    window.addEventListener('popstate', () => this.#is(new URL(location.href)));
    document.addEventListener('click', (event) => this.#intercept(event));
  }

  get here(): string {
    return this.url.pathname + this.url.search;
  }

  async go(to: string, { replace = false } = {}) {
    const url = new URL(to, location.href);
    const samePage = url.pathname === this.url.pathname;
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#is(url);
    if (samePage) return;
    await tick();
    window.scrollTo(0, 0);
    // Whoever signs in begins in its first field, which takes the focus by itself.
    if (this.route.page === 'login') return;
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  #is(url: URL) {
    this.url = url;
    const { page } = routeOf(url.pathname);
    if (page === 'board') this.board = url.pathname + url.search;
    // Whoever signs in next has looked for nothing yet.
    if (page === 'login') this.board = '/';
  }

  #intercept(event: MouseEvent) {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const anchor = (event.target as Element | null)?.closest?.('a');
    if (!plain || event.defaultPrevented || !anchor || anchor.target || anchor.hasAttribute('download'))
      return;
    const url = new URL(anchor.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith('/api/') || url.hash) return;
    if (routeOf(url.pathname).page === 'missing') return;
    event.preventDefault();
    void this.go(url.pathname + url.search);
  }
}

export const router = new Router();
