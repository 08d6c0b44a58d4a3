// Opens every page, light and dark, on a mocked server: takes a picture and asks axe. Ends with the counts.
import { mkdirSync, readFileSync } from 'node:fs';
import { preview } from 'vite';
import { launch } from './browser.mjs';
import { answeringPeer, mock } from './mock.mjs';
import { agent, answers, at, inHand, offer, statuses } from './world.mjs';

const PORT = 4199;
const BASE = `http://localhost:${PORT}`;
const OUT = new URL('../test-results/screens', import.meta.url).pathname;
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const available = { status: statuses.available };
const fresh = { empty: true, busy: false, firstCall: false };
const pages = [
  { name: 'login', path: '/login', signedIn: false },
  { name: 'signup', path: '/signup', signedIn: false },
  {
    name: 'signup-invalid',
    path: '/signup',
    signedIn: false,
    act: (page) => page.getByRole('button', { name: 'Open my contact center' }).click(),
  },
  { name: 'reset', path: '/reset', signedIn: false },
  { name: 'reset-token', path: '/reset/abc', signedIn: false },
  { name: 'start-1', path: '/start', world: fresh },
  { name: 'start-2', path: '/start?step=2', world: { ...fresh, empty: false } },
  { name: 'start-3', path: '/start?step=3', world: { ...fresh, empty: false } },
  { name: 'start-4', path: '/start?step=4', world: { ...fresh, empty: false } },
  { name: 'start-done', path: '/start?step=done&contact=cnt_8' },
  { name: 'desk', path: '/desk' },
  { name: 'live', path: '/live' },
  { name: 'live-empty', path: '/live', world: fresh },
  { name: 'contacts', path: '/contacts' },
  { name: 'contacts-empty', path: '/contacts', world: fresh },
  { name: 'contact', path: '/contacts/cnt_8' },
  { name: 'contact-json', path: '/contacts/cnt_8?tab=json' },
  { name: 'contact-gone', path: '/contacts/cnt_gone' },
  { name: 'usage', path: '/usage' },
  { name: 'usage-empty', path: '/usage', world: fresh },
  { name: 'numbers', path: '/numbers' },
  {
    name: 'numbers-claim',
    dialog: true,
    path: '/numbers',
    act: (page) => page.getByRole('button', { name: 'Claim a number' }).click(),
  },
  { name: 'settings-company', path: '/settings' },
  { name: 'settings-mail', path: '/settings?tab=mail' },
  { name: 'settings-keys', path: '/settings?tab=api-keys' },
  { name: 'not-found', path: '/nowhere' },
  { name: 'phone-available', path: '/live', self: () => available },
  {
    name: 'phone-incoming',
    path: '/desk',
    self: () => ({ ...available, activity: 'reserved', since: at(-6), offer: offer() }),
  },
  {
    name: 'phone-connecting',
    path: '/desk',
    self: () => ({ ...available, activity: 'connecting', contact: inHand({ connected_at: null }) }),
  },
  {
    name: 'phone-talking',
    path: '/desk',
    self: () => ({ ...available, activity: 'on_contact', next_status: statuses.lunch, contact: inHand() }),
  },
  {
    name: 'phone-muted',
    path: '/live',
    self: () => ({ ...available, activity: 'on_contact', contact: inHand() }),
    act: (page) => page.getByRole('button', { name: 'Mute' }).click(),
  },
  {
    name: 'phone-acw',
    path: '/desk',
    self: () => ({
      ...available,
      activity: 'after_contact_work',
      contact: inHand({ disconnected_at: at(-12), acw_expires_at: at(48), talk_ms: 221_000 }),
    }),
  },
  { name: 'phone-missed', path: '/live', self: () => ({ ...available, activity: 'missed' }) },
  { name: 'phone-faulted', path: '/live', self: () => ({ ...available, activity: 'faulted' }) },
  {
    name: 'phone-devices',
    dialog: true,
    path: '/live',
    act: async (page) => {
      await page.getByRole('button', { name: 'Audio devices and echo test' }).click();
      await page.getByRole('button', { name: 'Echo test', exact: true }).click();
      await page.getByText('Say something').waitFor();
    },
  },
  { name: 'shortcuts', dialog: true, path: '/live', act: (page) => page.keyboard.press('Shift+?') },
  { name: 'palette', dialog: true, path: '/live', act: (page) => page.keyboard.press('Control+k') },
  { name: 'narrow-live', path: '/live', width: 390 },
  { name: 'narrow-start', path: '/start', width: 320, world: fresh },
  {
    name: 'narrow-phone',
    dialog: true,
    path: '/desk',
    width: 390,
    self: () => ({ ...available, activity: 'reserved', since: at(-6), offer: offer() }),
    act: (page) => page.getByRole('button', { name: /^Phone: / }).click(),
  },
];

async function look(browser, scheme, each) {
  const failures = [];
  const context = await browser.newContext({
    viewport: { width: each.width ?? 1440, height: 900 },
    colorScheme: scheme,
    permissions: ['microphone'],
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => failures.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      const expected = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !expected) failures.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(BASE) && !/^(data|blob):/.test(request.url()))
        failures.push(`asks ${request.url()}`);
    });
    const self = each.self?.();
    const world = { self: agent(self), ...each.world };
    const { wrong } = await mock(page, {
      ...world,
      answers: answers(world),
      signedIn: each.signedIn ?? true,
      peer: await answeringPeer(context),
    });
    await page.goto(BASE + each.path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    if (self?.status.kind === 'available')
      await page
        .getByRole('img', { name: /^Line/ })
        .waitFor({ timeout: 8000 })
        .catch(() => each.width || failures.push('the line did not open'));
    await each.act?.(page);
    if (each.dialog) await page.getByRole('dialog').waitFor();
    await page.evaluate(() => document.fonts.ready);
    await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== 'running'));
    await page.screenshot({ path: `${OUT}/${scheme}-${each.name}.png` });
    await page.evaluate(axe);
    const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: values }), RULES);
    for (const { id, nodes } of violations) {
      for (const node of nodes)
        failures.push(`axe ${id}: ${node.html.replace(/\s+/g, ' ').slice(0, 160)} ${node.any[0]?.message ?? ''}`);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) failures.push(`the page is ${overflow} px too wide`);
    failures.push(...new Set(wrong));
  } catch (error) {
    failures.push(String(error).split('\n').slice(0, 3).join(' '));
  } finally {
    await context.close();
  }
  return failures;
}

mkdirSync(OUT, { recursive: true });
const wanted = process.argv.slice(2);
const server = await preview({ preview: { port: PORT, strictPort: true, host: 'localhost' }, logLevel: 'silent' });
const browser = await launch();
let passed = 0;
let failed = 0;
for (const scheme of ['light', 'dark']) {
  for (const each of pages.filter(({ name }) => wanted.length === 0 || wanted.some((want) => name.includes(want)))) {
    const failures = await look(browser, scheme, each);
    if (failures.length === 0) passed += 1;
    else failed += 1;
    for (const failure of failures) console.log(`${scheme} ${each.name}: ${failure}`);
  }
}
await browser.close();
await server.close();
console.log(`web: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
