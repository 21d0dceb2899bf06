// The page's clock: corrected by the server's Date header, ticking for ages and lateness.
class Clock {
  /** Now in milliseconds, renewed every few seconds so that ages move by themselves. */
  now = $state(Date.now());
  #skew = 0;

  constructor() {
    if (typeof window !== 'undefined') setInterval(() => this.tick(), 5_000);
  }

  tick() {
    this.now = this.read();
  }

  /** This very moment, for seconds that are counted down. */
  read(): number {
    return Date.now() + this.#skew;
  }

  /** A phone with a wrong clock must not show wrong delays; under 5 s is only the way there. */
  learn(dateHeader: string | null) {
    const server = dateHeader === null ? NaN : Date.parse(dateHeader);
    if (Number.isNaN(server)) return;
    const skew = server - Date.now();
    this.#skew = Math.abs(skew) < 5_000 ? 0 : skew;
  }
}

export const clock = new Clock();
