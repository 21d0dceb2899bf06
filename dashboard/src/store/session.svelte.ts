// Who is signed in, what they may do, and the way to the login and back.
import * as people from '../api/people';
import { on } from '../api/client';
import { asApiError, type ApiError } from '../api/problem';
import type { Me } from '../api/types';
import { words } from '../i18n/words.svelte';
import { link } from '../live/link.svelte';
import { takeInitData } from '../live/telegram';
import { router, safeNext } from '../router.svelte';
import { DEFAULT_ZONE, isZone } from '../time/zone';

export type SessionState = 'unknown' | 'in' | 'out' | 'offline';

class Session {
  state = $state<SessionState>('unknown');
  me = $state.raw<Me | null>(null);
  /** Why whoever opened the page inside Telegram was not let in. */
  refused = $state.raw<ApiError | null>(null);
  /** True when the server ended a session that was in use. */
  expired = $state(false);
  #cleaners: (() => void)[] = [];
  #forgetters: (() => void)[] = [];

  constructor() {
    on.unauthorized = () => this.#ended();
    on.language = () => words.language;
    link.sessionEnded = () => void this.restore();
  }

  readonly zone = $derived(this.me?.zone && isZone(this.me.zone) ? this.me.zone : DEFAULT_ZONE);

  get level(): number {
    return this.me?.level ?? 0;
  }

  /** Registers what has to be forgotten when the person leaves. */
  onLeave(clean: () => void) {
    this.#cleaners.push(clean);
  }

  /** Registers what may survive a session that ended by itself, but not a person who signs out. */
  onLogout(forget: () => void) {
    this.#forgetters.push(forget);
  }

  async restore() {
    // The way to the login takes it out of the address.
    const initData = takeInitData();
    try {
      this.#entered(await people.me());
    } catch (error) {
      const { status } = asApiError(error);
      if (status === 401) return this.#fromTelegram(initData);
      if (this.state !== 'in') this.state = 'offline';
    }
  }

  /** Inside Telegram nobody types a password. */
  async #fromTelegram(initData: string | null) {
    if (initData === null) return;
    try {
      await people.loginByTelegram(initData);
      await this.#enter();
    } catch (raised) {
      this.refused = asApiError(raised);
    }
  }

  /** Throws the ApiError the login form explains. */
  async login(username: string, password: string) {
    await people.login(username, password);
    await this.#enter();
  }

  async #enter() {
    this.refused = null;
    this.#entered(await people.me());
    await router.go(safeNext(router.url.searchParams.get('next')), { replace: true });
  }

  async logout() {
    await people.logout().catch(() => {});
    for (const forget of this.#forgetters) forget();
    this.#leave();
    this.expired = false;
    await router.go('/login');
  }

  #entered(me: Me) {
    this.me = me;
    this.state = 'in';
    this.expired = false;
    link.start();
  }

  #leave() {
    this.state = 'out';
    this.me = null;
    link.stop();
    for (const clean of this.#cleaners) clean();
  }

  #ended() {
    if (this.state === 'out') return;
    this.expired = this.state === 'in';
    this.#leave();
    const next = router.route.page === 'login' ? null : router.here;
    if (next !== null) void router.go(`/login?next=${encodeURIComponent(next)}`, { replace: true });
  }
}

export const session = new Session();
