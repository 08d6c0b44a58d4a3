import { Select, type SelectProps } from '@mantine/core';
import type { FocusEvent, MouseEvent } from 'react';
import { timeZones } from './timeZones';

type Props = Omit<SelectProps, 'data' | 'label' | 'searchable' | 'onMouseDown'> & { present: string };

/** Chooses an IANA time zone; what is typed replaces the one that stands there. */
export function TimeZoneSelect({ present, onFocus, ...props }: Props) {
  const select = (event: FocusEvent<HTMLInputElement>) => {
    event.currentTarget.select();
    onFocus?.(event);
  };
  return (
    <Select
      label="Time zone"
      data={timeZones(present)}
      searchable
      allowDeselect={false}
      nothingFoundMessage="Nothing found"
      {...props}
      onFocus={select}
      onMouseDown={focusWithoutCaret}
    />
  );
}

/** Focuses by a press as a key would: the browser's own way ends what is selected by putting the caret there. */
function focusWithoutCaret(event: MouseEvent<HTMLInputElement>) {
  if (event.button !== 0 || document.activeElement === event.currentTarget) return;
  event.preventDefault();
  event.currentTarget.focus();
}
