import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { serverClock } from '@/api/clock';
import { monthAt, type Range, rangeFault } from './range';

type Props = { range: Range; zone: string; onRange: (range: Range) => void };

/** Chooses a span of days; what is half typed is not asked for. */
export function RangeFields({ range, zone, onRange }: Props) {
  const [shown, setShown] = useState(range);
  const [draft, setDraft] = useState(range);
  if (range.from !== shown.from || range.to !== shown.to) {
    setShown(range);
    setDraft(range);
  }
  const choose = (next: Range) => {
    setDraft(next);
    if (rangeFault(next) === null) onRange(next);
  };
  const month = (offset: number) => choose(monthAt(serverClock.at(Date.now()), zone, offset));
  return (
    <Group align="flex-start">
      <TextInput
        type="date"
        label="From"
        value={draft.from}
        onChange={(event) => choose({ ...draft, from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label="To"
        value={draft.to}
        error={rangeFault(draft)}
        onChange={(event) => choose({ ...draft, to: event.currentTarget.value })}
      />
      <Group gap="xs" mt={25}>
        <Button variant="default" onClick={() => month(0)}>
          This month
        </Button>
        <Button variant="default" onClick={() => month(-1)}>
          Last month
        </Button>
      </Group>
    </Group>
  );
}
