// The screens that are looked at.
import { answers, at, inHand, liveContact, offer, statuses } from './world.mjs';

const available = { status: statuses.available };
/** Just signed up: a number is claimed, nothing has happened. */
const signedUp = { busy: false, firstCall: false };
const fresh = { empty: true, busy: false, firstCall: false };
const wrapUp = (page) => page.getByRole('textbox', { name: 'After a call' });
const changeWrapUp = async (page, seconds) => {
  await wrapUp(page).fill(seconds);
  await page.getByText('There are changes that are not saved.').waitFor();
};
const expectWrapUp = async (page, value) => {
  const shown = await wrapUp(page).inputValue();
  if (shown !== value) throw new Error(`After a call shows ${shown}, not ${value}`);
};

/** On the smallest desk, with the phone beside it, no column is to be scrolled to. */
const expectTablesFit = async (page) => {
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll('.scrolls')].map((each) => each.scrollWidth - each.clientWidth),
  );
  if (beyond.some((px) => px > 0)) throw new Error(`tables are ${beyond} px too wide`);
};

const openCall = (page) => page.getByRole('button', { name: 'Call a number' }).click();
/** Calls a number by keys alone. */
const callNumber = async (page, number) => {
  await openCall(page);
  await page.getByRole('textbox', { name: 'To' }).fill(number);
  await page.keyboard.press('Enter');
};

/** Every screen: where it is, in which world, and what is done there before the picture. */
export const pages = [
  { name: 'login', path: '/login', signedIn: false },
  { name: 'signup', path: '/signup', signedIn: false },
  {
    name: 'signup-invalid',
    path: '/signup',
    signedIn: false,
    act: (page) => page.getByRole('button', { name: 'Open my contact center' }).click(),
  },
  { name: 'reset', path: '/reset', signedIn: false },
  {
    name: 'reset-sent',
    path: '/reset',
    signedIn: false,
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Work e-mail' }).fill('maya@acme.example');
      await page.getByRole('button', { name: 'Send me a link' }).click();
      await page.getByText('Look in your mail').waitFor();
    },
  },
  { name: 'reset-token', path: '/reset/abc', signedIn: false },
  { name: 'start-1', path: '/start', world: signedUp },
  { name: 'start-2', path: '/start?step=2', world: signedUp },
  { name: 'start-2-two', path: '/start?step=2', world: { ...signedUp, numberCount: 2 } },
  {
    name: 'start-2-release',
    dialog: true,
    path: '/start?step=2',
    world: { ...signedUp, numberCount: 2 },
    act: async (page) => {
      await page.getByRole('button', { name: 'Release +1 212 555 0142' }).click();
      await page.getByText('Callers will not reach you').waitFor();
    },
  },
  { name: 'start-3', path: '/start?step=3', world: signedUp },
  { name: 'start-4', path: '/start?step=4', world: signedUp },
  {
    name: 'start-4-acw',
    path: '/start?step=4',
    world: signedUp,
    self: () => ({
      ...available,
      activity: 'after_contact_work',
      next_status: statuses.offline,
      contact: inHand({ disconnected_at: at(-12), acw_expires_at: at(48), talk_ms: 221_000 }),
    }),
  },
  { name: 'start-4-closed', path: '/start?step=4', world: { ...signedUp, closed: true } },
  { name: 'start-again', path: '/start', world: { busy: false } },
  { name: 'greeting', path: '/greeting' },
  { name: 'start-done', path: '/start?step=done&contact=cnt_8', world: { busy: false } },
  { name: 'desk', path: '/desk' },
  { name: 'live', path: '/live' },
  { name: 'live-empty', path: '/live', world: fresh },
  { name: 'contacts', path: '/contacts' },
  { name: 'contacts-1280', path: '/contacts', width: 1280, act: expectTablesFit },
  { name: 'live-1280', path: '/live', width: 1280, act: expectTablesFit },
  { name: 'contacts-empty', path: '/contacts', world: fresh },
  { name: 'contacts-call', dialog: true, path: '/contacts', act: openCall },
  { name: 'contacts-call-no-number', dialog: true, path: '/contacts', world: fresh, act: openCall },
  {
    name: 'contacts-call-refused',
    dialog: true,
    path: '/contacts',
    act: async (page) => {
      await callNumber(page, '112');
      await page.getByRole('alert').filter({ hasText: 'emergency' }).waitFor();
    },
  },
  {
    name: 'contacts-call-ringing',
    dialog: true,
    path: '/contacts',
    world: { outbound: 'dialing', rings: false },
    act: async (page, { settled, move }) => {
      await callNumber(page, '030 901820');
      await page.getByText('Calling…').waitFor();
      await settled();
      const { listContactEvents } = answers({ outbound: 'dialing' });
      move(liveContact('cnt_9', 'dialing', { direction: 'outbound', queue: null }), { listContactEvents });
      await page.getByText('It rings…').waitFor();
      await page.getByRole('button', { name: 'Cancel the call' }).waitFor();
    },
  },
  {
    name: 'contacts-call-unanswered',
    dialog: true,
    path: '/contacts',
    world: { outbound: 'no_answer' },
    act: async (page) => {
      await callNumber(page, '030 901820');
      await page.getByText('Nobody answered.').waitFor();
    },
  },
  { name: 'contact-dialing', path: '/contacts/cnt_9', world: { outbound: 'dialing' } },
  { name: 'contact', path: '/contacts/cnt_8' },
  { name: 'contact-cut', path: '/contacts/cnt_8', world: { restarted: true } },
  { name: 'contact-json', path: '/contacts/cnt_8?tab=json' },
  { name: 'contact-gone', path: '/contacts/cnt_gone' },
  { name: 'usage', path: '/usage' },
  {
    name: 'usage-half-typed',
    path: '/usage?from=2026-11-01&to=2026-11-30',
    act: async (page) => {
      await page.getByLabel('From').fill('0002-11-01');
      await page.getByText('Choose at most 366 days.').waitFor();
      await page.getByRole('table', { name: 'Usage', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Last month' }).click();
      await page.getByText('Choose at most 366 days.').waitFor({ state: 'detached' });
    },
  },
  { name: 'usage-empty', path: '/usage', world: fresh },
  { name: 'numbers', path: '/numbers', world: { numberCount: 2 } },
  {
    name: 'numbers-claim',
    dialog: true,
    path: '/numbers',
    act: (page) => page.getByRole('button', { name: 'Claim a number' }).click(),
  },
  { name: 'settings-company', path: '/settings' },
  {
    name: 'settings-company-zone',
    path: '/settings',
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Time zone' }).click();
      await page.keyboard.type('Berlin');
      await page.getByRole('option', { name: 'Europe/Berlin' }).click();
      await page.getByRole('checkbox', { name: 'Opening hours are in Berlin time too', checked: true }).waitFor();
    },
  },
  { name: 'settings-calls', path: '/settings?tab=calls' },
  {
    name: 'settings-calls-changed',
    path: '/settings?tab=calls',
    act: (page) => changeWrapUp(page, '90'),
  },
  {
    name: 'settings-calls-invalid',
    path: '/settings?tab=calls',
    act: async (page) => {
      await changeWrapUp(page, '5');
      await page.keyboard.press('Enter');
      await page.getByText('Choose 10 to 1,800 seconds.').waitFor();
    },
  },
  {
    name: 'settings-calls-discarded',
    path: '/settings?tab=calls',
    act: async (page) => {
      await changeWrapUp(page, '90');
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await expectWrapUp(page, '120 seconds');
    },
  },
  {
    name: 'settings-calls-saved',
    path: '/settings?tab=calls',
    act: async (page) => {
      await changeWrapUp(page, '90');
      await page.keyboard.press('Enter');
      await page.getByRole('status').filter({ hasText: 'All changes are saved.' }).waitFor();
      await expectWrapUp(page, '90 seconds');
    },
  },
  { name: 'settings-mail', path: '/settings?tab=mail' },
  { name: 'settings-keys', path: '/settings?tab=api-keys' },
  {
    name: 'settings-keys-unnamed',
    path: '/settings?tab=api-keys',
    act: async (page) => {
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByText('Say what the key is for').waitFor();
    },
  },
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
    name: 'sign-out-talking',
    dialog: true,
    path: '/desk',
    self: () => ({ ...available, activity: 'on_contact', contact: inHand() }),
    act: async (page) => {
      await page.getByRole('button', { name: 'signed in as' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Stay signed in' }).waitFor();
    },
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
  {
    name: 'phone-acw-cut',
    path: '/desk',
    world: { restarted: true },
    self: () => ({
      ...available,
      activity: 'after_contact_work',
      contact: inHand({ disconnected_at: at(-12), acw_expires_at: at(48), talk_ms: 221_000 }),
    }),
    act: async (page) => {
      await page.getByText('The call was cut').waitFor();
      await page.getByRole('button', { name: 'Save and go available' }).click();
      await page.getByRole('button', { name: 'Save without a disposition' }).waitFor();
    },
  },
  { name: 'phone-missed', path: '/live', self: () => ({ ...available, activity: 'missed' }) },
  {
    name: 'phone-no-microphone',
    path: '/live',
    fault: true,
    self: () => ({ ...available, activity: 'faulted', line: null }),
    before: (page) =>
      page.addInitScript(() => {
        if (!isSecureContext) return;
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
      }),
  },
  {
    name: 'phone-elsewhere',
    path: '/desk',
    fault: true,
    self: () => available,
    before: (page) =>
      page.addInitScript(() => {
        if (!isSecureContext) return;
        void navigator.locks.request('offhook-phone', { steal: true }, () => new Promise(() => {}));
      }),
  },
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
  { name: 'narrow-contacts', path: '/contacts', width: 390 },
  { name: 'narrow-start', path: '/start', width: 320, world: signedUp },
  {
    name: 'narrow-acw',
    path: '/desk',
    width: 390,
    self: () => ({
      ...available,
      activity: 'after_contact_work',
      contact: inHand({ disconnected_at: at(-12), acw_expires_at: at(48), talk_ms: 221_000 }),
    }),
  },
  {
    name: 'narrow-phone',
    dialog: true,
    path: '/desk',
    width: 390,
    self: () => ({ ...available, activity: 'reserved', since: at(-6), offer: offer() }),
    act: (page) => page.getByRole('button', { name: /^Phone: / }).click(),
  },
];
