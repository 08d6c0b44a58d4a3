import { Button, Group, Text } from '@mantine/core';

type Props = { isDirty: boolean; isSaving: boolean; onDiscard: () => void };

/** The end of a settings form: save, or take back what is not saved; says which of both there is to do. */
export function SaveBar({ isDirty, isSaving, onDiscard }: Props) {
  return (
    <Group>
      <Button type="submit" loading={isSaving}>
        Save
      </Button>
      {isDirty && (
        <Button variant="default" disabled={isSaving} onClick={onDiscard}>
          Discard changes
        </Button>
      )}
      <Text size="sm" c="dimmed" role="status">
        {isDirty ? 'There are changes that are not saved.' : 'All changes are saved.'}
      </Text>
    </Group>
  );
}
