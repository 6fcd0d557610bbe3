/** What every test in a browser begins with: one service and one Chromium for a file, and windows of visitors. */
import assert from 'node:assert/strict';
import { after, before, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { registerFile } from '../../src/cli/demo-input.ts';
import {
  type BrowserVisitor,
  chooseDemoPerson,
  openBrowser,
  openWindow,
  type VisitorOptions,
} from './browser.ts';
import { type Client, createClient } from './client.ts';
import { needsTool } from './needs.ts';
import { startTestService, type TestService } from './service.ts';

export interface Stage {
  readonly service: TestService;
  readonly client: Client;
  /** Opens a window; undefined where there is no browser, and the test is skipped. */
  open(t: TestContext, options: VisitorOptions): Promise<BrowserVisitor | undefined>;
  /** Opens a window and logs a demo person in, who stands at `path` then. */
  enter(
    t: TestContext,
    options: VisitorOptions,
    name: string,
    path?: string,
  ): Promise<BrowserVisitor | undefined>;
}

export interface StageOptions {
  /** What happens before the first test, once the demo persons are in the register. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** Environment variables of the service. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told to Chromium when it starts. */
  readonly browserArgs?: () => readonly string[];
}

/** Sets the stage for the tests of a `describe`, and clears it away after them. */
export function setStage({ prepare, settings, browserArgs }: StageOptions = {}): Stage {
  let service: TestService | undefined;
  let client: Client | undefined;
  let browser: Browser | undefined;
  const stage: Stage = {
    get service() {
      assert.ok(service !== undefined, 'the stage is set before tests only');
      return service;
    },
    get client() {
      assert.ok(client !== undefined, 'the stage is set before tests only');
      return client;
    },
    open: async (t, options) => {
      if (!needsTool(t, 'chromium')) return undefined;
      browser ??= await openBrowser(browserArgs?.());
      return openWindow(browser, stage.service.url, options);
    },
    enter: async (t, options, name, path = '/inbox') => {
      const visitor = await stage.open(t, options);
      if (visitor === undefined) return undefined;
      await visitor.page.goto(path);
      await chooseDemoPerson(visitor.page, name);
      await visitor.page.waitForURL(`**${path}`);
      return visitor;
    },
  };
  before(async () => {
    service = await startTestService(settings);
    client = createClient(service);
    await client.load(registerFile());
    await prepare?.(stage);
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
  });
  return stage;
}
