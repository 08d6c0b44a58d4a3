// The way of a new customer on a real server: sign up, first call, record, usage; then a reload in the middle of a call.
import { launch } from './browser.mjs';
import { callOverSip } from './carrier.mjs';
import { fallsSilent, giveEars, hearsAgent, hearsVoice, microphoneFile } from './ears.mjs';
import { offhook } from './server.mjs';

const FIRST_CALL_MS_MAX = 180_000;
const who = { company: 'Acme Outdoor', email: `maya-${Date.now()}@acme.example`, password: 'correct horse battery' };
const STEP_MS_MAX = 30_000;
const TAB_PRESSES_MAX = 60;
/** The places of the peer connections of the agent's page. */
const LINE = 0;
const CALLER = 1;
let passed = 0;
let failed = 0;

async function step(name, run) {
  try {
    await run();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(
      `${name}: ${String(error.message ?? error)
        .split('\n')
        .slice(0, 4)
        .join(' ')}`,
    );
    throw error;
  }
}

async function story(page, context, { url, sip }) {
  let shownAt = 0;
  const phone = page.getByRole('complementary', { name: 'Phone' });
  const button = (name, exact = true) => page.getByRole('button', { name, exact });
  const getStarted = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Get started' });
  const heading = (name) => page.getByRole('heading', { name }).waitFor();

  /** Goes there by the Tab key, as who has no mouse does. */
  const reach = async (target) => {
    await target.waitFor();
    for (let presses = 0; presses < TAB_PRESSES_MAX; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the Tab key does not lead to ${target}`);
  };
  const press = async (name) => {
    await reach(button(name));
    await page.keyboard.press('Enter');
  };

  await step('a company signs up with three answers, by keys alone', async () => {
    await page.goto(`${url}/signup`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    shownAt = performance.now();
    await reach(page.getByLabel('Company'));
    await page.keyboard.type(who.company);
    await page.keyboard.press('Tab');
    await page.keyboard.type(who.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(who.password);
    await page.keyboard.press('Enter');
    await heading('Your contact center is almost ready');
  });

  await step('every step of the wizard has a default, by keys alone', async () => {
    await heading('Your company');
    await press('Next: phone number');
    await heading(/phone number$/i);
    await press('Skip, use default');
    await heading('Greeting and hours');
    await press('Next: test call');
    await heading('Call yourself');
  });

  await step('the agent goes available, by keys alone', async () => {
    await page.keyboard.press('Alt+Shift+V');
    await phone.getByText('Ready for contacts').waitFor();
  });

  await step('the first call rings, and both sides hear each other', async () => {
    await press('Call me here');
    await phone.getByRole('button', { name: 'Accept' }).waitFor();
    await page.keyboard.press('Alt+Shift+A');
    await phone.getByRole('button', { name: 'End contact' }).waitFor();
    await Promise.all([hearsVoice(page, LINE), hearsAgent(page, CALLER)]);
    console.log(`time_to_first_call_s: ${((performance.now() - shownAt) / 1000).toFixed(1)} s`);
  });

  await step('the agent ends, files and saves it, and the time to the first call is shown', async () => {
    await phone.getByRole('button', { name: 'End contact' }).click({ trial: true });
    await page.keyboard.press('Alt+Shift+E');
    await page.keyboard.press('Alt+Shift+E');
    await reach(phone.getByRole('combobox', { name: 'Disposition' }));
    await getStarted.waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Alt+Shift+N');
    await page.keyboard.type('Hello to myself.');
    await phone.getByRole('button', { name: 'Save and go available' }).click({ trial: true });
    await page.keyboard.press('Alt+Shift+S');
    await heading('Your contact center took its first call');
    await getStarted.waitFor({ state: 'detached' });
    const me = await page.evaluate(() => fetch('/api/v1/me').then((answer) => answer.json()));
    const tookMs = me.first_call.time_to_first_call_ms;
    if (!(tookMs > 0 && tookMs < FIRST_CALL_MS_MAX)) throw new Error(`the first call took ${tookMs} ms`);
  });

  await step('the record says what happened, why, and what was metered', async () => {
    await page.getByRole('link', { name: 'See the contact' }).click();
    await page.getByRole('region', { name: 'Events' }).getByText('Offered', { exact: true }).first().waitFor();
    await page
      .getByRole('region', { name: 'Events' })
      .getByText(/Rule: /)
      .first()
      .waitFor();
    await page.getByRole('region', { name: 'Facts' }).getByText('Hello to myself.').waitFor();
    const metered = page.getByRole('region', { name: 'Metered' });
    for (const meter of ['Callers in the browser', 'Agents in the browser']) {
      await metered
        .getByRole('row', { name: meter })
        .getByText(/^[1-9]\d* s$/)
        .waitFor();
    }
  });

  await step('a contact outlives a reload of the agent’s page', async () => {
    const caller = await context.newPage();
    await caller.goto(`${url}/start?step=4`);
    await caller.getByRole('button', { name: 'Call me here' }).click();
    await page.bringToFront();
    await phone.getByRole('button', { name: 'Accept' }).click();
    await phone.getByRole('button', { name: 'End contact' }).waitFor();
    await Promise.all([hearsVoice(page, LINE), hearsAgent(caller, 0)]);
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await phone.getByRole('button', { name: 'End contact' }).waitFor();
    await Promise.all([hearsVoice(page, LINE), hearsAgent(caller, 0)]);
    await phone.getByRole('button', { name: 'End contact' }).click();
    await phone.getByRole('button', { name: 'Save and go available' }).click();
    await phone.getByRole('button', { name: 'Save without a disposition' }).click();
    await phone.getByText('Ready for contacts').waitFor();
    await caller.close();
  });

  await step('a second browser has the phone only once it is asked for there, and gives it back so', async () => {
    const laptop = await context.browser().newContext({ permissions: ['microphone'] });
    laptop.setDefaultTimeout(STEP_MS_MAX);
    await laptop.addCookies(await context.cookies());
    const other = await laptop.newPage();
    await other.goto(`${url}/desk`);
    const otherPhone = other.getByRole('complementary', { name: 'Phone' });
    const goesTo = async (one, another) => {
      await one.getByRole('button', { name: 'Use it here' }).click();
      await one.getByText('Ready for contacts').waitFor();
      await another.getByText('Your phone is in another browser or tab').waitFor();
    };
    await otherPhone.getByText('Your phone is in another browser or tab').waitFor();
    await phone.getByText('Ready for contacts').waitFor();
    await goesTo(otherPhone, phone);
    await goesTo(phone, otherPhone);
    await laptop.close();
  });

  await step('between contacts nothing leaves the microphone', async () => {
    await fallsSilent(page, LINE);
  });

  await step('a caller over SIP is answered, and hears what the agent says', async () => {
    const numbers = await page.evaluate(() => fetch('/api/v1/phone-numbers').then((answer) => answer.json()));
    const call = await callOverSip(sip, numbers.items[0].e164);
    try {
      await phone.getByRole('button', { name: 'Accept' }).click();
      await phone.getByRole('button', { name: 'End contact' }).waitFor();
      // The caller sends back what it hears: the agent's tone has been there and back.
      await hearsAgent(page, LINE);
      await phone.getByRole('button', { name: 'End contact' }).click();
      await phone.getByRole('button', { name: 'Save and go available' }).click();
      await phone.getByRole('button', { name: 'Save without a disposition' }).click();
      if (!(await call.ended)) throw new Error('the caller saw no good end');
    } finally {
      call.stop();
    }
  });

  await step('simulated callers move the live page, under a banner', async () => {
    await page.getByRole('link', { name: 'Live' }).click();
    await button('Simulate callers').click();
    await page.getByRole('menuitem', { name: '10 callers' }).click();
    await page.getByText('Test mode.').waitFor();
    await button('End them').click();
    await page.getByText('Test mode.').waitFor({ state: 'detached' });
  });

  await step('signing out ends it, signing in comes back', async () => {
    await page.getByRole('button', { name: /signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await heading('Sign in');
    await page.goto(`${url}/contacts`);
    await page.getByLabel('Work e-mail').fill(who.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(who.password);
    await button('Sign in').click();
    await heading('Contacts');
  });
}

const server = await offhook();
const microphone = microphoneFile();
const browser = await launch({ microphone: microphone.path });
const context = await browser.newContext({ permissions: ['microphone'], viewport: { width: 1440, height: 900 } });
context.setDefaultTimeout(STEP_MS_MAX);
await giveEars(context);
const page = await context.newPage();
page.on('pageerror', (error) => console.log(`page error: ${error.message}`));
try {
  await story(page, context, server);
} catch {
  await page.screenshot({ path: new URL('../test-results/failed.png', import.meta.url).pathname });
} finally {
  await browser.close();
  server.stop();
  microphone.remove();
}
console.log(`web: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
