// Who is signed in, what they may do, and the way to the login and back.
import * as people from '../api/people';
import { callOff, on } from '../api/client';
import { asApiError, type ApiError } from '../api/problem';
import type { Me } from '../api/types';
import { words } from '../i18n/words.svelte';
import { link } from '../live/link.svelte';
import { takeInitData } from '../live/telegram';
import { router, safeNext } from '../router.svelte';
import { DEFAULT_ZONE, isZone } from '../time/zone';
import { lastHere } from './lastHere';
import { signOut } from './signOut.svelte';

export type SessionState = 'unknown' | 'in' | 'out' | 'offline';

const AGAIN_MS = 5_000;

class Session {
  state = $state<SessionState>('unknown');
  me = $state.raw<Me | null>(null);
  /** Why whoever opened the page inside Telegram was not let in. */
  refused = $state.raw<ApiError | null>(null);
  /** True when the server ended a session that was in use. */
  expired = $state(false);
  /** Why it is not known yet who is signed in, and when that is asked again by itself. */
  failure = $state.raw<ApiError | null>(null);
  againAt = $state<number | null>(null);
  #again: ReturnType<typeof setTimeout> | undefined;
  #initData: string | null = null;
  /** Grows when somebody leaves: what was asked before is nobody's answer any more. */
  #left = 0;
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
    clearTimeout(this.#again);
    this.againAt = null;
    // The way to the login takes it out of the address.
    this.#initData = takeInitData() ?? this.#initData;
    if (signOut.owed) return this.#stayOut();
    const left = this.#left;
    try {
      const me = await people.me();
      if (left === this.#left) this.#entered(me);
    } catch (raised) {
      const error = asApiError(raised);
      if (error.status === 401 || left !== this.#left) return this.#fromTelegram();
      if (error.status === 429) this.meanwhile();
      if (this.state !== 'in') this.state = 'offline';
      this.#later(error);
    }
  }

  /** A server that makes one wait does not take the page away: until it answers, it is that of whoever was here last. */
  meanwhile() {
    if (this.state !== 'unknown' && this.state !== 'offline') return;
    const me = lastHere.read();
    if (me !== null) this.#shown(me);
  }

  #later(error: ApiError) {
    clearTimeout(this.#again);
    this.failure = error;
    const ms = (error.retryAfter ?? 0) * 1000 || AGAIN_MS;
    this.againAt = Date.now() + ms;
    this.#again = setTimeout(() => void this.restore(), ms);
  }

  /** Whoever signed out does not come back because the server has not heard of it yet. */
  async #stayOut() {
    this.#leave();
    await signOut.send();
    await this.#fromTelegram();
  }

  /** Inside Telegram nobody types a password. */
  async #fromTelegram() {
    const initData = this.#initData;
    this.#initData = null;
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
    signOut.drop();
    this.#entered(await people.me());
    await router.go(safeNext(router.url.searchParams.get('next')), { replace: true });
  }

  /** What one saw is gone at once, whenever the server hears of it. */
  async logout() {
    for (const forget of this.#forgetters) forget();
    this.#leave();
    this.expired = false;
    this.#initData = null;
    const told = signOut.send();
    await router.go('/login');
    await told;
  }

  #entered(me: Me) {
    // Another tab may have let in somebody else.
    if (this.me !== null && this.me.id !== me.id) this.#leave();
    this.#settled();
    this.#initData = null;
    lastHere.keep(me);
    this.expired = false;
    this.#shown(me, me.live);
  }

  /** `from`: what is fetched now is as new as this place in the log. */
  #shown(me: Me, from?: Me['live']) {
    this.me = me;
    this.state = 'in';
    link.start(from);
  }

  /** Who is signed in is known: nothing of the asking is left. */
  #settled() {
    clearTimeout(this.#again);
    this.againAt = null;
    this.failure = null;
  }

  #leave() {
    this.#settled();
    this.#left += 1;
    callOff();
    lastHere.forget();
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
