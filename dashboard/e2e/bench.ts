// What the tests of one file share: a browser, a mock server, and for each test a new page in a new world.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Mock } from '../mock/server.ts';
import { complaints, login, open, stage, type Stage } from './browser.ts';

/** Refused sign-ins and refused tickets are meant to be refused. */
const EXPECTED = /status of (401|404|409|412|413|422|429|503)|ERR_INTERNET_DISCONNECTED/;

/** What comes by an event is there within a moment, but on a machine that others use as well it may take longer. */
export const PATIENCE_MS = 10_000;

export class Bench {
  page!: Page;
  #stage!: Stage;

  constructor() {
    beforeAll(async () => {
      this.#stage = await stage();
    });
    afterAll(() => this.#stage?.end());
    beforeEach(async () => {
      await this.page?.context().close();
      this.mock.reset();
    });
  }

  get mock(): Mock {
    return this.#stage.mock;
  }

  get url(): string {
    return this.#stage.url;
  }

  /** A page at which nobody has signed in. */
  async open(options: BrowserContextOptions = {}) {
    this.page = await open(this.#stage, options);
  }

  /** Signs in and waits until the page is live. */
  async enter(path = '/', options: BrowserContextOptions = {}) {
    await this.open(options);
    await login(this.page, this.url, path);
    await this.page.getByText('En vivo').or(this.page.locator('.live .dot')).first().waitFor();
  }

  /** The browser had nothing to complain about. */
  quiet() {
    expect(complaints.get(this.page)?.filter((text) => !EXPECTED.test(text))).toEqual([]);
  }

  /** The keys of the writes to a path, in the order in which they came. */
  keys(path: RegExp): (string | undefined)[] {
    return this.mock.writes.filter((write) => path.test(write.path)).map((write) => write.key);
  }

  /** What the last write to a path brought. */
  sent(path: RegExp): unknown {
    return this.mock.writes.findLast((write) => path.test(write.path))?.body;
  }
}
