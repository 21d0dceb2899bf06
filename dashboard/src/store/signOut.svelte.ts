// Signing out when the server cannot be told at once: its session stays open, so it is told again until it knows.
import * as people from '../api/people';
import { asApiError } from '../api/problem';
import { againAfter } from '../live/retry';
import { shelf } from './shelf';

/** For all tabs, and for the next one that is opened: the session is the same in all of them. */
const owing = shelf(() => localStorage, 'gad.leaving');

class SignOut {
  /** When the server is told again; null while it owes nothing or is being told. */
  againAt = $state<number | null>(null);
  /** What is said to whoever has to wait for it: that it is not done yet, or that it is now. */
  said = $state<'open' | 'closed' | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Other tabs can see that it is owed, and say that it is no more. */
  #shared = false;
  /** Grows with every try, so that a late answer to an old one changes nothing. */
  #tries = 0;

  /** Somebody signed out, here or in another tab, and the server does not know it. */
  get owed(): boolean {
    return owing.read() !== null;
  }

  async send() {
    const mine = this.#begin();
    owing.put('1');
    this.#shared = this.owed;
    const ms = await people.logout().then(
      () => null,
      (raised: unknown) => againAfter(asApiError(raised)),
    );
    if (mine !== this.#tries) return;
    if (ms === null) return this.#known();
    this.said = 'open';
    this.againAt = Date.now() + ms;
    this.#timer = setTimeout(() => this.#again(), ms);
  }

  /** Somebody signs in: his session is another one, and is not to be ended. */
  drop() {
    this.#begin();
    this.said = null;
    owing.put(null);
  }

  /** Whoever signed in meanwhile in another tab stays. */
  #again() {
    if (this.#shared && !this.owed) this.drop();
    else void this.send();
  }

  #begin(): number {
    clearTimeout(this.#timer);
    this.againAt = null;
    return ++this.#tries;
  }

  #known() {
    if (this.said === 'open') this.said = 'closed';
    owing.put(null);
  }
}

export const signOut = new SignOut();
