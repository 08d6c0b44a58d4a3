import { Select, type SelectProps } from '@mantine/core';
import type { FocusEvent } from 'react';
import { timeZones } from './timeZones';

type Props = Omit<SelectProps, 'data' | 'label' | 'searchable'> & { present: string };

/** Chooses an IANA time zone; what is typed replaces the one that stands there. */
export function TimeZoneSelect({ present, onFocus, ...props }: Props) {
  const select = (event: FocusEvent<HTMLInputElement>) => {
    const input = event.currentTarget;
    onFocus?.(event);
    // A click puts the caret where it was after the focus came.
    setTimeout(() => input.select());
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
    />
  );
}
