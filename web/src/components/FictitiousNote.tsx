import { Text } from '@mantine/core';

/** Says of a fictitious number that no customer can call it. */
export function FictitiousNote() {
  return (
    <Text span display="block" size="xs" c="light-dark(#8a4b00, var(--mantine-color-orange-4))">
      Test number: only reachable from this installation
    </Text>
  );
}
