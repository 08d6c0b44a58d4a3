// Opens every page, light and dark, on a mocked server: takes a picture and asks axe. Ends with the counts. Arguments are
// parts of the names of the pages to open; with --no-pictures only what fails is kept as a picture.
import { mkdirSync, readFileSync } from 'node:fs';
import { preview } from 'vite';
import { launch } from './browser.mjs';
import { answeringPeer, mock } from './mock.mjs';
import { pages } from './pages.mjs';
import { agent, answers } from './world.mjs';

const OUT = new URL('../test-results/screens', import.meta.url).pathname;
const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Far beyond what a page takes, for a machine that is busy with other things. */
const STEP_MS_MAX = 60_000;
const PICTURES = !process.argv.includes('--no-pictures');
/** A network interface that comes or goes, of a container say, ends every request of Chromium that is under way. */
const isNetworkChange = (failure) => failure.includes('ERR_NETWORK_CHANGED');
const TRIES_MAX = 4;
const WORKERS_PER_SCHEME = 2;
const SCHEMES = ['light', 'dark'];

/** Opens a browser tab for many pages, one after the other: the second one finds the console's scripts compiled. */
async function openTab(context, base) {
  const page = await context.newPage();
  const mocked = await mock(page, null);
  const failures = [];
  listen(page, base, mocked.refused, failures);
  // Leaving a call asks whether one means it.
  page.on('dialog', (dialog) => void dialog.accept());
  return { page, mocked, failures };
}

/** Looks at one page; resolves to what is wrong with it. */
async function look({ page, mocked, failures }, { base, scheme, peer }, each) {
  const picture = () => page.screenshot({ path: `${OUT}/${scheme}-${each.name}.png` });
  failures.length = 0;
  try {
    await page.setViewportSize({ width: each.width ?? 1440, height: 900 });
    const self = each.self?.();
    const world = { self: agent(self), ...each.world };
    mocked.enter({ ...world, answers: answers(world), signedIn: each.signedIn, peer });
    await each.before?.(page);
    await page.goto(base + each.path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await mocked.settled();
    if (self?.status.kind === 'available' && !each.width && !each.fault)
      await page.getByRole('img', { name: /^Line/ }).waitFor();
    await each.act?.(page, mocked);
    if (each.dialog) await page.getByRole('dialog').waitFor();
    await mocked.settled();
    await page.evaluate(() => document.fonts.ready);
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
    if (PICTURES) await picture();
    failures.push(...(await axeFailures(page)));
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) failures.push(`the page is ${overflow} px too wide`);
    failures.push(...new Set(mocked.wrong));
  } catch (error) {
    failures.push(String(error).split('\n').slice(0, 3).join(' '));
  } finally {
    if (failures.length > 0 && !PICTURES) await picture().catch((error) => failures.push(`no picture: ${error}`));
    // What the page says while it is left belongs to it.
    await page.goto('about:blank');
  }
  return [...failures];
}

/** Takes down every error of the page, and every request that leaves it; what the mock refused by intent is none. */
function listen(page, base, refused, failures) {
  page.on('pageerror', (error) => failures.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    const intended = message.text().startsWith('Failed to load resource') && refused.has(message.location().url);
    if (message.type() === 'error' && !intended) failures.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) {
      failures.push(`asks ${request.url()}`);
    }
  });
}

async function axeFailures(page) {
  await page.evaluate(AXE);
  const options = { runOnly: RULES, resultTypes: ['violations'] };
  const { violations } = await page.evaluate((each) => window.axe.run(document, each), options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `axe ${id}: ${node.html.replace(/\s+/g, ' ').slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
}

mkdirSync(OUT, { recursive: true });
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const chosen = pages.filter(({ name }) => wanted.length === 0 || wanted.some((want) => name.includes(want)));
const server = await preview({ preview: { port: 0, host: '127.0.0.1' }, logLevel: 'silent' });
const base = `http://localhost:${server.httpServer.address().port}`;
const browser = await launch();
let passed = 0;
let failed = 0;

/** Looks at what is left of a scheme's pages, one by one, in a browser context of its own. */
async function work(scheme, left) {
  const context = await browser.newContext({
    colorScheme: scheme,
    permissions: ['microphone'],
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(STEP_MS_MAX);
  const peer = answeringPeer(context);
  const common = await openTab(context, base);
  for (let each = left.shift(); each; each = left.shift()) {
    // What is done to a page before it loads stays with its tab.
    const tab = each.before ? await openTab(context, base) : common;
    let failures = await look(tab, { base, scheme, peer }, each);
    for (let tries = 1; tries < TRIES_MAX && failures.some(isNetworkChange); tries += 1) {
      failures = await look(tab, { base, scheme, peer }, each);
    }
    if (each.before) await tab.page.close();
    if (failures.length === 0) passed += 1;
    else failed += 1;
    for (const failure of failures) console.log(`${scheme} ${each.name}: ${failure}`);
  }
}

// A page waits for its media and its frames most of the time.
await Promise.all(
  SCHEMES.flatMap((scheme) => {
    const left = [...chosen];
    return Array.from({ length: WORKERS_PER_SCHEME }, () => work(scheme, left));
  }),
);
await browser.close();
await server.close();
console.log(`web: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
