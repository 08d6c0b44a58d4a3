// What the phone does in a browser, on a mocked server: keys, tabs, reloads and losses. Ends with the counts.
import { preview } from 'vite';
import { launch } from './browser.mjs';
import { answeringPeer, mock, oneLine } from './mock.mjs';
import { agent, answers, at, inHand, offer, statuses } from './world.mjs';

const STEP_MS_MAX = 60_000;
const ELSEWHERE = 'Your phone is in another browser or tab';
const status = statuses.available;
const available = () => agent({ status });
const incoming = () => agent({ status, activity: 'reserved', offer: { ...offer(), expires_at: at(600) } });
const talking = () => agent({ status, activity: 'on_contact', contact: inHand() });

/** A page with the phone; `self` is what the server says of the agent at first, `lines` who has the line there. */
async function open(context, base, self, prepare = () => {}, lines = null) {
  const page = await context.newPage();
  const world = { self, lines };
  const mocked = await mock(page, { ...world, answers: answers(world), peer: answeringPeer(context) });
  await prepare(page);
  await page.goto(`${base}/desk`);
  const phone = page.getByRole('complementary', { name: 'Phone' });
  const lineStands = () => phone.getByRole('img', { name: /^Line/ }).waitFor();
  const count = (id) => mocked.asked.filter((each) => each === id).length;
  return { ...mocked, page, phone, lineStands, count };
}

const stories = {
  'a reload while available opens the line again by itself': async (context, base) => {
    const tab = await open(context, base, available());
    await tab.lineStands();
    await tab.page.reload();
    await tab.lineStands();
    equal(tab.count('openLine'), 2);
  },

  'a call is taken, muted, ended and filed by keys alone': async (context, base) => {
    const tab = await open(context, base, available());
    await tab.lineStands();
    tab.tell(incoming());
    await tab.page.waitForFunction(() => document.title.startsWith('Incoming'));
    await press(tab, 'Alt+Shift+A', 'Accept', 'acceptOffer');
    tab.tell(talking());
    await tab.phone.getByRole('button', { name: 'Mute', pressed: false }).waitFor();
    await tab.page.keyboard.press('Alt+Shift+M');
    await tab.phone.getByRole('button', { name: 'Mute', pressed: true }).waitFor();
    await tab.page.waitForFunction(() => document.title.startsWith('Muted'));
    await press(tab, 'Alt+Shift+E', 'End contact', 'endContact', 2);
    tab.tell(agent({ status, activity: 'after_contact_work', contact: inHand({ disconnected_at: at(0) }) }));
    await tab.phone.getByRole('textbox', { name: 'Notes' }).waitFor();
    await tab.page.keyboard.press('Alt+Shift+N');
    await tab.page.keyboard.type('By keys.');
    await tab.page.keyboard.press('Alt+Shift+S');
    await tab.phone.getByText('Choose a disposition, or save once more').waitFor();
    await press(tab, 'Alt+Shift+S', 'Save without a disposition', 'completeContact');
  },

  'one press of the end keys ends nothing, and says what does': async (context, base) => {
    const tab = await open(context, base, talking());
    await tab.lineStands();
    await tab.page.keyboard.press('Alt+Shift+E');
    await tab.phone.getByText('once more to end the contact').waitFor();
    await tab.phone.getByText('once more to end the contact').waitFor({ state: 'detached' });
    equal(tab.count('endContact'), 0);
  },

  'what was written after a contact is saved before its time is over': async (context, base) => {
    const work = inHand({ disconnected_at: at(-12), acw_expires_at: at(12) });
    const tab = await open(context, base, agent({ status, activity: 'after_contact_work', contact: work }));
    await tab.phone.getByRole('textbox', { name: 'Notes' }).fill('Half a sent');
    const request = await tab.page.waitForRequest(/\/complete$/);
    equal(JSON.parse(request.postData()).notes, 'Half a sent');
    equal(Date.now() < Date.parse(work.acw_expires_at), true);
  },

  'what was written during a call is saved though the time after it is all but over': async (context, base) => {
    const tab = await open(context, base, talking());
    await tab.lineStands();
    await tab.phone.getByRole('textbox', { name: 'Notes' }).fill('Half a sent');
    const asked = tab.page.waitForRequest(/\/complete$/);
    const work = inHand({ disconnected_at: at(0), acw_expires_at: at(1.5) });
    tab.tell(agent({ status, activity: 'after_contact_work', contact: work }));
    equal(JSON.parse((await asked).postData()).notes, 'Half a sent');
  },

  'what was written in a call is there when the tab was closed and is opened again': async (context, base) => {
    const first = await open(context, base, talking());
    await first.phone.getByRole('textbox', { name: 'Notes' }).fill('Half a sent');
    await first.page.close();
    const second = await open(context, base, talking());
    await second.lineStands();
    equal(await second.phone.getByRole('textbox', { name: 'Notes' }).inputValue(), 'Half a sent');
    second.tell(agent({ status, activity: 'after_contact_work', contact: inHand({ disconnected_at: at(0) }) }));
    await second.phone.getByRole('button', { name: 'Save and go available' }).click();
    const saved = second.page.waitForResponse(/\/complete$/);
    await second.phone.getByRole('button', { name: 'Save without a disposition' }).click();
    await saved;
    await second.page.waitForFunction(() => localStorage.getItem('offhook.notes') === null);
  },

  'signing out in a call asks first, and forgets the notes': async (context, base) => {
    const tab = await open(context, base, talking());
    const signOut = async () => {
      await tab.page.getByRole('button', { name: 'signed in as' }).click();
      await tab.page.getByRole('menuitem', { name: 'Sign out' }).click();
    };
    await tab.phone.getByRole('textbox', { name: 'Notes' }).fill('Half a sent');
    await signOut();
    await tab.page.getByRole('dialog').getByText('hears music for 30 s').waitFor();
    await tab.page.getByRole('button', { name: 'Stay signed in' }).click();
    await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
    equal(tab.count('signOut'), 0);
    await signOut();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await tab.page.waitForURL(/login/);
    equal(tab.count('signOut'), 1);
    equal(await tab.page.evaluate(() => localStorage.getItem('offhook.notes')), null);
  },

  'a sign-out that fails says so once, where it was asked for': async (context, base) => {
    const tab = await open(context, base, talking(), (page) =>
      page.route(/v1\/session$/, (route) => (route.request().method() === 'DELETE' ? route.abort() : route.fallback())),
    );
    await tab.page.getByRole('button', { name: 'signed in as' }).click();
    await tab.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    const said = 'The server cannot be reached. Check the connection.';
    await tab.page.getByRole('dialog').getByText(said).waitFor();
    equal(await tab.page.getByText(said).count(), 1);
  },

  'a session that ends forgets the notes': async (context, base) => {
    const tab = await open(context, base, talking());
    await tab.phone.getByRole('textbox', { name: 'Notes' }).fill('Half a sent');
    await tab.page.waitForFunction(() => localStorage.getItem('offhook.notes') !== null);
    await tab.drop(4401);
    await tab.page.waitForURL(/login/);
    equal(await tab.page.evaluate(() => localStorage.getItem('offhook.notes')), null);
  },

  'a declined contact is not called a missed one': async (context, base) => {
    const tab = await open(context, base, available());
    await tab.lineStands();
    tab.tell(incoming());
    await press(tab, 'Alt+Shift+R', 'Decline', 'declineOffer');
    tab.tell(agent({ status, activity: 'missed' }));
    await tab.phone.getByText('You declined').waitFor();
    const again = incoming();
    tab.tell({ ...again, offer: { ...again.offer, id: 'off_2' } });
    await tab.phone.getByRole('button', { name: 'Accept' }).waitFor();
    tab.tell(agent({ status, activity: 'missed' }));
    await tab.phone.getByText('You missed a contact').waitFor();
  },

  'one tab has the phone, and it moves by a press': async (context, base) => {
    const first = await open(context, base, available());
    await first.lineStands();
    const second = await open(context, base, available());
    await second.phone.getByText(ELSEWHERE).waitFor();
    await second.phone.getByRole('button', { name: 'Use it here' }).click();
    await second.lineStands();
    await first.phone.getByText(ELSEWHERE).waitFor();
    await second.page.close();
    await first.lineStands();
    equal(first.count('openLine'), 2);
  },

  'a reload keeps the phone, though another tab waits for it': async (context, base) => {
    const first = await open(context, base, talking());
    await first.lineStands();
    const second = await open(context, base, talking());
    await second.phone.getByText(ELSEWHERE).waitFor();
    first.page.once('dialog', (dialog) => void dialog.accept());
    await first.page.reload();
    await first.lineStands();
    await second.phone.getByText(ELSEWHERE).waitFor();
    equal(second.count('openLine'), 0);
  },

  'going available in a second tab takes the phone there': async (context, base) => {
    const first = await open(context, base, agent());
    await first.phone.getByRole('button', { name: 'Go available' }).waitFor();
    const second = await open(context, base, agent());
    await second.phone.getByRole('button', { name: 'Go available' }).click();
    await second.page.waitForResponse(/agent\/status/);
    second.tell(available());
    await second.phone.getByText('Ready for contacts').waitFor();
    first.tell(available());
    await first.phone.getByText(ELSEWHERE).waitFor();
    equal(first.count('openLine'), 0);
  },

  'two browsers do not fight for the phone, and it moves by a press': async (context, base) => {
    const lines = oneLine();
    const offering = () => ({ ...incoming(), line: { id: lines.held, state: 'connected' } });
    const other = await context.browser().newContext({ permissions: ['microphone'] });
    const office = await open(context, base, available(), undefined, lines);
    await office.lineStands();
    const laptop = await open(other, base, available(), undefined, lines);
    await laptop.phone.getByText(ELSEWHERE).waitFor();
    for (const browser of [office, laptop]) browser.tell(offering());
    await office.phone.getByRole('button', { name: 'Accept' }).waitFor();
    await laptop.page.getByText('To accept').waitFor();
    await laptop.page.keyboard.press('Alt+Shift+A');
    await laptop.phone.getByRole('button', { name: 'Use it here' }).click();
    await laptop.lineStands();
    for (const browser of [office, laptop]) browser.tell(offering());
    await office.phone.getByText(ELSEWHERE).waitFor();
    await laptop.phone.getByRole('button', { name: 'Accept' }).waitFor();
    equal(laptop.count('openLine'), 2);
    equal(office.count('openLine'), 2);
    equal(laptop.count('acceptOffer'), 0);
    equal(lines.held, 'lin_2');
    await other.close();
  },

  'a tab that was closed and is opened again gets its line back without asking': async (context, base) => {
    const lines = oneLine();
    const first = await open(context, base, available(), undefined, lines);
    await first.lineStands();
    await first.page.close();
    const second = await open(context, base, available(), undefined, lines);
    await second.lineStands();
    equal(second.count('openLine'), 1);
    equal(lines.held, 'lin_2');
  },

  'a lost socket comes back, and the call goes on meanwhile': async (context, base) => {
    const tab = await open(context, base, talking());
    await tab.lineStands();
    await tab.drop();
    await tab.phone.getByText('You can still talk.').waitFor();
    await tab.phone.getByText('You can still talk.').waitFor({ state: 'detached' });
    await tab.phone.getByRole('button', { name: 'End contact' }).waitFor();
    equal(tab.count('openLine'), 1);
  },

  'a server that gives no line for a while is waited for': async (context, base) => {
    let refusals = 0;
    const tab = await open(context, base, talking(), (page) =>
      page.route(/agent\/line/, (route) => {
        refusals += 1;
        return refusals <= 3 ? route.fulfill({ status: 503 }) : route.fallback();
      }),
    );
    await tab.lineStands();
    equal(refusals, 4);
  },

  'a page that the browser keeps silent says so, and sounds after a press': async (context, base) => {
    const tab = await open(context, base, talking(), (page) =>
      page.addInitScript(() => {
        const play = HTMLMediaElement.prototype.play;
        let pressed = false;
        window.addEventListener('keydown', () => (pressed = true), { capture: true });
        HTMLMediaElement.prototype.play = function () {
          return pressed ? play.call(this) : Promise.reject(new DOMException('no press', 'NotAllowedError'));
        };
        Object.defineProperty(HTMLMediaElement.prototype, 'autoplay', { set() {} });
      }),
    );
    await tab.phone.getByText('keeps this page silent').waitFor();
    await tab.page.keyboard.press('Tab');
    await tab.phone.getByText('keeps this page silent').waitFor({ state: 'detached' });
  },
};

/** Presses keys that ask the server for something, once the button for the same can be pressed. */
async function press(tab, keys, button, operationId, times = 1) {
  await tab.phone.getByRole('button', { name: button }).click({ trial: true });
  const asked = tab.page.waitForRequest((request) => /\/api\/v1\/agent\//.test(request.url()));
  for (let i = 0; i < times; i += 1) await tab.page.keyboard.press(keys);
  await asked;
  equal(tab.asked.at(-1), operationId);
}

function equal(found, wanted) {
  if (found !== wanted) throw new Error(`${found} instead of ${wanted}`);
}

const chosen = process.argv.slice(2);
const waiting = Object.entries(stories).filter(
  ([name]) => chosen.length === 0 || chosen.some((part) => name.includes(part)),
);
const server = await preview({ preview: { port: 0, host: '127.0.0.1' }, logLevel: 'silent' });
const base = `http://localhost:${server.httpServer.address().port}`;
const browser = await launch();
let passed = 0;
let failed = 0;

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, run] = next;
    const context = await browser.newContext({ permissions: ['microphone'], viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(STEP_MS_MAX);
    try {
      await run(context, base);
      passed += 1;
    } catch (error) {
      failed += 1;
      console.log(`${name}: ${String(error).split('\n').slice(0, 4).join(' ')}`);
    }
    // An answer may still be on its way to a page that is closed now.
    await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
    await context.close();
  }
}

await Promise.all([work(), work()]);
await browser.close();
await server.close();
console.log(`web: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
