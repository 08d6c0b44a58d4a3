import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { RangeFields } from './RangeFields';
import type { Range } from './range';

const november = { from: '2026-11-01', to: '2026-11-30' };
const october = { from: '2026-10-01', to: '2026-10-31' };

afterEach(cleanup);

/** The fields over a range that can be changed from outside, as by a link in the navigation. */
function fields() {
  const onRange = vi.fn();
  const page = (range: Range) => (
    <MantineProvider>
      <RangeFields range={range} zone="UTC" onRange={onRange} />
    </MantineProvider>
  );
  const { rerender } = render(page(november));
  const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
  const type = (label: string, value: string) => fireEvent.change(field(label), { target: { value } });
  return { onRange, type, show: (range: Range) => rerender(page(range)), value: (label: string) => field(label).value };
}

test('the fields follow the range when it changes around them', () => {
  const { show, value } = fields();
  show(october);
  expect([value('From'), value('To')]).toEqual([october.from, october.to]);
});

test('a day that makes no range stays in its field, is not asked for, and goes with the next range', () => {
  const { onRange, type, show, value } = fields();
  type('From', '2026-12-24');
  show({ ...november });
  expect(value('From')).toBe('2026-12-24');
  expect(onRange).not.toHaveBeenCalled();
  show(october);
  expect(value('From')).toBe(october.from);
});
