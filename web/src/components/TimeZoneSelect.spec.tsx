import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { TimeZoneSelect } from './TimeZoneSelect';

afterEach(cleanup);

function field() {
  render(
    <MantineProvider env="test">
      <TimeZoneSelect present="America/New_York" defaultValue="America/New_York" limit={1} />
    </MantineProvider>,
  );
  return screen.getByRole<HTMLInputElement>('combobox', { name: 'Time zone' });
}

/** What stands in the field once somebody has reached it and typed `Berlin`. */
async function typed(reach: (user: UserEvent, input: HTMLElement) => Promise<void>) {
  const input = field();
  const user = userEvent.setup();
  await reach(user, input);
  await user.keyboard('Berlin');
  return input.value;
}

test.each([
  ['a press', (user, input) => user.click(input)],
  ['the Tab key', (user) => user.tab()],
  ['its label', (user) => user.click(screen.getByText('Time zone'))],
] satisfies [string, Parameters<typeof typed>[0]][])('what is typed after %s replaces the zone', async (_, reach) => {
  expect(await typed(reach)).toBe('Berlin');
});

test('the zone is selected as soon as the field has the focus, and the browser puts no caret there', () => {
  const input = field();
  const mayPutCaret = fireEvent.mouseDown(input);
  expect(mayPutCaret).toBe(false);
  expect(input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0)).toBe('America/New_York');
});

test('a second press puts the caret where it is', async () => {
  const twice = async (user: UserEvent, input: HTMLElement) => {
    await user.click(input);
    await user.pointer({ target: input, offset: 0, keys: '[MouseLeft]' });
  };
  expect(await typed(twice)).toBe('BerlinAmerica/New_York');
});
